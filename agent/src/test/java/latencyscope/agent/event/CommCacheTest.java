package latencyscope.agent.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CommCacheTest {
  private final CommCache cache = new CommCache();

  private String look(String comm) {
    return look(comm.getBytes(StandardCharsets.UTF_8));
  }

  private String look(byte[] comm) {
    byte[] bytes = Arrays.copyOf(comm, 16);
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return cache.name(words.getLong(), words.getLong());
  }

  @Test
  void aNameIsOneObjectHoweverOftenItIsRead() {
    assertSame(look("strategy"), look("strategy"));
    assertEquals("kworker/4:0", look("kworker/4:0"));
    assertEquals("sixteen-bytes-xx", look("sixteen-bytes-xx"));
    assertEquals("äöü", look("äöü"));
  }

  /** In which a JVM names its threads; the kernel keeps 15 bytes. */
  private String lookModified(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new DataOutputStream(bytes).writeUTF(name);
    return look(Arrays.copyOfRange(bytes.toByteArray(), Short.BYTES, Short.BYTES + 15));
  }

  @Test
  void emojiAreReadAsTheJvmWritesThem() throws IOException {
    assertEquals("🚀 md-feed", lookModified("🚀 md-feed"));
    assertEquals("🚀🚀", lookModified("🚀🚀🚀"));
    assertEquals("行情处理线", lookModified("行情处理线程"));
    assertEquals("🚀 of C", look("🚀 of C"));
    assertEquals("\\xff broken", look(new byte[] {(byte) 0xff, ' ', 'b', 'r', 'o', 'k', 'e', 'n'}));
  }

  @Test
  void anEmptyNameIsNone() {
    assertNull(look(""));
  }

  @Test
  void namesThatCollideAreStillTheirOwn() {
    for (int i = 0; i < 10_000; i++) {
      assertEquals("worker-" + i, look("worker-" + i));
    }
    assertEquals("worker-0", look("worker-0"));
  }
}
