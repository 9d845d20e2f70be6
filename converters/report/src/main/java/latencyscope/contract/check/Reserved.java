package latencyscope.contract.check;

import latencyscope.proc.CpuSet;

/**
 * Whose CPUs a thread runs on.
 *
 * @param allowed the CPUs on which it may run; empty if that is not known
 * @param cpus those that are meant for few threads: isolated by the host, declared in the contract,
 *     or the only one of a thread that is pinned to it
 */
record Reserved(CpuSet allowed, CpuSet cpus) {
  /** Whether a CPU is meant for few threads. */
  boolean has(int cpu) {
    return cpus.contains(cpu);
  }

  /** Whether the thread may run on one. */
  boolean isUsed() {
    return allowed.isEmpty() ? !cpus.isEmpty() : !allowed.minus(cpus).equals(allowed);
  }
}
