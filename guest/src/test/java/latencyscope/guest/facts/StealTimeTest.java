package latencyscope.guest.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import latencyscope.guest.channel.RecorderSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What hypervisors took, as {@code /proc/stat} has it. */
class StealTimeTest {
  @TempDir Path root;

  private void steal(int first, int second) throws IOException {
    Files.createDirectories(root.resolve("proc"));
    Files.writeString(
        root.resolve("proc/stat"),
        "cpu  9 0 9 9 9 9 9 999 0 0\ncpu0 1 0 1 1 1 1 1 "
            + first
            + " 0 0\ncpu1 1 0 1 1 1 1 1 "
            + second
            + " 0 0\nintr 1 2 3 4 5 6 7 8 9\n");
  }

  @Test
  void whatWasTakenSinceTheLastTime() throws Exception {
    steal(5, 7);
    StealTime time = new StealTime(root, new RecorderSink(null));
    time.begin();
    steal(5, 9);
    assertEquals(Map.of(1, 20_000_000L), time.takeNew());
    assertEquals(Map.of(), time.takeNew());
    steal(6, 9);
    assertEquals(Map.of(0, 10_000_000L), time.takeNew());
    Files.delete(root.resolve("proc/stat"));
    assertEquals(Map.of(), time.takeNew());
  }
}
