package latencyscope.recording.chunk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;
import latencyscope.jfr.isolation.RunQueueWait;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventFan;
import latencyscope.recording.event.KernelEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Consumers learn where a chunk ends: after its last event, each of them. */
class ChunkEndTest {
  private static final class Log implements EventConsumer {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void accept(KernelEvent event) {
      lines.add(event.type() + " " + event.number(EventFields.CULPRIT_TID));
    }

    @Override
    public void endOfChunk() {
      lines.add("end");
    }
  }

  @Test
  void eachConsumerIsTold(@TempDir Path folder) throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Path file = folder.resolve(i + ".jfr");
      try (Recording recording = new Recording()) {
        recording.enable(RunQueueWait.class).withoutThreshold();
        recording.start();
        RunQueueWait wait = new RunQueueWait();
        wait.kernelStart = 1;
        wait.culpritTid = i;
        wait.commit();
        recording.stop();
        recording.dump(file);
      }
      files.add(file);
    }
    Log one = new Log();
    Log other = new Log();
    latencyscope.recording.Recording.read(files, new EventFan(one, other));
    assertEquals(List.of("RunQueueWait 0", "end", "RunQueueWait 1", "end"), one.lines);
    assertEquals(one.lines, other.lines);
  }
}
