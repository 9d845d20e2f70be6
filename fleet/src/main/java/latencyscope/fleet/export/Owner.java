package latencyscope.fleet.export;

import java.util.regex.Pattern;
import latencyscope.recording.event.Subject;
import latencyscope.recording.thread.ThreadId;

/**
 * What was measured, and of whom: the first columns of measures and counters.
 *
 * @param module module that measured
 * @param measure what was measured
 * @param thread whose it is; null if it is not a thread's
 * @param subject whose it is; null if it is a thread's
 */
record Owner(String module, String measure, ThreadId thread, Subject subject) {
  private static final Pattern NUMBERS = Pattern.compile("[0-9]+");

  /** The same name for all threads of a pool, and for a thread in each run. */
  static String group(String name) {
    return name == null ? null : NUMBERS.matcher(name).replaceAll("#");
  }

  /** The values of the columns. */
  Object[] columns() {
    return thread != null
        ? new Object[] {
          module,
          measure,
          "thread",
          thread.name(),
          group(thread.name()),
          thread.osTid(),
          thread.javaId(),
          Subject.NO_CPU
        }
        : new Object[] {
          module,
          measure,
          subject.kind(),
          subject.name(),
          group(subject.name()),
          subject.id(),
          0,
          subject.cpu()
        };
  }

  /** The same of the whole module. */
  static Owner ofModule(String module, String measure) {
    return new Owner(module, measure, null, new Subject("module", 0, module, Subject.NO_CPU));
  }
}
