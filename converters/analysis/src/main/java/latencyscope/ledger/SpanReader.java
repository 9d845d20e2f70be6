package latencyscope.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.finding.Named;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.ledger.safepoint.Safepoints;
import latencyscope.proc.Role;
import latencyscope.recording.Nanos;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;

/** What an event says of its thread's time. Immutable. */
public final class SpanReader {
  /** Events of the JVM that show what a thread blocks in. */
  public static final Map<String, String> JAVA_WAITS =
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

  private static final String SAMPLED = "rt_sigsuspend, stopped by the flight recorder's sampler";
  static final String IDLE = "an idle CPU being woken";
  private static final String ELSEWHERE =
      "after preemption, in the queue of another CPU; this one was idle";
  private static final String MAJOR = "major fault";
  private static final String LINE = "IRQ ";
  private static final String NOT_RECORDED = "who ran then is not recorded";
  private static final double MOSTLY = 0.9;

  // A gap of less than 1 % is clock error, or the switch itself.
  private static final double KNOWN = 0.99;

  private final Names names;
  private final Safepoints safepoints;

  public SpanReader(Names names, Safepoints safepoints) {
    this.names = names;
    this.safepoints = safepoints;
  }

  /** The spans of an event: none if it is not about its thread's time. */
  public List<Span> of(KernelEvent event) {
    return switch (event.type()) {
      case EventTypes.CONTEXT_SWITCH -> offCpu(event);
      case EventTypes.RUN_QUEUE_WAIT -> waits(event);
      case EventTypes.WAIT_SHARE -> List.of(share(event));
      case EventTypes.HARD_IRQ -> List.of(span(event, Cause.HARD_IRQ, irq(event)));
      case EventTypes.SOFT_IRQ ->
          List.of(interrupt(event, Cause.SOFTIRQ, event.text(EventFields.VECTOR)));
      case EventTypes.LOCAL_INTERRUPT -> List.of(local(event));
      case EventTypes.TLB_SHOOTDOWN -> List.of(shootdown(event));
      case EventTypes.MEMORY_STALL ->
          List.of(span(event, Cause.MEMORY_STALL, event.text(EventFields.KIND)));
      case EventTypes.KERNEL_LOCK_WAIT ->
          List.of(span(event, Cause.KERNEL_LOCK, kernelLock(event)));
      case EventTypes.NUMA_EVENT -> List.of(span(event, Cause.MEMORY_STALL, "page migration"));
      case EventTypes.PAGE_FAULT -> List.of(fault(event));
      case EventTypes.FUTEX_WAIT, EventTypes.BLOCKING_SYSCALL, EventTypes.SLEEP ->
          List.of(call(event));
      default -> described(event);
    };
  }

  // A type whose meaning its description says in full needs no code here.
  private static List<Span> described(KernelEvent event) {
    EventDescription known = EventTypes.of(event.type());
    Cause cause = known == null ? null : Cause.ofKey(known.ledgerCause());
    if (cause == null) {
      return List.of();
    }
    String particular = event.first(known.particulars());
    String what = known.noun() + (particular == null ? "" : ": " + particular);
    return List.of(span(event, cause, what));
  }

  private String kernelLock(KernelEvent event) {
    String lock = event.text(EventFields.LOCK);
    String which =
        event.flag(EventFields.MMAP_LOCK) ? "mmap_lock" : lock == null ? "a lock" : "a " + lock;
    String holder = names.task(event, EventFields.HOLDER_TASK);
    return holder == null ? which : which + " that " + holder + " held";
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
    long runnable = end - Math.max(0, Math.min(event.duration(), event.number(EventFields.WAITED)));
    // Who came in is a good guess at who stayed, as long as no wait of the thread shows it.
    Named next =
        "running".equals(event.text(EventFields.STATE))
            ? names.named(event, EventFields.NEXT_TASK)
            : null;
    Span wait =
        Span.behind(next, runnable, end, null, (int) event.number(EventFields.RETURN_CPU, -1), 0);
    if (runnable <= start) {
      return List.of(wait);
    }
    return List.of(blocked(event, start, runnable), wait);
  }

