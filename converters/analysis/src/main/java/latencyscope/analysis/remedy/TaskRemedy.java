package latencyscope.analysis.remedy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.finding.HostSettings;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.ShellWord;
import latencyscope.analysis.finding.Task;
import latencyscope.jfr.schema.HostSetting;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.CaptureInfo;
import latencyscope.recording.fact.Host;
import latencyscope.recording.fact.InterruptLine;
import latencyscope.recording.fact.KnownTasks;
import latencyscope.recording.fact.ProcessFacts;
import latencyscope.recording.thread.ThreadId;

/**
 * What to do on this host about a task that stands in a thread's way: only commands that can work
 * there.
 */
public final class TaskRemedy {
  /** Options of the kernel's build, which are facts of the host. */
  static final String NO_CALLBACKS = "CONFIG_RCU_NOCB_CPU";

  static final String ISOLATION = "CONFIG_CPU_ISOLATION";

  /** Parent of all kernel threads. */
  private static final long KTHREADD = 2;

  private static final String IDLE_DRIVER = HostSetting.CPUIDLE_DRIVER.fact();

  private final Recording recording;
  private final Host host;
  private final CaptureInfo capture;
  private final HostSettings settings;
  private final KnownTasks tasks;
  private final CpuSet guarded;

  /**
   * @param guarded CPUs that are meant for the target alone; empty if there are none
   */
  public TaskRemedy(Recording recording, CpuSet guarded) {
    this.recording = recording;
    this.guarded = guarded;
    host = recording.host();
    capture = recording.capture();
    settings = new HostSettings(recording.hostFacts());
    tasks = recording.tasks();
  }

  /** What keeps a task from a thread that wants one CPU; empty if nothing is known to. */
  public List<Remedy> against(Task culprit, ThreadId victim, int cpu) {
    if (culprit == null || culprit.equals(Task.OTHERS)) {
      return List.of();
    }
    if (culprit.equals(Task.QUOTA)) {
      return List.of(againstQuota(victim));
    }
    if (strayed(victim, cpu)) {
      return List.of(stray(victim, cpu));
    }
    CpuSet elsewhere = elsewhere(cpu);
    List<Remedy> remedies = new ArrayList<>();
    if (culprit.isBoundToCpu()) {
      remedies.add(bound(culprit, cpu));
    } else if (elsewhere.isEmpty()) {
      remedies.add(stepBack(culprit, cpu).orElseGet(() -> Remedy.of(noRoom(cpu))));
    } else if (culprit.isUnboundWorker()) {
      unbound(culprit, cpu, elsewhere).ifPresent(remedies::add);
    } else if (culprit.interrupt() != null) {
      remedies.addAll(threaded(culprit, cpu, elsewhere));
    } else {
      remedies.add(move(culprit, victim, cpu, elsewhere));
    }
    boot().ifPresent(remedies::add);
    return remedies;
  }

  /** Where a group's quota stands depends on the version of control groups. */
  private Remedy againstQuota(ThreadId victim) {
    boolean first = settings.value("cgroup").filter("v1"::equals).isPresent();
    String raise =
        "Raise the CPU quota of the control group of "
            + victim.name()
            + " ("
            + (first ? "cpu.cfs_quota_us" : "cpu.max")
            + "; in a container, its CPU limit), or remove it for a process that must not wait.";
    return isThere(victim)
        ? Remedy.showing(raise + " Find the group:", "cat /proc/" + victim.osTid() + "/cgroup")
        : Remedy.of(raise);
  }

  private Remedy stray(ThreadId victim, int cpu) {
    if (isPinned(victim, guarded)) {
      return Remedy.of(
          victim.name()
              + " ran on CPU "
              + cpu
              + ", which is not one of the target's CPUs. It was later pinned to CPU "
              + tasks.allowed(victim)
              + " since: pin it when it starts.");
    }
    String text =
        victim.name() + " ran on CPU " + cpu + ", which is not one of the target's CPUs. Pin it";
    return isThere(victim)
        ? Remedy.of(text + ":", pin(guarded, victim.osTid()))
        : Remedy.of(text + " to CPU " + guarded + ".");
  }

