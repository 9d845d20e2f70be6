package latencyscope.ledger;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import latencyscope.recording.JvmEvent;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.Nanos;

/** What an event says of its thread's time. Immutable. */
final class SpanReader {
  /** Events of the JVM that tell what a thread blocks in. */
  static final Map<String, String> JAVA_WAITS =
      Map.of(
          "jdk.JavaMonitorEnter", "monitorClass",
          "jdk.JavaMonitorWait", "monitorClass",
          "jdk.ThreadPark", "parkedClass",
          "jdk.ThreadSleep", "",
          "jdk.SocketRead", "host",
          "jdk.SocketWrite", "host",
          "jdk.FileRead", "path",
          "jdk.FileWrite", "path",
          "jdk.FileForce", "path");

  static final String IDLE = "an idle CPU being woken";
  private static final double MOSTLY = 0.9;

  private final Names names;
  private final Safepoints safepoints;

  SpanReader(Names names, Safepoints safepoints) {
    this.names = names;
    this.safepoints = safepoints;
  }

  /** The spans of an event: none if it is not about its thread's time. */
  List<Span> of(KernelEvent event) {
    return switch (event.type()) {
      case "ContextSwitch" -> offCpu(event);
      case "RunQueueWait" -> waits(event);
      case "HardIrq" -> List.of(span(event, Cause.HARD_IRQ, irq(event)));
      case "SoftIrq" -> List.of(interrupt(event, Cause.SOFTIRQ, event.text("vector")));
      case "LocalInterrupt" -> List.of(local(event));
      case "TlbShootdown" -> List.of(shootdown(event));
      case "MemoryStall" -> List.of(span(event, Cause.MEMORY_STALL, event.text("kind")));
      case "NumaEvent" -> List.of(span(event, Cause.MEMORY_STALL, "page migration"));
      case "PageFault" -> List.of(fault(event));
      case "FutexWait", "BlockingSyscall", "Sleep" -> List.of(call(event));
      default -> List.of();
    };
  }

  private static long end(KernelEvent event) {
    return event.start() + event.duration();
  }

  private static Span span(KernelEvent event, Cause cause, String culprit) {
    return Span.of(cause, event.start(), end(event), culprit, null, event.cpu());
  }

  private List<Span> offCpu(KernelEvent event) {
    long start = event.start();
    long end = end(event);
    long runnable = end - Math.max(0, Math.min(event.duration(), event.number("waited")));
    // Who came in is a good guess at who stayed, as long as no wait of the thread tells.
    String next = "running".equals(event.text("state")) ? names.task(event, "next") : null;
    Span wait =
        Span.of(Cause.RUNNABLE, runnable, end, next, null, (int) event.number("returnCpu", -1));
    if (runnable <= start) {
      return List.of(wait);
    }
    return List.of(blocked(event, start, runnable), wait);
  }

  private Span blocked(KernelEvent event, long start, long woken) {
    String waker = names.task(event, "waker");
    String operation = safepoints.stopping(event.thread(), start, waker);
    if (operation != null) {
      return Span.of(Cause.STOPPED, start, woken, operation, null, event.cpu());
    }
    String state =
        switch (String.valueOf(event.text("state"))) {
          case "disk" -> "uninterruptibly, as for a disk";
          case "stopped", "traced" -> "stopped by a signal or a debugger";
          default -> null;
        };
    String by = waker == null ? Names.INTERRUPT : names.waker(event);
    return Span.of(Cause.BLOCKED, start, woken, by, state, event.cpu());
  }

  // Throttling is where a wait begins: the thread has used up the quota, or comes back to find it
  // used up.
  private List<Span> waits(KernelEvent event) {
    Span wait = wait(event);
    long throttled = Math.min(event.duration(), event.number("throttled"));
    if (throttled <= 0) {
      return List.of(wait);
    }
    long until = event.start() + throttled;
    Span quota = Span.of(Cause.THROTTLED, event.start(), until, null, null, event.cpu());
    return throttled < event.duration() ? List.of(quota, wait) : List.of(quota);
  }

  private Span wait(KernelEvent event) {
    String culprit = names.task(event, "culprit");
    boolean preempted = "preempted".equals(event.text("kind"));
    long held = event.number("culpritHeld");
    boolean idle = culprit == null && held > 0;
    String detail = preempted ? "after preemption" : null;
    if (idle && preempted) {
      // No idle CPU preempts anybody: the log that was looked at is that of the CPU it came to.
      detail = "after preemption, in the queue of another CPU; this one was idle";
    } else if (idle) {
      culprit = IDLE;
    }
    if (culprit != null && !culprit.equals(IDLE)) {
      detail = join(detail, others(event, held));
    }
    return new Span(Cause.RUNNABLE, event.start(), end(event), culprit, detail, event.cpu(), 1);
  }

