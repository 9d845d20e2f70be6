package latencyscope.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CommCacheTest {
  private final CommCache cache = new CommCache();

  private String look(String comm) {
    byte[] bytes = Arrays.copyOf(comm.getBytes(StandardCharsets.UTF_8), 16);
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
