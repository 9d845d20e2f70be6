package latencyscope.ledger;

import java.util.Locale;
import latencyscope.proc.Role;
import latencyscope.recording.Nanos;
import latencyscope.recording.event.CodeStack;

/** Says what a part of a window was, as one engineer would say it to another. */
public final class Phrase {
  private Phrase() {}

  /** The cause with its culprit, without times: what follows "4.1 ms". */
  public static String of(Cause cause, String culprit, String within, int cpu) {
    String on = on(cpu);
    return switch (cause) {
      case RUNNABLE -> {
        if (culprit == null) {
          yield "runnable and not running" + on;
        }
        yield culprit.equals(SpanReader.IDLE)
            ? "runnable while idle CPU" + (cpu >= 0 ? " " + cpu : "") + " was being woken"
            : "runnable and not running, behind " + culprit + on;
      }
      case HARD_IRQ, LOCAL_INTERRUPT, SOFTIRQ, NMI -> interrupt(cause.words(), culprit, on);
      case PAGE_FAULT -> "in a " + (culprit == null ? "page fault" : culprit);
      case KERNEL_LOCK ->
          "waiting for " + (culprit == null ? "a lock" : culprit) + " in the kernel";
      case MEMORY_STALL -> cause.words() + (culprit == null ? "" : ", " + culprit);
      case STOPPED -> "stopped at a safepoint" + (culprit == null ? "" : " for " + culprit);
      case BLOCKED ->
          "blocked"
              + (within == null ? "" : " in " + within)
              + (culprit == null ? "" : ", woken by " + culprit);
      case SYSCALL -> culprit == null ? cause.words() : "in system call " + culprit;
      default -> cause.words();
    };
  }

  /** Time that a thread lost, in as few words as name the cause and its culprit. */
  public static String brief(Cause cause, String culprit, int cpu) {
    String on = on(cpu);
    return switch (cause) {
      case RUNNABLE -> {
        if (culprit == null) {
          yield "waited for a CPU" + on;
        }
        yield culprit.equals(SpanReader.IDLE)
            ? "idle CPU" + (cpu >= 0 ? " " + cpu : "") + " being woken"
            : "behind " + culprit + on;
      }
      case THROTTLED -> "throttled by its CPU quota";
      case HARD_IRQ, LOCAL_INTERRUPT, SOFTIRQ, NMI ->
          (culprit == null ? cause.interrupt() : culprit) + on;
      case PAGE_FAULT -> culprit == null ? "page fault" : culprit;
      default -> of(cause, culprit, null, cpu);
    };
  }

  /** The cause with its culprit as what might not have been: what follows "without". */
  public static String without(Cause cause, String culprit, int cpu) {
    String on = on(cpu);
    return switch (cause) {
      case RUNNABLE -> {
        if (culprit == null) {
          yield "the waits for " + (cpu >= 0 ? "CPU " + cpu : "a CPU");
        }
        yield culprit.equals(SpanReader.IDLE)
            ? "the waking of idle CPU" + (cpu >= 0 ? " " + cpu : "s")
            : "the waits behind " + culprit + on;
      }
      case THROTTLED -> "the CPU quota of its control group";
      case HARD_IRQ -> (culprit == null ? "hardware interrupts" : culprit) + on;
      case LOCAL_INTERRUPT, SOFTIRQ, NMI ->
          "the " + cause.interrupt() + "s" + (culprit == null ? "" : " " + culprit) + on;
      case MEMORY_STALL -> "the time " + of(cause, culprit, null, cpu);
      case PAGE_FAULT -> "the time in a " + (culprit == null ? "page fault" : culprit);
      case STOPPED -> "the stops at safepoints" + (culprit == null ? "" : " for " + culprit);
      case BLOCKED -> "the time blocked" + (culprit == null ? "" : " until woken by " + culprit);
      default -> "the time " + of(cause, culprit, null, cpu);
    };
  }

  /** What a part took of a thread's time, as what follows the thread's name. */
  public static String spent(Part part) {
    String time = Nanos.words(part.ns());
    return switch (part.cause()) {
      case HARD_IRQ, LOCAL_INTERRUPT, SOFTIRQ, NMI ->
          "lost "
              + time
              + " to "
              + interrupt("a " + part.cause().interrupt(), part.culprit(), on(part.cpu()))
              + more(part);
      default -> "spent " + time + " " + of(part);
    };
  }

  /** A part of a window: what, how often, and more about it. */
  public static String of(Part part) {
    return of(part.cause(), part.culprit(), part.within(), part.cpu()) + more(part);
  }

  /** The same, with the line of the program that the thread was in, if that is known. */
  public static String located(Part part) {
    return of(part)
        + CodeStack.place(part.stack().frames()).map(place -> ", at " + place).orElse("");
  }

  private static String interrupt(String what, String culprit, String on) {
    return what + (culprit == null ? "" : ", " + culprit + "," + on);
  }

  private static String on(int cpu) {
    return cpu >= 0 ? " on CPU " + cpu : "";
  }

  private static String more(Part part) {
    StringBuilder words = new StringBuilder();
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