  // One name for a whole wait is fair only if that task ran for nearly all of it.
  private static String others(KernelEvent event, long held) {
    int others = (int) event.number("tasksBetween") - 1;
    long accounted = event.number("accounted", event.duration());
    String with = others <= 0 ? "" : others == 1 ? "1 other task" : others + " other tasks";
    if (accounted < MOSTLY * event.duration()) {
      return "it ran for "
          + Nanos.words(held)
          + " of the last "
          + Nanos.words(accounted)
          + (with.isEmpty() ? "" : ", beside " + with)
          + "; who ran before that is not recorded";
    }
    if (held < MOSTLY * event.duration()) {
      return "it ran for "
          + Nanos.words(held)
          + " of the wait"
          + (with.isEmpty() ? "" : ", and " + with + " in the rest");
    }
    return null;
  }

  private static String join(String first, String second) {
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    return first + "; " + second;
  }

  private static String irq(KernelEvent event) {
    String device = firstText(event, "device", "handler");
    String line = "IRQ " + event.number("irq");
    return device == null ? line : line + " (" + device + ")";
  }

  private static Span local(KernelEvent event) {
    String vector = String.valueOf(event.text("vector"));
    return interrupt(event, vector.equals("nmi") ? Cause.NMI : Cause.LOCAL_INTERRUPT, vector);
  }

  // The function is a detail: one culprit would become as many as there are functions.
  private static Span interrupt(KernelEvent event, Cause cause, String culprit) {
    String function = event.text("function");
    String detail = function == null ? null : "in " + function;
    return Span.of(cause, event.start(), end(event), culprit, detail, event.cpu());
  }

  private Span shootdown(KernelEvent event) {
    String sender = names.task(event, "sender");
    String culprit = sender == null ? "TLB shootdown" : "TLB shootdown from " + sender;
    return new Span(
        Cause.LOCAL_INTERRUPT, event.start(), end(event), culprit, null, event.cpu(), 1);
  }

  private static Span fault(KernelEvent event) {
    boolean major = "major".equals(event.text("kind"));
    String place = firstText(event, "file", "region");
    String culprit =
        (major ? "major fault" : "minor fault") + (place == null ? "" : " on " + place);
    String file = event.text("file");
    String detail = file == null ? null : "at offset " + event.number("fileOffset");
    return Span.of(Cause.PAGE_FAULT, event.start(), end(event), culprit, detail, event.cpu());
  }

  private static Span call(KernelEvent event) {
    String call = event.text("call");
    String what = call == null ? "futex " + event.text("operation") : call;
    String file = event.text("file");
    if (file != null && !file.equals("none")) {
      what += " on a " + file + " descriptor";
    }
    long asked = event.number("asked", Long.MIN_VALUE);
    String limit = asked > 0 ? String.format(Locale.ROOT, "asked for %,d ns", asked) : null;
    return Span.of(Cause.SYSCALL, event.start(), end(event), what, limit, event.cpu());
  }

  private static String firstText(KernelEvent event, String... fields) {
    for (String field : fields) {
      String text = event.text(field);
      if (text != null && !text.isEmpty()) {
        return text;
      }
    }
    return null;
  }

  /** What a thread was in, by the JVM's own account. */
  Span of(JvmEvent event) {
    Map<String, Object> fields = event.fields();
    Object place = fields.get(JAVA_WAITS.get(event.type()));
    String what =
        switch (event.type()) {
          case "jdk.JavaMonitorEnter" -> "the monitor of a ";
          case "jdk.JavaMonitorWait" -> "Object.wait on a ";
          case "jdk.ThreadPark" -> place == null ? "LockSupport.park" : "park on a ";
          case "jdk.ThreadSleep" -> "Thread.sleep";
          case "jdk.SocketRead" -> "a read from socket ";
          case "jdk.SocketWrite" -> "a write to socket ";
          case "jdk.FileRead" -> "a read of ";
          case "jdk.FileForce" -> "a force of ";
          default -> "a write to ";
        };
    Object owner = fields.get("previousOwner");
    String held = owner == null ? "" : ", held by " + owner;
    return Span.java(
        event.start(),
        event.start() + event.duration(),
        what + (place == null ? "" : place) + held);
  }
}
