package latencyscope.ledger;

import java.util.Locale;
import latencyscope.recording.Nanos;

/** Says what a part of a window was, as one engineer would say it to another. */
public final class Phrase {
  private Phrase() {}

  /** The cause with its culprit, without times: what follows "4.1 ms". */
  public static String of(Cause cause, String culprit, String within, int cpu) {
    String on = cpu >= 0 ? " on CPU " + cpu : "";
    return switch (cause) {
      case RUNNABLE -> {
        if (culprit == null) {
          yield "runnable and not running" + on;
        }
        yield culprit.equals(SpanReader.IDLE)
            ? "runnable while idle CPU" + (cpu >= 0 ? " " + cpu : "") + " was being woken"
            : "runnable and not running, behind " + culprit + on;
      }
      case HARD_IRQ, LOCAL_INTERRUPT, SOFTIRQ, NMI ->
          cause.words() + (culprit == null ? "" : ", " + culprit + "," + on);
      case PAGE_FAULT -> "in a " + (culprit == null ? "page fault" : culprit);
      case MEMORY_STALL -> cause.words() + (culprit == null ? "" : ", " + culprit);
      case STOPPED -> "stopped at a safepoint" + (culprit == null ? "" : " for " + culprit);
      case BLOCKED ->
          "blocked"
              + (within == null ? "" : " in " + within)
              + (culprit == null ? "" : ", woken by " + culprit);
      case SYSCALL -> "in system call " + culprit;
      default -> cause.words();
    };
  }

  /** A part of a window: what, how often, and more about it. */
  public static String of(Part part) {
    StringBuilder words =
        new StringBuilder(of(part.cause(), part.culprit(), part.within(), part.cpu()));
    if (part.stretches() > 1 && part.cause() != Cause.ON_CPU) {
      words.append(
          String.format(
              Locale.ROOT,
              ", %,d times, the longest %s",
              part.stretches(),
              Nanos.words(part.longest())));
    }
    if (part.detail() != null) {
      words.append(" (").append(part.detail()).append(')');
    }
    return words.toString();
  }

  /** The role of a JVM thread behind its name; nothing behind an application's. */
  public static String thread(String name, long osTid) {
    Role role = Role.of(name);
    String id = osTid > 0 ? "tid " + osTid : "";
    String what = role == Role.APPLICATION ? id : role.words() + (id.isEmpty() ? "" : ", " + id);
    return (name.isEmpty() ? "an unnamed thread" : name)
        + (what.isEmpty() ? "" : " (" + what + ")");
  }
}
