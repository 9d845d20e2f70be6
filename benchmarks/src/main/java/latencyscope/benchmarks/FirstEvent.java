package latencyscope.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * How long after a recording was asked for the first event of the kernel happened that is in it.
 *
 * <p>A thread is switched out every 100 µs, so that there always is one to record. Prints, in
 * milliseconds, the time until the first event of each of LatencyScope's types.
 */
final class FirstEvent {
  private FirstEvent() {}

  /** Records for the given milliseconds, in a JVM with the agent. */
  public static void main(String[] args) throws Exception {
    Thread restless =
        new Thread(
            () -> {
              while (true) {
                LockSupport.parkNanos(100_000);
              }
            },
            "restless");
    restless.setDaemon(true);
    restless.start();
    Thread.sleep(500);
    Path file = Files.createTempFile("first-event", ".jfr");
    Instant asked = Instant.now();
    try (Recording recording = new Recording()) {
      for (String type : new String[] {"RunQueueWait", "ContextSwitch", "FutexWait"}) {
        recording.enable("latencyscope." + type).withThreshold(Duration.ZERO);
      }
      recording.start();
      Thread.sleep(Long.parseLong(args[0]));
      recording.stop();
      recording.dump(file);
    }
    for (String type : new String[] {"ContextSwitch", "FutexWait"}) {
      RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().equals("latencyscope." + type))
          .map(event -> event.getStartTime())
          .min(Instant::compareTo)
          .ifPresent(
              first -> System.out.println(type + " " + Duration.between(asked, first).toMillis()));
    }
    Files.delete(file);
  }
}
