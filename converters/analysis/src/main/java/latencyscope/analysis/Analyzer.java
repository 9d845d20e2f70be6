package latencyscope.analysis;

import java.util.Optional;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;

/**
 * Judges what one module measured.
 *
 * <p>The analyzer of module {@code isolation} is the class {@code isolation.IsolationAnalyzer}
 * below this package, with a public constructor without parameters: {@link Analyzers} finds it by
 * that name. It gets its module's events one by one and must not keep them all. Not safe for use by
 * several threads.
 */
public interface Analyzer extends EventConsumer {
  /**
   * What takes the same events once more, for analyzers that know only now which of them they need;
   * empty for one that has seen enough. Called once, after the last event.
   */
  default Optional<EventConsumer> secondReading(Recording recording) {
    return Optional.empty();
  }

  /**
   * Judges; called once, after the last event.
   *
   * @param recording all that is not a single event
   */
  ModuleReport report(Recording recording);
}
