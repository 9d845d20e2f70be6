package latencyscope.analysis;

import java.util.ArrayList;
import java.util.List;
import latencyscope.recording.CaptureInfo;
import latencyscope.recording.CpuSet;
import latencyscope.recording.Host;
import latencyscope.recording.ThreadId;

/**
 * What to do on this host about a task that stands in a thread's way: only commands that can work
 * there.
 */
final class Remedy {
  // Lines that are commands begin with two spaces, so that a reader and a report can tell.
  private static final String COMMAND = "  ";

  private final Host host;
  private final CaptureInfo capture;
  private final CpuSet guarded;

  /**
   * @param guarded CPUs that are meant for the target alone; empty if there are none
   */
  Remedy(Host host, CaptureInfo capture, CpuSet guarded) {
    this.host = host;
    this.capture = capture;
    this.guarded = guarded;
  }

  /** What keeps a task from a thread that wants one CPU; null if nothing is known to. */
  String against(Task culprit, ThreadId victim, int cpu) {
    if (culprit == null || culprit.equals(Task.OTHERS)) {
      return null;
    }
    if (culprit.equals(Task.QUOTA)) {
      return "The group's quota (cpu.max; in a container, its CPU limit) was used up: raise it, or set"
          + " none for a process that must not wait. Which group it is:\n"
          + COMMAND
          + "cat /proc/"
          + victim.osTid()
          + "/cgroup";
    }
    CpuSet elsewhere = elsewhere(cpu);
    List<String> lines = new ArrayList<>();
    if (strayed(victim, cpu)) {
      return "The thread ran on a CPU that is not the target's; pin it to those that are:\n"
          + COMMAND
          + "taskset -pc "
          + guarded
          + " "
          + victim.osTid();
    }
    if (culprit.isBoundToCpu()) {
      lines.add(bound(culprit, cpu));
    } else if (elsewhere.isEmpty()) {
      lines.add(noRoom());
    } else if (culprit.isUnboundWorker()) {
      lines.add("Keep unbound kernel work off CPU " + cpu + ":");
      lines.add(
          COMMAND + "echo " + elsewhere.toMask() + " > /sys/devices/virtual/workqueue/cpumask");
    } else if (culprit.interrupt() != null) {
      lines.add("Move the interrupt, and its thread follows:");
      lines.add(
          COMMAND
              + "echo "
              + elsewhere
              + " > /proc/irq/"
              + culprit.interrupt()
              + "/smp_affinity_list");
    } else {
      lines.addAll(move(culprit, victim, cpu, elsewhere));
    }
    boot(lines);
    return String.join("\n", lines);
  }

  /** What keeps a thread on its CPU. */
  String againstMoving(Move move) {
    if (host.online().size() < 2) {
      return null;
    }
    if (move.cause().equals("affinity")) {
      return "Find out who changed the thread's CPU mask (taskset, cgroup cpuset, a runtime).";
    }
    CpuSet home = guarded.isEmpty() ? CpuSet.of(move.cpu()) : guarded;
    return "Pin the thread:\n" + COMMAND + "taskset -pc " + home + " " + move.thread().osTid();
  }

  /** What keeps a CPU from having to be woken; depends on who owns the hardware. */
  String againstIdle() {
    List<String> lines = new ArrayList<>();
    lines.add("Let the thread spin for its input (Thread.onSpinWait, a busy-polled socket).");
    if (host.isVirtual()) {
      lines.add(
          "This host is a virtual machine: its hypervisor wakes an idle CPU, whatever the idle"
              + " states are here. Boot it with idle=poll, so that CPUs never halt.");
    } else {
      lines.add("Or keep CPUs out of the deeper idle states, whose exit takes longest:");
      lines.add(COMMAND + "cpupower idle-set -D 2");
    }
    if (host.isKvm()) {
      lines.add("Or let CPUs poll for a millisecond before they halt (governor haltpoll):");
      lines.add(COMMAND + "echo 1000000 > /sys/module/haltpoll/parameters/guest_halt_poll_ns");
    }
    return String.join("\n", lines);
  }

  private List<String> move(Task culprit, ThreadId victim, int cpu, CpuSet elsewhere) {
    if (culprit.tid() == 0) {
      return List.of("Keep " + culprit.name() + " off CPU " + cpu + ".");
    }
    if (ofTarget(culprit)) {
      return List.of(
          "Both threads are the target's own: give each a CPU, here by moving the culprit:",
          COMMAND + "taskset -pc " + elsewhere + " " + culprit.tid());
    }
    List<String> lines = new ArrayList<>();
    lines.add("Keep it off CPU " + cpu + (guarded.isEmpty() ? ", and pin the thread there:" : ":"));
    lines.add(COMMAND + "taskset -apc " + elsewhere + " " + culprit.pid());
    if (guarded.isEmpty()) {
      lines.add(COMMAND + "taskset -pc " + cpu + " " + victim.osTid());
    }
    return lines;
  }

  // The JVM's own threads are better off on shared CPUs.
  private boolean strayed(ThreadId victim, int cpu) {
    return !guarded.isEmpty() && !guarded.contains(cpu) && !ServiceThreads.contains(victim.name());
  }

  private boolean ofTarget(Task culprit) {
    return capture.targetPid() > 0 && culprit.pid() == capture.targetPid();
  }

  private String noRoom() {
    if (host.online().isEmpty()) {
      return "The recording does not tell which CPUs this host has.";
    }
    return host.online().size() == 1
        ? "This host has one CPU: there is none to move anything to."
        : "Every CPU is reserved for the target: leave one to the rest of the system.";
  }

  private static String bound(Task culprit, int cpu) {
    String name = culprit.name();
    if ("vmstat_update".equals(culprit.work())) {
      return name
          + " is bound to its CPU; it folds statistics every second. Less often:\n"
          + COMMAND
          + "sysctl -w vm.stat_interval=120";
    }
    String why =
        switch (name.substring(0, name.indexOf('/'))) {
          case "kworker" -> "work is queued to it by what runs on that CPU, or by a driver";
          case "migration" -> "it runs to move tasks: look for affinity changes and balancing";
          case "ksoftirqd" -> "softirqs overflowed: steer device interrupts and queues elsewhere";
          case "cpuhp" -> "a CPU was taken on- or offline";
          case "rcuc" -> "it runs RCU callbacks, which rcu_nocbs takes off the CPU";
          default -> "it serves what runs there";
        };
    return name + " is bound to CPU " + cpu + " and cannot be moved: " + why + ".";
  }

  // Boot options are worth a line only where CPUs were chosen, others are left, and they are
  // not set yet.
  private void boot(List<String> lines) {
    CpuSet wanted = capture.cpus();
    if (wanted.isEmpty() || host.online().minus(wanted).isEmpty()) {
      return;
    }
    List<String> options = new ArrayList<>();
    if (!host.isolated().containsAll(wanted)) {
      options.add("isolcpus=" + wanted);
    }
    if (!host.nohzFull().containsAll(wanted)) {
      options.add("nohz_full=" + wanted);
      options.add("rcu_nocbs=" + wanted);
    }
    if (!options.isEmpty()) {
      lines.add("For good, boot with: " + String.join(" ", options));
    }
  }

  private CpuSet elsewhere(int cpu) {
    return host.online().minus(guarded).minus(CpuSet.of(cpu));
  }
}
