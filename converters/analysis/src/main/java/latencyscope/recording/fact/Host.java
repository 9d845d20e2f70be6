package latencyscope.recording.fact;

import latencyscope.proc.CpuSet;

/**
 * The host as it was during the capture.
 *
 * @param kernel kernel release and version; null if not recorded
 * @param online CPUs that were online; empty if not recorded
 * @param isolated CPUs taken out of load balancing at boot ({@code isolcpus})
 * @param nohzFull CPUs whose tick can stop ({@code nohz_full})
 * @param numaNodes number of NUMA nodes; 0 if not recorded
 * @param virtualization what the recorder says of a hypervisor; null if not recorded
 */
public record Host(
    String kernel,
    CpuSet online,
    CpuSet isolated,
    CpuSet nohzFull,
    int numaNodes,
    String virtualization) {
  // As HotSpot words it.
  private static final String NONE = "No virtualization detected";

  /** Whether it is known to be a virtual machine. */
  public boolean isVirtual() {
    return virtualization != null && !virtualization.equals(NONE);
  }

  /** Whether it is known to be a guest of KVM, which lets it poll before it halts. */
  public boolean isKvm() {
    return virtualization != null && virtualization.startsWith("KVM");
  }
}
