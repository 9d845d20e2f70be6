package latencyscope.analysis;

/** What to do on this host about late and dropped packets. */
final class NetworkRemedy {
  // Lines that are commands begin with two spaces, so that a reader and a report can tell.
  private static final String COMMAND = "\n  ";
  private static final String BACKLOG = "backlog";

  private NetworkRemedy() {}

  /**
   * Against drops for a reason.
   *
   * @param device where they were dropped; null if that is not known
   */
  static String againstDrops(String reason, String device) {
    return switch (reason) {
      case "SOCKET_RCVBUFF" ->
          "Its reader did not keep up: see what held that thread up. For bursts, allow larger"
              + " buffers, and have the socket ask for one (SO_RCVBUF):"
              + COMMAND
              + "sysctl -w net.core.rmem_max=33554432";
      case "PROTO_MEM" ->
          "All sockets of the protocol together hold too much memory; allow more pages:"
              + COMMAND
              + "sysctl -w net.ipv4.udp_mem='262144 524288 1048576'";
      case "SOCKET_BACKLOG" ->
          "Segments came while the socket's owner was at work on it: read more often, and allow"
              + " larger buffers:"
              + COMMAND
              + "sysctl -w net.ipv4.tcp_rmem='4096 1048576 33554432'";
      case "CPU_BACKLOG" ->
          "The CPU's queue for packets was full; allow a longer one:"
              + COMMAND
              + "sysctl -w net.core.netdev_max_backlog=10000";
      case "TCP_LISTEN_OVERFLOW" ->
          "Connections were not accepted fast enough; allow more to wait, and have the listener ask"
              + " for it (backlog):"
              + COMMAND
              + "sysctl -w net.core.somaxconn=4096";
      case "NO_SOCKET" -> "Nobody listens on that port: have the sender stop, or the reader start.";
      case "NETFILTER_DROP" -> "A rule of the firewall drops them:" + COMMAND + "nft list ruleset";
      default ->
          reason.startsWith("QDISC_") && device != null
              ? "The device's queue was full: send less at once, or look at its limits:"
                  + COMMAND
                  + "tc -s qdisc show dev "
                  + device
              : "The kernel's counters say more about the cause:" + COMMAND + "nstat -az";
    };
  }

  /** Against polls that end before the device is empty. */
  static String againstExhaustion(String device) {
    return BACKLOG.equals(device)
        ? "Packets of a device that does not poll pile up on one CPU; let a poll take more of them:"
            + COMMAND
            + "sysctl -w net.core.dev_weight=128"
        : "More packets come than one queue is emptied of at once; spread them over more queues, or"
            + " have the device interrupt earlier:"
            + COMMAND
            + "ethtool -l "
            + device
            + COMMAND
            + "ethtool -c "
            + device;
  }

  /** Against deliveries that are late. */
  static String againstSlowness(SocketDelivery worst) {
    return worst.lateInStack()
        ? "The packet was late in reaching the socket: see which softirqs and tasks had the CPU"
            + " that its device interrupts, and give that interrupt a CPU of its own:"
            + COMMAND
            + "grep . /proc/irq/*/smp_affinity_list"
        : "The packet lay in the socket's queue: see what the reader did meanwhile, or who had its"
            + " CPU. A reader that need not be woken spins on a non-blocking read; or let the"
            + " kernel spin for it:"
            + COMMAND
            + "sysctl -w net.core.busy_read=50";
  }
}