  private Span blocked(KernelEvent event, long start, long woken) {
    String waker = names.task(event, EventFields.WAKER_TASK);
    String operation = safepoints.stopping(event.thread(), start, waker);
    if (operation != null) {
      return Span.of(Cause.STOPPED, start, woken, operation, null, event.cpu());
    }
    String state =
        switch (String.valueOf(event.text(EventFields.STATE))) {
          case "disk" -> "uninterruptibly, as for a disk";
          case "stopped", "traced" -> "stopped by a signal or a debugger";
          default -> null;
        };
    return Span.of(Cause.BLOCKED, start, woken, wokenBy(event, waker), state, event.cpu());
  }

  // A recording without contexts names no waker where an interrupt came on an idle CPU.
  private String wokenBy(KernelEvent event, String waker) {
    boolean knownToBeInterrupt = waker == null && event.text(EventFields.WAKER_CONTEXT) == null;
    return knownToBeInterrupt ? Names.INTERRUPT : words(names.waker(event));
  }

  private static String words(Names.Waker waker) {
    return waker == null ? null : waker.words();
  }

  // Throttling is where a wait begins: the thread has used up the quota, or comes back to find it
  // used up.
  private List<Span> waits(KernelEvent event) {
    List<Span> spans = new ArrayList<>();
    long throttled = Math.max(0, Math.min(event.duration(), event.number(EventFields.THROTTLED)));
    long from = event.start() + throttled;
    if (throttled > 0) {
      spans.add(Span.of(Cause.THROTTLED, event.start(), from, null, null, event.cpu()));
    }
    long known = event.number(EventFields.ACCOUNTED);
    if (known > 0 && known < KNOWN * (event.duration() - throttled)) {
      long since = end(event) - known;
      spans.add(waiting(event, from, since, null, NOT_RECORDED, 1));
      from = since;
    }
    if (from < end(event)) {
      spans.add(wait(event, from));
    }
    return spans;
  }

  private static Span waiting(
      KernelEvent event, long from, long to, Named culprit, String detail, int rank) {
    return Span.behind(culprit, from, to, detail, event.cpu(), rank);
  }

  private Span wait(KernelEvent event, long from) {
    Named culprit = names.named(event, EventFields.CULPRIT_TASK);
    long held = event.number(EventFields.CULPRIT_HELD);
    // Where there are shares, each says what it stands for.
    boolean alone = culprit != null && event.number(EventFields.SHARES) == 0;
    String more = alone ? others(event, held, end(event) - from) : null;
    return behind(event, from, culprit, culprit == null && held > 0, more, 1);
  }

  /** The stretch of a wait in which one task ran: it knows more than the wait. */
  private Span share(KernelEvent event) {
    Named culprit = names.named(event, EventFields.CULPRIT_TASK);
    return behind(event, event.start(), culprit, culprit == null, null, 2);
  }

  private static Span behind(
      KernelEvent event, long from, Named culprit, boolean idle, String more, int rank) {
    boolean preempted = "preempted".equals(event.text(EventFields.KIND));
    // No idle CPU preempts a thread: the log is that of the CPU it came to.
    Named who = idle && !preempted ? Named.of(IDLE) : culprit;
    String how = idle ? ELSEWHERE : "after preemption";
    return waiting(event, from, end(event), who, join(preempted ? how : null, more), rank);
  }

  // One name for a whole wait is fair only if that task ran for nearly all of it.
  private static String others(KernelEvent event, long held, long waited) {
    int others = (int) event.number(EventFields.TASKS_BETWEEN) - 1;
    if (held >= MOSTLY * waited) {
      return null;
    }
    String with = others <= 0 ? "" : others == 1 ? "1 other task" : others + " other tasks";
    return "it ran for "
        + Nanos.words(held)
        + " of the wait"
        + (with.isEmpty() ? "" : ", and " + with + " in the rest");
  }

  private static String join(String first, String second) {
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    return first + "; " + second;
  }

  private static String irq(KernelEvent event) {
    String device = event.first(List.of(EventFields.DEVICE, EventFields.HANDLER));
    String line = LINE + event.number(EventFields.IRQ);
    return device == null ? line : line + " (" + device + ")";
  }

