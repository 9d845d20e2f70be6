package latencyscope.analysis.syscall;

import java.util.Set;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Timed;
import latencyscope.jfr.schema.EventFields;
import latencyscope.ledger.SpanReader;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * A thread blocked in a system call that is neither a futex nor a sleep.
 *
 * @param thread the thread
 * @param start begin, nanoseconds since the epoch
 * @param duration length, nanoseconds
 * @param runDelay part in which it was runnable, nanoseconds
 * @param cpu CPU on which it made the call
 * @param call name of the call; {@code unknown} in a damaged recording
 * @param file what it was made on, such as {@code socket}; {@code none} if it takes no descriptor
 * @param result what it returned
 * @param sampled whether the flight recorder had stopped it to sample its stack
 * @param waker who woke it; null if an interrupt did, or if nobody is known
 * @param stack where in the program
 * @param wakerKnown whether the waker is distinguished from an interrupt that came while it ran
 */
record BlockedCall(
    ThreadId thread,
    long start,
    long duration,
    long runDelay,
    int cpu,
    String call,
    String file,
    long result,
    boolean sampled,
    Task waker,
    CodeStack stack,
    boolean wakerKnown)
    implements Timed {
  // Waiting for others to do something: what a thread without work does.
  private static final Set<String> FOR_INPUT =
      Set.of(
          "accept",
          "accept4",
          "epoll_pwait",
          "epoll_pwait2",
          "epoll_wait",
          "io_getevents",
          "io_pgetevents",
          "io_uring_enter",
          "mq_timedreceive",
          "msgrcv",
          "pause",
          "poll",
          "ppoll",
          "pselect6",
          "read",
          "readv",
          "recvfrom",
          "recvmmsg",
          "recvmsg",
          "rt_sigsuspend",
          "rt_sigtimedwait",
          "select",
          "wait4",
          "waitid");

  static BlockedCall of(KernelEvent event) {
    String waker = event.text(EventFields.WAKER);
    String call = event.text(EventFields.CALL);
    return new BlockedCall(
        event.thread(),
        event.start(),
        event.duration(),
        event.number(EventFields.RUN_DELAY),
        event.cpu(),
        call == null ? "unknown" : call,
        event.text(EventFields.FILE),
        event.number(EventFields.RESULT),
        SpanReader.isSampled(event),
        Task.of(event, EventFields.WAKER_TASK),
        event.stack(),
        isKnown(event.text(EventFields.WAKER_CONTEXT), waker));
  }

  // Recordings without contexts name no waker where an interrupt came on an idle CPU.
  private static boolean isKnown(String context, String waker) {
    return context == null ? waker == null : !context.equals("unknown") && !context.equals("none");
  }

  /** Whether the thread waited for somebody to give it something to do. */
  boolean isForInput() {
    return !sampled && isForInput(call, file);
  }

  static boolean isForInput(String call, String file) {
    return FOR_INPUT.contains(call) && !"regular".equals(file) && !"directory".equals(file);
  }
}
