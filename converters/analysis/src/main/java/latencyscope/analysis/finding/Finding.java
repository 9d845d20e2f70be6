package latencyscope.analysis.finding;

import java.util.List;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.thread.ThreadId;

/**
 * One cause of latency for one thread, everything that it did added up; or a note on the capture.
 *
 * @param module module that found it
 * @param severity how bad it is
 * @param title what happened, in a few words; of a note, all of it
 * @param thread the thread that it happened to; null if it is not a thread's
 * @param culprit who or what did it; null if nobody in particular
 * @param cost what it cost
 * @param evidence what this rests on, in words; null if that is not known
 * @param remedies what to do on this host; empty if nothing is known
 * @param isNote whether the title is a whole sentence, and the evidence no more than that
 * @param kind what it is about
 * @param object what the thread waited for, where one place in the program has several; null if
 *     that is not known
 * @param stack where in the program the worst was, the innermost frame first; empty if not known
 */
public record Finding(
    String module,
    Severity severity,
    String title,
    ThreadId thread,
    Culprit culprit,
    Cost cost,
    String evidence,
    List<Remedy> remedies,
    boolean isNote,
    Kind kind,
    String object,
    List<String> stack) {
  private static final int LINES = 3;

  /** Copies the lists. */
  public Finding {
    stack = List.copyOf(stack);
    remedies = List.copyOf(remedies);
  }

  /** A cause of latency. */
  public Finding(
      String module,
      Severity severity,
      String title,
      ThreadId thread,
      Culprit culprit,
      Cost cost,
      String evidence,
      List<Remedy> remedies) {
    this(
        module,
        severity,
        title,
        thread,
        culprit,
        cost,
        evidence,
        remedies,
        false,
        Kind.OTHER,
        null,
        List.of());
  }

  /** The same, said to be about something. */
  public Finding about(Kind about) {
    return with(about, object, stack);
  }

  /** The same, recorded at a place in the program. */
  public Finding at(List<String> frames) {
    return with(kind, object, frames);
  }

  /** The same, said to be a wait for something. */
  public Finding waitingFor(String what) {
    return with(kind, what, stack);
  }

  private Finding with(Kind about, String what, List<String> frames) {
    return new Finding(
        module, severity, title, thread, culprit, cost, evidence, remedies, isNote, about, what,
        frames);
  }

  /** A note: a sentence that says all that there is to say. */
  public static Finding note(String module, Severity severity, String sentence) {
    return new Finding(
        module,
        severity,
        sentence,
        null,
        null,
        Cost.times(1),
        sentence,
        List.of(),
        true,
        Kind.OTHER,
        null,
        List.of());
  }

  /** How often. */
  public long count() {
    return cost.count();
  }

  /** Time that it cost in all, nanoseconds; null if that was not measured. */
  public Long totalNs() {
    return cost.totalNs();
  }

  /** The most that it cost at once, nanoseconds; null if that was not measured. */
  public Long worstNs() {
    return cost.worstNs();
  }

  /** When the worst began, nanoseconds since the epoch; null if not known. */
  public Long at() {
    return cost.at();
  }

  /** The culprit in words; null if there is none. */
  public String culpritInWords() {
    return culprit == null ? null : culprit.describe();
  }

  /** The task of the kernel that did it; null if it was none. */
  public Task culpritTask() {
    return culprit == null ? null : culprit.task();
  }

  /** What the title does not say; null if that is nothing. */
  public String details() {
    return isNote ? null : evidence;
  }

  /** In which lines of the program the worst was, the innermost first; null if not known. */
  public String code() {
    List<String> places = CodeStack.places(stack, LINES);
    return places.isEmpty() ? null : "Code: " + String.join(", called from ", places) + ".";
  }

  /** The remedies as one text, a sentence or an indented command to a line; null if none. */
  public String remedy() {
    return Remedy.text(remedies);
  }

  /** The commands of all remedies, in their order. */
  public List<String> commands() {
    return Remedy.commands(remedies);
  }
}