  private static Span local(KernelEvent event) {
    String vector = String.valueOf(event.text(EventFields.VECTOR));
    return interrupt(event, vector.equals("nmi") ? Cause.NMI : Cause.LOCAL_INTERRUPT, vector);
  }

  // The function is a detail: one culprit would become as many as there are functions.
  private static Span interrupt(KernelEvent event, Cause cause, String culprit) {
    String function = event.text(EventFields.FUNCTION);
    String detail = function == null ? null : "in " + function;
    return Span.of(cause, event.start(), end(event), culprit, detail, event.cpu());
  }

  private Span shootdown(KernelEvent event) {
    String sender = names.task(event, EventFields.SENDER_TASK);
    String culprit = sender == null ? "TLB shootdown" : "TLB shootdown from " + sender;
    return new Span(
        Cause.LOCAL_INTERRUPT, event.start(), end(event), culprit, null, event.cpu(), 1);
  }

  /** Whether a span says that pages had to be read from a device. */
  public static boolean isMajor(Span span) {
    return span.culprit() != null && span.culprit().startsWith(MAJOR);
  }

  /** Whether a span says that an idle CPU had to be woken. */
  public static boolean isIdle(Span span) {
    return IDLE.equals(span.culprit());
  }

  /** Whether a span says that an interrupt ended it, as a timer does. */
  public static boolean isByInterrupt(Span span) {
    return Names.INTERRUPT.equals(span.culprit()) || Names.SOFTIRQ.equals(span.culprit());
  }

  /** Whether a span is of a device's line. */
  public static boolean isOfLine(Span span, int irq) {
    String line = LINE + irq;
    return span.culprit() != null
        && (span.culprit().equals(line) || span.culprit().startsWith(line + " "));
  }

  private static Span fault(KernelEvent event) {
    boolean major = "major".equals(event.text(EventFields.KIND));
    String place = event.first(List.of(EventFields.FILE, EventFields.REGION));
    String culprit = (major ? MAJOR : "minor fault") + (place == null ? "" : " on " + place);
    String file = event.text(EventFields.FILE);
    String detail = file == null ? null : "at offset " + event.number(EventFields.FILE_OFFSET);
    return Span.of(Cause.PAGE_FAULT, event.start(), end(event), culprit, detail, event.cpu())
        .at(event.stack());
  }

  private static Span call(KernelEvent event) {
    String call = event.text(EventFields.CALL);
    if (isSampled(event)) {
      return Span.of(Cause.SYSCALL, event.start(), end(event), SAMPLED, null, event.cpu());
    }
    String what = call == null ? futex(event) : call;
    String file = event.text(EventFields.FILE);
    if (file != null && !file.equals("none")) {
      what += " on a " + file + " descriptor";
    }
    long asked = event.number(EventFields.ASKED, Long.MIN_VALUE);
    String limit = asked > 0 ? "asked for " + Nanos.words(asked) : null;
    return Span.of(Cause.SYSCALL, event.start(), end(event), what, limit, event.cpu())
        .at(event.stack());
  }

  /**
   * Whether the flight recorder had stopped the thread, to sample its stack. HotSpot does so by a
   * signal whose handler waits in rt_sigsuspend for the next one (SR_handler of
   * src/hotspot/os/posix/signals_posix.cpp, JDK 17 to 25); the recorder's sampler sends both.
   */
  public static boolean isSampled(KernelEvent event) {
    String waker = event.text(EventFields.WAKER);
    return "rt_sigsuspend".equals(event.text(EventFields.CALL))
        && waker != null
        && Role.of(waker) == Role.RECORDER;
  }

  // The JVM's mutex holds a lock, which glibc waits for with another call than for its condition.
  private static String futex(KernelEvent event) {
    String operation = event.text(EventFields.OPERATION);
    String lock = event.text(EventFields.LOCK);
    if (lock == null) {
      return "futex " + operation;
    }
    boolean taken = "wait".equals(operation) && !event.flag(EventFields.TIMED);
    return "futex " + operation + (taken ? " on " : " for a notification on ") + lock;
  }

  /** What a thread was in, by the JVM's own account. */
  public Span of(JvmEvent event) {
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
        what + (place == null ? "" : place) + held,
        event.stack());
  }
}