  private Optional<Remedy> unbound(Task culprit, int cpu, CpuSet elsewhere) {
    return settings
        .set(HostSetting.WORKQUEUE_CPUMASK, elsewhere.toMask())
        .map(command ->
            Remedy.of(
                "Keep unbound kernel work (" + culprit.name() + ") off CPU " + cpu + ":", command));
  }

  // Of a line that the kernel places itself, or that irqbalance moves, more is to be done.
  private List<Remedy> threaded(Task culprit, int cpu, CpuSet elsewhere) {
    Optional<InterruptLine> line =
        recording.interruptLines().stream()
            .filter(one -> culprit.interrupt().equals(String.valueOf(one.irq())))
            .findFirst();
    if (line.isPresent()) {
      return new InterruptRemedy(recording, guarded).keepOff(List.of(line.get()), cpu);
    }
    return List.of(
        Remedy.of(
            "Move interrupt "
                + culprit.interrupt()
                + " to other CPUs; its thread "
                + culprit.name()
                + " follows:",
            "echo " + elsewhere + " > /proc/irq/" + culprit.interrupt() + "/smp_affinity_list"));
  }

  /** What keeps a thread on its CPU; empty if nothing is known to. */
  public List<Remedy> againstMoving(Move move) {
    return host.online().size() < 2 ? List.of() : List.of(keepThere(move));
  }

  private Remedy keepThere(Move move) {
    String thread = recording.latest(move.thread()).name();
    if (move.cause().equals("affinity")) {
      return Remedy.of(
          "Find out who changed the CPU mask of "
              + thread
              + " (taskset, cgroup cpuset, a runtime).");
    }
    CpuSet home = guarded.isEmpty() ? CpuSet.of(move.cpu()) : guarded;
    if (isPinned(move.thread(), home) || tasks.allowed(move.thread()).size() == 1) {
      return Remedy.of(
          thread
              + " has been pinned to CPU "
              + tasks.allowed(move.thread())
              + " since: pin it when it starts.");
    }
    return isThere(move.thread())
        ? Remedy.of("Pin " + thread + ":", pin(home, move.thread().osTid()))
        : Remedy.of("Pin " + thread + " to CPU " + home + " when it starts.");
  }

  private static String pin(CpuSet cpus, long tid) {
    return "taskset -pc " + cpus + " " + tid;
  }

  /** What keeps a CPU from having to be woken; depends on who owns the hardware. */
  public List<Remedy> againstIdle() {
    List<Remedy> remedies = new ArrayList<>();
    remedies.add(
        Remedy.of("Let the thread spin for its input (Thread.onSpinWait, a busy-polled socket)."));
    if (host.isVirtual()) {
      remedies.add(
          Remedy.of(
              "This host is a virtual machine: the hypervisor wakes an idle CPU, regardless of"
                  + " the guest's idle states. Boot it with idle=poll, so that CPUs never halt."));
    } else if (hasIdleStates()) {
      remedies.add(
          Remedy.of(
              "Or disable the deeper idle states, which take longest to exit:",
              "cpupower idle-set -D 2"));
    }
    // The parameter is there without the driver, too; a guest polls with it alone
    // (cpuidle-haltpoll).
    if (host.isKvm() && settings.value(IDLE_DRIVER).map("haltpoll"::equals).orElse(true)) {
      settings
          .raise(HostSetting.HALT_POLL, "1000000")
          .map(command ->
              Remedy.of(
                  "Or let CPUs poll for a millisecond before they halt (governor haltpoll):",
                  command))
          .ifPresent(remedies::add);
    }
    return remedies;
  }

  private boolean hasIdleStates() {
    return settings.has(HostSetting.CPUIDLE_DRIVER)
        && settings.value(IDLE_DRIVER).filter("none"::equals).isEmpty();
  }

