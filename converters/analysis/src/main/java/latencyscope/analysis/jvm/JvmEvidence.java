package latencyscope.analysis.jvm;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.KeptEvents;
import latencyscope.analysis.evidence.Question;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.JvmSettings;

/** Which of the JVM's pauses have recorded kernel events of their threads. */
final class JvmEvidence {
  private static final String OUTSIDE = "it is outside of the captured time";

  private final Recording recording;
  private final Evidence evidence;

  JvmEvidence(Recording recording) {
    this.recording = recording;
    evidence = Evidence.of(recording);
  }

  /** Why nothing may be recorded of who was kept from running at a time; empty if it is. */
  Optional<String> whyNot(Question question, long at) {
    Optional<String> why = evidence.whyNot(question);
    return why.isPresent() || isCaptured(at) ? why : Optional.of(OUTSIDE);
  }

  private boolean isCaptured(long at) {
    return recording.intervals().stream().anyMatch(i -> i.start() <= at && at < i.end());
  }

  /**
   * Why shorter pauses than the recorded ones may be missing that could have been noteworthy; empty
   * if none is. A recording that does not have the JVM's settings shows it by what is in it.
   *
   * @param type of the JVM's events of these pauses
   * @param shortest of them, nanoseconds
   */
  Optional<String> missing(String type, long shortest) {
    JvmSettings settings = recording.jvmSettings();
    long from = settings.areRecorded() ? settings.keptFrom(type).orElse(Long.MAX_VALUE) : shortest;
    return from <= Question.NOTEWORTHY_NS
        ? Optional.empty()
        : Optional.of(KeptEvents.whyNotAll(settings, type));
  }

  /**
   * The answer "none" where pauses were captured.
   *
   * @param whyNot why there is no answer; empty if nothing is in its way
   * @param begins of the pauses, nanoseconds since the epoch
   */
  Verdict none(Question question, Optional<String> whyNot, List<Long> begins, String text) {
    if (whyNot.isPresent()) {
      return Verdict.notMeasured(question, whyNot.get());
    }
    long within = begins.stream().filter(this::isCaptured).count();
    if (within == 0 && evidence.proof(question).isPresent()) {
      return Verdict.notMeasured(question, "none of them is in the captured time");
    }
    String of =
        within == begins.size()
            ? ""
            : String.format(
                Locale.ROOT,
                " in %,d of %,d; the others are outside of the captured time",
                within,
                begins.size());
    return Verdict.none(question, evidence, text + of);
  }
}
