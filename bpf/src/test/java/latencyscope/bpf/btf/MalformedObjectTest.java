package latencyscope.bpf.btf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import latencyscope.bpf.error.MalformedObjectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Objects that no compiler wrote: each ends in a sentence, none in another exception or a hang. */
class MalformedObjectTest {
  private static final Duration ENOUGH = Duration.ofSeconds(60);

  private static String problem(Executable reading) {
    var e = assertThrows(MalformedObjectException.class, reading);
    assertFalse(e.remedy().isEmpty());
    return e.problem();
  }

  /** Whether it could be read; anything but the typed exception fails the test. */
  private static boolean reads(byte[] bytes) {
    try {
      ObjectFile.read(bytes);
      return true;
    } catch (MalformedObjectException e) {
      assertFalse(e.problem().isBlank());
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"shapes", "switches"})
  void truncatedAnywhere(String name) throws Exception {
    byte[] whole = Fixtures.bytes(name);
    assertTrue(reads(whole));
    // The section table is the last thing in the file: no shorter one can be complete.
    long readable =
        assertTimeoutPreemptively(
            ENOUGH,
            () ->
                IntStream.range(0, whole.length)
                    .filter(length -> reads(Arrays.copyOf(whole, length)))
                    .count());
    assertEquals(0, readable);
  }

  @ParameterizedTest
  @ValueSource(strings = {"shapes", "switches"})
  void corruptedAnywhere(String name) throws Exception {
    byte[] whole = Fixtures.bytes(name);
    Random random = new Random(42);
    int refused =
        assertTimeoutPreemptively(
            ENOUGH,
            () -> {
              int count = 0;
              for (int round = 0; round < 10_000; round++) {
                count += reads(corrupted(whole, random)) ? 0 : 1;
              }
              return count;
            });
    assertTrue(refused > 1000, "only " + refused + " were found out");
  }

  private static byte[] corrupted(byte[] whole, Random random) {
    byte[] bytes = whole.clone();
    for (int changes = random.nextInt(1, 9); changes > 0; changes--) {
      byte[] extremes = {0, 1, -1, 0x7f, -128, (byte) random.nextInt()};
      bytes[random.nextInt(bytes.length)] = extremes[random.nextInt(extremes.length)];
    }
    return bytes;
  }

  @Test
  void notAnObjectAtAll() {
    String none = "the object file is not a little-endian BPF ELF object";
    assertEquals(none, problem(() -> ObjectFile.read(new byte[64])));
    assertEquals(
        "the object file ends at byte 0 but 4 are needed at offset 0",
        problem(() -> ObjectFile.read(new byte[0])));
  }

  @Test
  void aStructThatContainsItself() throws Exception {
    BtfSection btf = new BtfSection();
    btf.type("snake", Btf.STRUCT, 1, 8, btf.name("tail"), 1, 0);
    assertEquals("BTF types are nested deeper than 32", problem(() -> btf.reader().read(1)));
  }

  @Test
  void anArrayOfItself() {
    BtfSection btf = new BtfSection();
    btf.type("", Btf.ARRAY, 0, 0, 1, 1, 2);
    assertEquals("BTF types are nested deeper than 32", problem(() -> btf.reader().read(1)));
  }

  @Test
  void aTypedefOfItself() {
    BtfSection btf = new BtfSection();
    btf.type("ring", Btf.TYPEDEF, 0, 2);
    btf.type("", Btf.CONST, 0, 1);
    assertEquals("BTF type 1 is an endless chain of typedefs", problem(() -> btf.reader().read(1)));
  }

  @Test
  void structsThatDoubleAtEveryLevel() {
    BtfSection btf = new BtfSection();
    int inner = btf.type("char", Btf.INT, 0, 0, 8);
    for (int level = 0; level < 30; level++) {
      int first = btf.name("first");
      int second = btf.name("second");
      inner = btf.type("level" + level, Btf.STRUCT, 2, 0, first, inner, 0, second, inner, 0);
    }
    int top = inner;
    assertEquals(
        "the structs have more than 262144 members",
        assertTimeoutPreemptively(ENOUGH, () -> problem(() -> btf.reader().read(top))));
  }

  @Test
  void anArrayBeyondAllMemory() {
    BtfSection btf = new BtfSection();
    int number = btf.type("int", Btf.INT, 0, 4, 32);
    btf.type("", Btf.ARRAY, 0, 0, number, number, 0x7fffffff);
    btf.type("", Btf.ARRAY, 0, 0, number, number, 0x80000000);
    assertEquals("BTF type 2 is an array beyond 2 GiB", problem(() -> btf.reader().read(2)));
    assertEquals("BTF type 3 is an array beyond 2 GiB", problem(() -> btf.reader().read(3)));
  }

  @Test
  void aMemberBehindTheEndOfItsStruct() {
    BtfSection btf = new BtfSection();
    int number = btf.type("int", Btf.INT, 0, 4, 32);
    btf.type("short_one", Btf.STRUCT, 1, 4, btf.name("late"), number, 8);
    assertEquals(
        "member late of struct short_one does not lie within its 4 bytes",
        problem(() -> btf.reader().read(2)));
  }

  @Test
  void typesThatAreNotThereOrHaveNoValues() {
    BtfSection btf = new BtfSection();
    btf.type("", Btf.CONST, 0, 77);
    btf.type("forward", 7, 0, 0);
    assertEquals("BTF refers to type 77 of 2", problem(() -> btf.reader().read(1)));
    assertEquals("BTF type 2 of kind 7 has no values", problem(() -> btf.reader().read(2)));
    assertEquals("BTF type 0 of kind 0 has no values", problem(() -> btf.reader().read(0)));
  }

  @Test
  void typesThatAreShorterThanOneType() {
    byte[] section = new byte[24 + 8];
    section[0] = (byte) 0x9f;
    section[1] = (byte) 0xeb;
    section[2] = 1;
    section[4] = 24;
    for (byte length = 1; length <= 8; length++) {
      section[12] = length; // of the types
      assertEquals(
          "the last BTF type is cut off",
          problem(() -> Btf.read(Bytes.of("section .BTF", section))));
    }
  }

  @Test
  void aKindOfTheFuture() {
    BtfSection btf = new BtfSection();
    btf.type("", 27, 0, 0);
    assertEquals("BTF kind 27 is not known to this reader", problem(btf::reader));
  }

  @Test
  void wideEnumsAreReadWhole() throws Exception {
    BtfSection btf = new BtfSection();
    btf.type("wide", Btf.ENUM64, 1, 8, btf.name("FAR"), 0x89abcdef, 0x01234567);
    assertEquals(0x0123456789abcdefL, btf.reader().enumeration(1).values().get("FAR"));
  }
}
