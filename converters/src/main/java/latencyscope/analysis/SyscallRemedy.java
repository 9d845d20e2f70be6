package latencyscope.analysis;

import java.util.Set;
import latencyscope.recording.CaptureInfo;

/** What to do on this host about a thread that blocks: only commands that can work there. */
final class SyscallRemedy {
  // Lines that are commands begin with two spaces, so that a reader and a report can tell.
  private static final String COMMAND = "\n  ";

  /** From here on what a thread oversleeps may be the timer slack, which is 50 µs by default. */
  private static final long SLACK_NS = 50_000;

  private static final Set<String> ADDRESS_SPACE =
      Set.of("brk", "madvise", "mmap", "mprotect", "mremap", "munmap");
  private static final Set<String> TO_DISK =
      Set.of("fdatasync", "fsync", "msync", "sync_file_range", "syncfs");

  private final CaptureInfo capture;

  SyscallRemedy(CaptureInfo capture) {
    this.capture = capture;
  }

  String againstSleep(Nap worst) {
    String advice =
        "A thread that must be quick does not sleep: let it spin (Thread.onSpinWait), or let"
            + " another thread do what it sleeps for.";
    return worst.overslept() < SLACK_NS
        ? advice
        : advice
            + "\nIf it has to, take the timer slack off it, by which the kernel may delay a timer:"
            + COMMAND
            + "echo 1 > /proc/"
            + worst.thread().osTid()
            + "/timerslack_ns";
  }

  String againstLock(FutexWait worst, String holder) {
    if (worst.reason() == WaitReason.NATIVE_LOCK) {
      return "The mutex is one of native code, malloc's and the JVM's included. See who takes it:"
          + COMMAND
          + "bpftrace -p "
          + capture.targetPid()
          + " -e 'tracepoint:syscalls:sys_enter_futex /tid == "
          + worst.thread().osTid()
          + "/ { @[ustack] = count(); }'";
    }
    String advice =
        "Let one thread own what the lock guards, and pass the others' work to it through a queue;"
            + " or do less while "
            + (holder == null ? "it is held." : holder + " holds it.");
    return capture.targetJvm() == null
        ? advice
        : advice
            + "\nWho holds and who wants it, now:"
            + COMMAND
            + "jcmd "
            + capture.targetPid()
            + " Thread.print -l";
  }

  String againstCall(BlockedCall worst) {
    if (TO_DISK.contains(worst.call())) {
      return "Let another thread write to disk, and pass it what is to be written through a queue.";
    }
    if (ADDRESS_SPACE.contains(worst.call())) {
      return "It waited for the lock of the address space (mmap_lock), which every map, unmap and"
          + " page fault of the process takes: map and touch all memory at the start"
          + " (-Xms = -Xmx, -XX:+AlwaysPreTouch).";
    }
    if (worst.isForInput() && "socket".equals(worst.file())) {
      return "Let the thread poll: a channel with configureBlocking(false), and Thread.onSpinWait."
          + "\nOr let the kernel poll the device for so many µs before a read blocks:"
          + COMMAND
          + "sysctl -w net.core.busy_read=50";
    }
    if (worst.isForInput()) {
      return "Let the thread poll without blocking, or another thread wait for this.";
    }
    return "regular".equals(worst.file())
        ? "Let another thread do this, or keep the file in memory (mmap, touched beforehand)."
        : "Let another thread make this call.";
  }
}
