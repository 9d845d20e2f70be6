package latencyscope.analysis.syscall;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import latencyscope.analysis.finding.HostSettings;
import latencyscope.analysis.finding.Remedy;
import latencyscope.jfr.schema.HostSetting;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.KnownTasks;
import latencyscope.recording.thread.ThreadId;

/** What to do on this host about a thread that blocks: only commands that can work there. */
public final class SyscallRemedy {
  /** From here on what a thread oversleeps may be the timer slack, which is 50 µs by default. */
  private static final long SLACK_NS = 50_000;

  private static final Set<String> ADDRESS_SPACE =
      Set.of("brk", "madvise", "mmap", "mprotect", "mremap", "munmap");
  private static final Set<String> TO_DISK =
      Set.of("fdatasync", "fsync", "msync", "sync_file_range", "syncfs");

  private final CaptureInfo capture;
  private final HostSettings settings;
  private final KnownTasks tasks;

  SyscallRemedy(Recording recording) {
    capture = recording.capture();
    settings = new HostSettings(recording.hostFacts());
    tasks = recording.tasks();
  }

  List<Remedy> againstSleep(Nap worst) {
    Remedy advice =
        Remedy.of(
            place(worst.stack()).map(at -> "Remove the sleep at " + at + ". ").orElse("")
                + "A latency-critical thread must not sleep: let it spin (Thread.onSpinWait), or"
                + " move this work to another thread.");
    return worst.overslept() < SLACK_NS || !isThere(worst.thread())
        ? List.of(advice)
        : List.of(
            advice,
            Remedy.of(
                "If it must sleep, remove its timer slack, by which the kernel may delay a timer:",
                "echo 1 > /proc/" + worst.thread().osTid() + "/timerslack_ns"));
  }

  List<Remedy> againstLock(FutexWait worst, String holder) {
    if (worst.reason() == WaitReason.NATIVE_LOCK && worst.mutex() != null) {
      return List.of(Remedy.of(againstMutexOfJvm(worst.mutex(), holder)));
    }
    if (worst.reason() == WaitReason.NATIVE_LOCK) {
      String mutex = "The mutex belongs to native code, such as malloc or the JVM.";
      if (!isThere(worst.thread()) || capture.targetPid() <= 0) {
        return List.of(Remedy.of(mutex + " Let fewer threads use what it guards."));
      }
      return List.of(
          Remedy.showing(
              mutex + " Find its callers:",
              "bpftrace -p "
                  + capture.targetPid()
                  + " -e 'tracepoint:syscalls:sys_enter_futex /tid == "
                  + worst.thread().osTid()
                  + "/ { @[ustack] = count(); }'"));
    }
    Remedy advice =
        Remedy.of(
            place(worst.stack()).map(at -> "The lock is taken at " + at + ". ").orElse("")
                + "Let one thread own the guarded data, and pass it work through a queue; or do less"
                + " while "
                + (holder == null ? "it is held." : holder + " holds it."));
    return capture.targetJvm() == null || !capture.targetAlive()
        ? List.of(advice)
        : List.of(
            advice,
            Remedy.showing(
                "Show its holder and waiters now:",
                "jcmd " + capture.targetPid() + " Thread.print -l"));
  }

  private static Optional<String> place(CodeStack stack) {
    return CodeStack.place(stack.frames());
  }

  private static String againstMutexOfJvm(String mutex, String holder) {
    Role role = holder == null ? Role.APPLICATION : Role.of(holder);
    if (role == Role.PROFILER) {
      return "LatencyScope itself held it. Set drain.cpus to a CPU that the target does not use,"
          + " and start the capture before trading.";
    }
    if (role == Role.RECORDER || mutex.startsWith("Jfr")) {
      return "The flight recorder holds it while it samples and writes: record with"
          + " settings=latencyscope.jfc, which samples no stacks.";
    }
    if (role.isCompiler() || mutex.contains("Compile")) {
      return "It guards the queue of the JIT compiler: warm the code up before trading, so that"
          + " nothing is compiled then.";
    }
    if (mutex.equals("Heap_lock")) {
      return "The JVM takes it for allocations outside the thread-local buffer (TLAB): allocate"
          + " less, in smaller pieces, or not at all while trading.";
    }
    return "It is an internal mutex of the JVM: no application setting changes which threads"
        + " take it.";
  }

  private boolean isThere(ThreadId thread) {
    return capture.targetAlive() && !tasks.hasEnded(thread);
  }

  private boolean runs() {
    return capture.targetAlive() && capture.targetPid() > 0;
  }

  List<Remedy> againstCall(BlockedCall worst) {
    if (worst.sampled()) {
      String advice =
          "The application cannot avoid this: record without the sampler. The profile"
              + " latencyscope.jfc disables it; in other profiles add"
              + " jdk.ExecutionSample#enabled=false and"
              + " jdk.NativeMethodSample#enabled=false.";
      return runs()
          ? List.of(
              Remedy.of(
                  advice,
                  // With its folder: the JVM does not look in that of jcmd.
                  "latencyscope profiles . && jcmd "
                      + capture.targetPid()
                      + " JFR.start settings=$PWD/latencyscope.jfc"))
          : List.of(Remedy.of(advice));
    }
    if (worst.call().equals("rt_sigsuspend")) {
      String advice =
          "A signal handler or the program itself stops the thread until a signal arrives.";
      return runs() && isThere(worst.thread())
          ? List.of(
              Remedy.showing(
                  advice + " Find the sender:",
                  "bpftrace -e 'tracepoint:signal:signal_generate /args->pid == "
                      + worst.thread().osTid()
                      + "/ { printf(\"%s %d\\n\", comm, args->sig); }'"))
          : List.of(Remedy.of(advice));
    }
    if (worst.isForInput() && "socket".equals(worst.file())) {
      return polled();
    }
    return List.of(Remedy.of(elsewhere(worst)));
  }

  private List<Remedy> polled() {
    List<Remedy> remedies = new ArrayList<>();
    remedies.add(
        Remedy.of(
            "Let the thread poll: a channel with configureBlocking(false), and"
                + " Thread.onSpinWait."));
    settings
        .raise(HostSetting.BUSY_READ, "50")
        .map(command ->
            Remedy.of(
                "Or let the kernel poll the device before a read blocks (value in µs):", command))
        .ifPresent(remedies::add);
    return remedies;
  }

  /** Who else can do what a thread blocks for. */
  private static String elsewhere(BlockedCall worst) {
    if (worst.call().equals("membarrier")) {
      return "The JVM makes this call for safepoints and handshakes: reduce their number.";
    }
    if (TO_DISK.contains(worst.call())) {
      return "Let another thread write to disk, and pass the data to it through a queue.";
    }
    if (ADDRESS_SPACE.contains(worst.call())) {
      return "It waited for the lock of the address space (mmap_lock), which every map, unmap and"
          + " page fault of the process takes: map and touch all memory at the start"
          + " (-Xms = -Xmx, -XX:+AlwaysPreTouch).";
    }
    if (worst.isForInput()) {
      return "Let the thread poll without blocking, or another thread wait for this.";
    }
    return "regular".equals(worst.file())
        ? "Let another thread do this, or keep the file in memory (mmap, touched beforehand)."
        : "Let another thread make this call.";
  }
}
