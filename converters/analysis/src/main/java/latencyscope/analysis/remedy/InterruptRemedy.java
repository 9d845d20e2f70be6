package latencyscope.analysis.remedy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import latencyscope.analysis.finding.HostSettings;
import latencyscope.analysis.finding.Remedy;
import latencyscope.jfr.schema.HostSetting;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.InterruptLine;

/** What to do on this host about interrupts: only commands that can work there. */
public final class InterruptRemedy {
  private final Recording recording;
  private final HostSettings settings;
  private final CpuSet guarded;

  /**
   * @param guarded CPUs that are meant for the target alone; empty if there are none
   */
  public InterruptRemedy(Recording recording, CpuSet guarded) {
    this.recording = recording;
    this.guarded = guarded;
    settings = new HostSettings(recording.hostFacts());
  }

  /** What keeps lines off CPUs that are meant for the target, or off one CPU if none are. */
  public List<Remedy> keepOff(List<InterruptLine> lines, int cpu) {
    CpuSet away = guarded.isEmpty() ? CpuSet.of(cpu) : guarded;
    CpuSet elsewhere = recording.host().online().minus(away);
    if (elsewhere.isEmpty()) {
      return List.of(
          Remedy.of(
              recording.host().online().isEmpty()
                  ? "The recording does not list this host's CPUs."
                  : "No CPU is left to move them to: leave one for the rest of the system."));
    }
    List<Remedy> remedies = new ArrayList<>();
    List<InterruptLine> movable = lines.stream().filter(line -> !line.isManaged()).toList();
    irqbalance(movable, away).ifPresent(remedies::add);
    if (!movable.isEmpty()) {
      boolean one = movable.size() == 1;
      remedies.add(
          Remedy.of(
              "Send " + (one ? "IRQ " + movable.get(0).irq() : "these lines") + " to other CPUs:",
              move(movable, elsewhere)));
    }
    managed(lines, movable, away).ifPresent(remedies::add);
    return remedies;
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
  private static Optional<Remedy> irqbalance(List<InterruptLine> lines, CpuSet away) {
    return lines.stream()
        .map(InterruptLine::irqbalancePid)
        .filter(pid -> pid > 0)
        .findFirst()
        .map(pid ->
            Remedy.of(
                "irqbalance (pid " + pid + ") moves interrupts; ban it from these CPUs first:",
                "echo IRQBALANCE_BANNED_CPULIST=" + away + " >> /etc/default/irqbalance",
                "systemctl restart irqbalance"));
  }

  private Optional<Remedy> managed(
      List<InterruptLine> lines, List<InterruptLine> movable, CpuSet away) {
    if (!settings.isBuiltWith(TaskRemedy.ISOLATION)) {
      return Optional.empty(); // nothing else moves them
    }
    String boot = "boot with isolcpus=managed_irq,domain," + away;
    if (movable.size() < lines.size()) {
      return Optional.of(
          Remedy.of("The kernel places managed interrupts itself and refuses a mask: " + boot));
    }
    if (movable.stream().anyMatch(line -> !"no".equals(line.managed()))) {
      return Optional.of(
          Remedy.of(
              "If that fails with Input/output error, the kernel manages the line itself: "
                  + boot));
    }
    return Optional.empty();
  }

  /** What shortens, or keeps away, a softirq or an interrupt of the CPU's own; empty if unknown. */
  public List<Remedy> against(Interrupt interrupt) {
    CpuSet cpus = guarded.contains(interrupt.cpu()) ? guarded : CpuSet.of(interrupt.cpu());
    CpuSet elsewhere = recording.host().online().minus(cpus);
    Remedy remedy =
        switch (interrupt.source().name()) {
          case "NET_RX", "NET_TX" -> network(elsewhere);
          case "RCU" ->
              settings.isBuiltWith(TaskRemedy.NO_CALLBACKS)
                  ? Remedy.of(
                      "Take RCU callbacks off CPU "
                          + cpus
                          + ": boot with rcu_nocbs="
                          + cpus
                          + " rcu_nocb_poll")
                  : null;
          case "SCHED" ->
              settings.isBuiltWith(TaskRemedy.ISOLATION)
                  ? Remedy.of(
                      "Take CPU "
                          + cpus
                          + " out of load balancing: boot with isolcpus=domain,"
                          + cpus)
                  : null;
          case "BLOCK" ->
              Remedy.of(
                  "Complete block requests on the CPU that submitted them, and submit them on"
                      + " other CPUs:",
                  "for q in /sys/block/*/queue/rq_affinity; do echo 2 > $q; done");
          case "local-timer", "TIMER", "HRTIMER" -> tick(cpus);
          case "call-function", "call-function-single" -> request(interrupt.function());
          case "reschedule" ->
              Remedy.of(
                  "Another CPU woke a task on this CPU: pin the tasks that it wakes to"
                      + " other CPUs.");
          case "nmi" ->
              settings
                  .set(HostSetting.NMI_WATCHDOG, "0")
                  .map(command -> Remedy.of("Turn the NMI watchdog off:", command))
                  .orElse(null);
          default -> null;
        };
    return remedy == null ? List.of() : List.of(remedy);
  }

  private Remedy tick(CpuSet cpus) {
    if (recording.host().nohzFull().containsAll(cpus)) {
      return Remedy.of(
          "The tick stops only while one task is runnable: keep other tasks and timers off CPU "
              + cpus
              + ".");
    }
    return settings.has(HostSetting.NOHZ_FULL)
        ? Remedy.of(
            "Stop the tick of CPU " + cpus + " while one task runs: boot with nohz_full=" + cpus)
        : null;
  }

  private static Remedy network(CpuSet elsewhere) {
    if (elsewhere.isEmpty()) {
      return null;
    }
    return Remedy.of(
        "Move the network card's queue interrupts to other CPUs, or let those process its"
            + " packets (receive packet steering):",
        "for q in /sys/class/net/*/queues/rx-*/rps_cpus; do echo "
            + elsewhere.toMask()
            + " > $q; done");
  }

  private static Remedy request(String function) {
    if (function == null) {
      return null;
    }
    return switch (function) {
      case "flush_tlb_func" ->
          Remedy.of(
              "Another thread of the same process changed its memory map (munmap, madvise,"
                  + " mprotect,"
                  + " NUMA balancing): do that before the session, or in another process.");
      case "ipi_mb", "ipi_sync_core", "ipi_rseq", "ipi_sync_rq_state" ->
          Remedy.of("Another thread of the same process called membarrier.");
      case "do_sync_core" ->
          Remedy.of(
              "The kernel patched its own code, as it does when tracing starts or a module"
                  + " loads.");
      default -> null;
    };
  }
}
