package latencyscope.tune;

import java.util.List;
import latencyscope.contract.Contract;
import latencyscope.contract.Contract.HostClause;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.contract.HostRule;
import latencyscope.proc.CpuSet;
import latencyscope.proc.KernelFile;
import latencyscope.recording.thread.ThreadId;

/**
 * The CPUs that a contract wants for its threads alone.
 *
 * @param cpus those CPUs; empty if it wants none
 * @param rest the other CPUs that are online
 */
record Exclusive(CpuSet cpus, CpuSet rest) {
  private static final List<HostRule> OF_CPUS =
      List.of(HostRule.ISOLCPUS, HostRule.NOHZ_FULL, HostRule.IRQ_AVOID);

  static Exclusive of(Host host, Contract contract, Proof proof) {
    CpuSet cpus = CpuSet.EMPTY;
    for (ThreadRule rule : contract.threads()) {
      cpus = cpus.plus(rule.cpus());
      if (rule.cpus().isEmpty()) {
        cpus = cpus.plus(pinned(host, proof.threads().getOrDefault(rule, List.of())));
      }
    }
    for (HostClause clause : contract.host()) {
      cpus = OF_CPUS.contains(clause.rule()) ? cpus.plus(clause.cpus()) : cpus;
    }
    CpuSet online =
        KernelFile.find(host.root().resolve("sys/devices/system/cpu/online"))
            .map(CpuSet::parse)
            .orElse(CpuSet.EMPTY);
    CpuSet rest = online.minus(cpus);
    return new Exclusive(rest.isEmpty() ? CpuSet.EMPTY : cpus, rest);
  }

  // A thread that may use several CPUs shares them with others.
  private static CpuSet pinned(Host host, List<ThreadId> threads) {
    CpuSet cpus = CpuSet.EMPTY;
    for (ThreadId thread : threads) {
      CpuSet allowed =
          host.affinity(thread.osTid())
              .map(affinity -> CpuSet.parse(affinity.allowedCpus()))
              .orElse(CpuSet.EMPTY);
      cpus = allowed.size() == 1 ? cpus.plus(allowed) : cpus;
    }
    return cpus;
  }

  /** Whether no CPU is left for the rest of the host. */
  boolean isEverything() {
    return rest.isEmpty();
  }
}
