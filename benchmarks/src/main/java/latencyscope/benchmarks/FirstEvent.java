package latencyscope.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;

/**
 * How long after a recording was asked for the first event happened that is in it.
 *
 * <p>A thread parks every 100 µs, so that there always is something to record. Prints a line for
 * each type of event: its name and the milliseconds until the first one. An event of the JDK, and
 * the time until {@link Recording#start} returns, show how long JFR itself takes.
 */
final class FirstEvent {
  private static final List<String> TYPES =
      List.of(
          "jdk.ThreadPark",
          EventDescription.PREFIX + EventTypes.CONTEXT_SWITCH,
          EventDescription.PREFIX + EventTypes.HARD_IRQ,
          EventDescription.PREFIX + EventTypes.LOCAL_INTERRUPT,
          EventDescription.PREFIX + EventTypes.FUTEX_WAIT);

  /** The engine has started, and the agent prepared what it wants to. */
  private static final long STARTED_MS = 3_000;

  /** Null in a JVM whose flight recorder nobody has asked for. */
  private static Recording always;

  private FirstEvent() {}

  /**
   * Records for the given milliseconds; with the argument {@code warm}, in a JVM that records
   * already, as engines in production do, else in one whose recorder begins to exist only then.
   */
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
    if (args.length > 1 && args[1].equals("warm")) {
      always = recordNothingOfOurs();
    }
    Thread.sleep(STARTED_MS);
    first(Long.parseLong(args[0]))
        .forEach((type, ms) -> System.out.println(type + " " + ms.toMillis()));
  }

  private static Recording recordNothingOfOurs() {
    Recording recording = new Recording();
    recording.enable("jdk.CPULoad").withPeriod(Duration.ofSeconds(1));
    // They are on unless a recording says otherwise.
    FlightRecorder.getFlightRecorder().getEventTypes().stream()
        .map(EventType::getName)
        .filter(type -> type.startsWith("latencyscope."))
        .forEach(recording::disable);
    recording.start();
    return recording;
  }

  private static Map<String, Duration> first(long millis) throws Exception {
    Path file = Files.createTempFile("first-event", ".jfr");
    Map<String, Duration> first = new TreeMap<>();
    Instant asked = Instant.now();
    try (Recording recording = new Recording()) {
      TYPES.forEach(type -> recording.enable(type).withThreshold(Duration.ZERO));
      recording.start();
      first.put("Recording.start", Duration.between(asked, Instant.now()));
      Thread.sleep(millis);
      recording.stop();
      recording.dump(file);
    }
    for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
      if (TYPES.contains(event.getEventType().getName())) {
        Duration after = Duration.between(asked, event.getStartTime());
        // What the other recording has of the time before does not count.
        if (!after.isNegative()) {
          first.merge(event.getEventType().getName(), after, (a, b) -> a.compareTo(b) < 0 ? a : b);
        }
      }
    }
    Files.delete(file);
    return first;
  }
}
