package latencyscope.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import latencyscope.recording.CpuSet;
import latencyscope.recording.InterruptLine;
import latencyscope.recording.Recording;

/** What to do on this host about interrupts: only commands that can work there. */
final class InterruptRemedy {
  private static final String COMMAND = "  ";

  private final Recording recording;
  private final CpuSet guarded;

  /**
   * @param guarded CPUs that are meant for the target alone; empty if there are none
   */
  InterruptRemedy(Recording recording, CpuSet guarded) {
    this.recording = recording;
    this.guarded = guarded;
  }

  /** What keeps lines off CPUs that are meant for the target, or off one CPU if none are. */
  String keepOff(List<InterruptLine> lines, int cpu) {
    CpuSet away = guarded.isEmpty() ? CpuSet.of(cpu) : guarded;
    CpuSet elsewhere = recording.host().online().minus(away);
    if (elsewhere.isEmpty()) {
      return recording.host().online().isEmpty()
          ? "The recording does not tell which CPUs this host has."
          : "There is no CPU left to send them to: leave one to the rest of the system.";
    }
    List<String> text = new ArrayList<>();
    List<InterruptLine> movable = lines.stream().filter(line -> !line.isManaged()).toList();
    irqbalance(movable, away, text);
    if (!movable.isEmpty()) {
      text.add("Send " + (movable.size() == 1 ? "it" : "them") + " to other CPUs:");
      text.add(COMMAND + move(movable, elsewhere));
    }
    managed(lines, movable, away, text);
    return String.join("\n", text);
  }

  private static String move(List<InterruptLine> lines, CpuSet cpus) {
    if (lines.size() == 1) {
      return "echo " + cpus + " > /proc/irq/" + lines.get(0).irq() + "/smp_affinity_list";
    }
    String numbers =
        lines.stream().map(line -> String.valueOf(line.irq())).collect(Collectors.joining(" "));
    return "for i in " + numbers + "; do echo " + cpus + " > /proc/irq/$i/smp_affinity_list; done";
  }

  // Otherwise it undoes every mask within seconds.
  private static void irqbalance(List<InterruptLine> lines, CpuSet away, List<String> text) {
    lines.stream()
        .map(InterruptLine::irqbalancePid)
        .filter(pid -> pid > 0)
        .findFirst()
        .ifPresent(pid -> {
          text.add("irqbalance (pid " + pid + ") moves interrupts; ban it from these CPUs first:");
          text.add(
              COMMAND + "echo IRQBALANCE_BANNED_CPULIST=" + away + " >> /etc/default/irqbalance");
          text.add(COMMAND + "systemctl restart irqbalance");
        });
  }

  private static void managed(
      List<InterruptLine> lines, List<InterruptLine> movable, CpuSet away, List<String> text) {
    String boot = "boot with isolcpus=managed_irq,domain," + away;
    if (movable.size() < lines.size()) {
      text.add("The kernel places managed interrupts itself and refuses a mask: " + boot);
    } else if (movable.stream().anyMatch(line -> !"no".equals(line.managed()))) {
      text.add("If that is refused (Input/output error), the kernel manages it itself: " + boot);
    }
  }

  /** What shortens, or keeps away, a softirq or an interrupt of the CPU's own; null if unknown. */
  String against(Interrupt interrupt) {
    CpuSet cpus = guarded.contains(interrupt.cpu()) ? guarded : CpuSet.of(interrupt.cpu());
    CpuSet elsewhere = recording.host().online().minus(cpus);
    return switch (interrupt.source().name()) {
      case "NET_RX", "NET_TX" -> network(elsewhere);
      case "RCU" ->
          "Take RCU callbacks off the CPU: boot with rcu_nocbs=" + cpus + " rcu_nocb_poll";
      case "SCHED" -> "Take the CPU out of load balancing: boot with isolcpus=domain," + cpus;
      case "BLOCK" ->
          "Have block requests completed where they were submitted, and submit them elsewhere:\n"
              + COMMAND
              + "for q in /sys/block/*/queue/rq_affinity; do echo 2 > $q; done";
      case "local-timer", "TIMER", "HRTIMER" ->
          recording.host().nohzFull().containsAll(cpus)
              ? "The tick is stopped only while one task is runnable: keep others off CPU "
                  + cpus
                  + ", and timers with them."
              : "Stop the tick while one task runs: boot with nohz_full=" + cpus;
      case "call-function", "call-function-single" -> request(interrupt.function());
      case "reschedule" -> "Another CPU woke a task here: pin what the thread wakes elsewhere.";
      case "nmi" ->
          "The watchdog's NMI can be switched off:\n" + COMMAND + "sysctl -w kernel.nmi_watchdog=0";
      default -> null;
    };
  }

  private static String network(CpuSet elsewhere) {
    if (elsewhere.isEmpty()) {
      return null;
    }
    return "Send the network card's queue interrupts to other CPUs, or have these take over what"
        + " follows them (receive packet steering):\n"
        + COMMAND
        + "for q in /sys/class/net/*/queues/rx-*/rps_cpus; do echo "
        + elsewhere.toMask()
        + " > $q; done";
  }

  private static String request(String function) {
    if (function == null) {
      return null;
    }
    return switch (function) {
      case "flush_tlb_func" ->
          "Another thread of the same process changed its memory map (munmap, madvise, mprotect,"
              + " NUMA balancing): do that before the session, or in another process.";
      case "ipi_mb", "ipi_sync_core", "ipi_rseq", "ipi_sync_rq_state" ->
          "Another thread of the same process called membarrier.";
      case "do_sync_core" -> "The kernel patched its own code: something was traced or loaded.";
      default -> null;
    };
  }
}
