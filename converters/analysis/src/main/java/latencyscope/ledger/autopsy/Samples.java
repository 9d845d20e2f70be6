package latencyscope.ledger.autopsy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * What threads ran when the JVM asked them to stop, by its own samples of running threads. While it
 * waits for them it takes none (JDK 25), so that the last one before is the nearest. Not safe for
 * use by several threads.
 */
final class Samples {
  static final String TYPE = "jdk.ExecutionSample";

  /** How long before a request a sample may be: the period of the JDK's profiles. */
  static final long BEFORE_NS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int MOST = 10_000;

  private final Map<Long, List<Sample>> ofThreads = new HashMap<>();
  private int kept;

  /** A thread at a time, nanoseconds since the epoch. */
  record Sample(long at, CodeStack stack) {
    String innermost() {
      return stack.frames().get(0);
    }
  }

  /** Takes a sample of a time that is asked for. */
  void add(JvmEvent event) {
    ThreadId thread = event.thread("sampledThread");
    if (thread != null && kept < MOST) {
      kept++;
      ofThreads
          .computeIfAbsent(thread.osTid(), id -> new ArrayList<>())
          .add(new Sample(event.start(), event.stack()));
    }
  }

  /** The last sample of a thread until a time, at most {@link #BEFORE_NS} before another. */
  Optional<Sample> last(ThreadId thread, long from, long until) {
    return ofThreads.getOrDefault(thread.osTid(), List.of()).stream()
        .filter(sample -> sample.at() >= from - BEFORE_NS && sample.at() <= until)
        .filter(sample -> !sample.stack().frames().isEmpty())
        .max(Comparator.comparingLong(Sample::at));
  }
}
