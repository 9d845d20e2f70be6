package latencyscope.analysis;

import java.util.Set;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.ThreadId;

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
 * @param waker who woke it; null if an interrupt on an idle CPU did
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
    Task waker)
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
    String waker = event.text("waker");
    String call = event.text("call");
    return new BlockedCall(
        event.thread(),
        event.start(),
        event.duration(),
        event.number("runDelay"),
        event.cpu(),
        call == null ? "unknown" : call,
        event.text("file"),
        event.number("result"),
        waker == null
            ? null
            : new Task(waker, event.number("wakerTid"), event.number("wakerPid"), null));
  }

  /** Whether the thread waited for somebody to give it something to do. */
  boolean isForInput() {
    return isForInput(call, file);
  }

  static boolean isForInput(String call, String file) {
    return FOR_INPUT.contains(call) && !"regular".equals(file) && !"directory".equals(file);
  }
}
