package latencyscope.recording;

/**
 * The host as it was during the capture.
 *
 * @param kernel kernel release and version; null if not recorded
 * @param online CPUs that were online; empty if not recorded
 * @param isolated CPUs taken out of load balancing at boot ({@code isolcpus})
 * @param nohzFull CPUs whose tick can stop ({@code nohz_full})
 * @param numaNodes number of NUMA nodes; 0 if not recorded
 */
public record Host(String kernel, CpuSet online, CpuSet isolated, CpuSet nohzFull, int numaNodes) {}
