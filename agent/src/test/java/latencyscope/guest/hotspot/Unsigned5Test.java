package latencyscope.guest.hotspot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class Unsigned5Test {
  private static ByteBuffer bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }

  private static int read(int... values) {
    return new Unsigned5(bytes(values)).read();
  }

  @Test
  void aSmallNumberIsOneByteThatIsNotZero() {
    assertEquals(0, read(1));
    assertEquals(190, read(191));
  }

  @Test
  void aByteFrom192OnIsFollowedByAnother() {
    assertEquals(191, read(192, 1));
    assertEquals(191 + 64, read(192, 2));
    assertEquals(254 + 190 * 64, read(255, 191));
  }

  @Test
  void theLowestBitOfASignedNumberIsItsSign() {
    assertEquals(0, new Unsigned5(bytes(1)).readSigned());
    assertEquals(-1, new Unsigned5(bytes(2)).readSigned());
    assertEquals(1, new Unsigned5(bytes(3)).readSigned());
    assertEquals(-2, new Unsigned5(bytes(4)).readSigned());
  }

  @Test
  void whatIsNoNumberIsZero() {
    assertEquals(0, read());
    assertEquals(0, read(0));
    assertEquals(0, read(200));
  }

  @Test
  void aBytecodeIsOfTheLastLineThatBeginsBeforeIt() {
    // Bytecode 0: line 7 by a delta of 7; 3: line 9; 8: line 209 by long deltas; then the end.
    int[] table = {7, 3 << 3 | 2, 255, 1 + 10, 192 + (400 - 191) % 64, 1 + (400 - 191) / 64, 0};
    assertEquals(7, JavaMethods.line(bytes(table), 0));
    assertEquals(7, JavaMethods.line(bytes(table), 2));
    assertEquals(9, JavaMethods.line(bytes(table), 3));
    assertEquals(9, JavaMethods.line(bytes(table), 7));
    assertEquals(209, JavaMethods.line(bytes(table), 8));
    assertEquals(0, JavaMethods.line(bytes(0), 8));
  }
}