  private Remedy move(Task culprit, ThreadId victim, int cpu, CpuSet elsewhere) {
    if (culprit.tid() == 0) {
      return Remedy.of("Keep " + culprit.name() + " off CPU " + cpu + ".");
    }
    if (ofTarget(culprit)) {
      String text =
          "Give "
              + victim.name()
              + " and "
              + culprit.describe()
              + ", both threads of the target, a separate CPU each";
      if (isElsewhere(culprit, cpu)) {
        return Remedy.of(text + ". " + culprit.name() + " has moved to CPU " + moved(culprit));
      }
      return isThere(culprit)
          ? Remedy.of(text + ":", pin(elsewhere, culprit.tid()))
          : Remedy.of(text + ".");
    }
    String process = culprit.name() + " (pid " + culprit.pid() + ")";
    if (tasks.hasProcessEnded(culprit.pid())) {
      String ended =
          "Keep " + process + " off CPU " + cpu + ". It has ended; start it elsewhere next time";
      // A thread has another name than its program, and a program may be in no directory of PATH.
      Optional<String> program =
          tasks
              .process(culprit.pid())
              .map(ProcessFacts::program)
              .or(() ->
                  culprit.tid() == culprit.pid() ? Optional.of(culprit.name()) : Optional.empty());
      return program
          .map(name -> Remedy.of(ended + ":", "taskset -c " + elsewhere + " " + ShellWord.of(name)))
          .orElseGet(() -> Remedy.of(ended + ", with 'taskset -c " + elsewhere + "'."));
    }
    if (isElsewhere(culprit, cpu)) {
      return Remedy.of(
          "Keep " + process + " off CPU " + cpu + ". It has moved to CPU " + moved(culprit));
    }
    List<String> commands = new ArrayList<>();
    // The JVM's own threads are many, and better off where there is room.
    boolean pins =
        guarded.isEmpty()
            && isThere(victim)
            && tasks.allowed(victim).size() != 1
            && !ServiceThreads.contains(victim.name());
    String pin = pins ? ", and pin " + victim.name() + " there:" : ":";
    commands.add("taskset -apc " + elsewhere + " " + culprit.pid());
    if (pins) {
      commands.add(pin(CpuSet.of(cpu), victim.osTid()));
    }
    return new Remedy("Keep " + process + " off CPU " + cpu + pin, commands);
  }

  /** Whether a thread of the target is not known to have ended. */
  private boolean isThere(ThreadId thread) {
    return capture.targetAlive() && thread.osTid() > 0 && !tasks.hasEnded(thread);
  }

  /** Whether a thread of the target, such as one that delayed another, may still live. */
  private boolean isThere(Task task) {
    return capture.targetAlive() && !tasks.hasEnded(task.pid(), task.tid());
  }

  /** Whether a thread could run on these CPUs only, by the end of the capture. */
  private boolean isPinned(ThreadId thread, CpuSet to) {
    CpuSet allowed = tasks.allowed(thread);
    return !allowed.isEmpty() && to.containsAll(allowed);
  }

  /** Whether a task could not run on a CPU any more, by the end of the capture. */
  private boolean isElsewhere(Task task, int cpu) {
    CpuSet allowed = tasks.allowed(task.pid(), task.tid());
    return !allowed.isEmpty() && !allowed.contains(cpu);
  }

  private String moved(Task task) {
    return tasks.allowed(task.pid(), task.tid()) + " since: start it there.";
  }

  // The JVM's own threads are better off on shared CPUs.
  private boolean strayed(ThreadId victim, int cpu) {
    return !guarded.isEmpty() && !guarded.contains(cpu) && !ServiceThreads.contains(victim.name());
  }

  private boolean ofTarget(Task culprit) {
    return capture.targetPid() > 0 && culprit.pid() == capture.targetPid();
  }

