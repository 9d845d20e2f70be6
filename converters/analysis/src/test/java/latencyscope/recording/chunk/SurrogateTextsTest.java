package latencyscope.recording.chunk;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.jfr.capture.Capture;
import latencyscope.recording.EngineRecording;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurrogateTextsTest {
  @TempDir Path directory;

  /** What a JVM writes, whatever it is by then. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "🚀",
        "🚀 md-feed",
        "行情 🦀🦀 x",
        "plain",
        "\uFFFD",
        "🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀🚀"
      })
  void namesOfThreadsAreRead(String name) throws Exception {
    Path file = directory.resolve("names.jfr");
    try (jdk.jfr.Recording recording = new jdk.jfr.Recording()) {
      recording.enable("latencyscope.Capture");
      recording.enable("jdk.ThreadStart");
      recording.start();
      new Capture().commit();
      for (String one : List.of("🛰 before", name, name + " and more")) {
        Thread thread = new Thread(() -> {}, one);
        thread.start();
        thread.join();
      }
      recording.stop();
      recording.dump(file);
    }
    List<String> names = new ArrayList<>();
    Recording.read(
        List.of(file),
        new EventConsumer() {
          @Override
          public void accept(KernelEvent event) {}

          @Override
          public boolean wants(String type) {
            return type.equals("jdk.ThreadStart");
          }

          @Override
          public void accept(JvmEvent event) {
            names.add(event.thread("thread").name());
          }
        });
    assertTrue(names.containsAll(List.of("🛰 before", name, name + " and more")), names::toString);
  }

  /** As the report shows them: by what is known of a thread, not by what an event calls it. */
  @Test
  void noNameOfARealRecordingIsBroken() throws Exception {
    Path file = Files.write(directory.resolve("engine.jfr"), EngineRecording.bytes());
    Recording recording = Recording.read(file);
    List<String> names = recording.threads().stream().map(ThreadId::name).toList();
    assertTrue(names.contains("🚀 md-feed"), names::toString);
    assertTrue(names.stream().noneMatch(name -> name.contains("\uFFFD")), names::toString);
  }
}