  // Where there is no other CPU, the culprit may have what the target leaves of this one: a task of
  // the idle class loses the CPU at once to any other that wakes up (sched(7), SCHED_IDLE).
  private Optional<Remedy> stepBack(Task culprit, int cpu) {
    Optional<ProcessFacts> process = tasks.process(culprit.pid());
    boolean ofKernel =
        culprit.pid() <= KTHREADD || process.filter(TaskRemedy::isOfKernel).isPresent();
    if (culprit.tid() == 0 || ofKernel || ofTarget(culprit) || host.online().isEmpty()) {
      return Optional.empty();
    }
    String name = culprit.name() + " (pid " + culprit.pid() + ")";
    if (tasks.hasProcessEnded(culprit.pid())) {
      return process
          .map(ProcessFacts::program)
          .map(program ->
              Remedy.of(
                  noRoom(cpu) + " " + name + " has ended; let it have idle time only next time:",
                  "chrt --idle 0 " + ShellWord.of(program)));
    }
    return Optional.of(
        Remedy.of(
            noRoom(cpu) + " Let " + name + " have idle time only:",
            "chrt --idle --all-tasks --pid 0 " + culprit.pid()));
  }

  private static boolean isOfKernel(ProcessFacts process) {
    return process.parent() == KTHREADD;
  }

  private String noRoom(int cpu) {
    if (host.online().isEmpty()) {
      return "The recording does not list this host's CPUs.";
    }
    if (host.online().size() == 1) {
      return "This host has one CPU: nothing can be moved elsewhere.";
    }
    return !guarded.containsAll(host.online())
        ? "Nothing can be moved: CPU " + cpu + " is the only one that is not the target's."
        : "Every CPU is reserved for the target: leave one for the rest of the system.";
  }

  private Remedy bound(Task culprit, int cpu) {
    String name = culprit.name();
    if ("vmstat_update".equals(culprit.work())) {
      String text = name + " is bound to CPU " + cpu + "; it updates memory statistics";
      return settings
          .raise(HostSetting.STAT_INTERVAL, "120")
          .map(command -> Remedy.of(text + ". Let it run every two minutes:", command))
          .orElse(Remedy.of(text + "."));
    }
    String why =
        switch (name.substring(0, name.indexOf('/'))) {
          case "kworker" -> "tasks on that CPU, or a driver, queue work to it";
          case "migration" -> "it runs to move tasks: look for affinity changes and balancing";
          case "ksoftirqd" -> "softirqs overflowed: steer device interrupts and queues elsewhere";
          case "cpuhp" -> "a CPU was taken on- or offline";
          case "rcuc" -> "it runs RCU callbacks, which rcu_nocbs takes off the CPU";
          default -> "it serves the tasks on that CPU";
        };
    return Remedy.of(name + " is bound to CPU " + cpu + " and cannot be moved: " + why + ".");
  }

  // Boot options are worth a line only where CPUs were chosen, others are left, and they are
  // not set yet.
  private Optional<Remedy> boot() {
    CpuSet wanted = capture.cpus();
    if (wanted.isEmpty() || host.online().minus(wanted).isEmpty()) {
      return Optional.empty();
    }
    List<String> options = new ArrayList<>();
    if (!host.isolated().containsAll(wanted) && settings.isBuiltWith(ISOLATION)) {
      options.add("isolcpus=" + wanted);
    }
    if (!host.nohzFull().containsAll(wanted)) {
      if (settings.has(HostSetting.NOHZ_FULL)) {
        options.add("nohz_full=" + wanted);
      }
      if (settings.isBuiltWith(NO_CALLBACKS) && !isSet("rcu_nocbs", wanted)) {
        options.add("rcu_nocbs=" + wanted);
      }
    }
    return options.isEmpty()
        ? Optional.empty()
        : Optional.of(Remedy.of("To make it permanent, boot with: " + String.join(" ", options)));
  }

  /**
   * Whether the kernel was booted with an option for these CPUs; "all" and the like are not read.
   */
  private boolean isSet(String option, CpuSet wanted) {
    return settings
        .value(option)
        .filter(value -> value.matches("[0-9,-]+"))
        .map(value -> CpuSet.parse(value).containsAll(wanted))
        .orElse(false);
  }

  private CpuSet elsewhere(int cpu) {
    return host.online().minus(guarded).minus(CpuSet.of(cpu));
  }
}
