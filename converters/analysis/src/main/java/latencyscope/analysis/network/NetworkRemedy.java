package latencyscope.analysis.network;

import java.util.List;
import java.util.Optional;
import latencyscope.analysis.finding.HostSettings;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.ShellWord;
import latencyscope.jfr.schema.HostSetting;

/** What to do on this host about late and dropped packets: only commands that can work there. */
public final class NetworkRemedy {
  private static final String BACKLOG = "backlog";

  private final HostSettings settings;

  public NetworkRemedy(HostSettings settings) {
    this.settings = settings;
  }

  // The advice, and what the host must be set to for it, if it is not.
  private static Remedy with(String advice, String how, Optional<String> command) {
    return command.map(line -> Remedy.of(advice + how + ":", line)).orElse(Remedy.of(advice + "."));
  }

  /**
   * Against drops for a reason.
   *
   * @param device where they were dropped; null if that is not known
   */
  public List<Remedy> againstDrops(String reason, String device) {
    return List.of(against(reason, device));
  }

  private Remedy against(String reason, String device) {
    return switch (reason) {
      case "SOCKET_RCVBUFF" ->
          with(
              "The socket's reader did not keep up: see what held that thread up. For bursts, have the"
                  + " socket ask for a larger buffer (SO_RCVBUF)",
              ", and allow it",
              settings.raise(HostSetting.RMEM_MAX, "33554432"));
      case "PROTO_MEM" ->
          with(
              "All sockets of the protocol together hold too much memory: read faster",
              ", or allow more pages",
              settings.raise(HostSetting.UDP_MEM, "262144 524288 1048576"));
      case "SOCKET_BACKLOG" ->
          with(
              "Segments came while the socket's owner was at work on it: read more often",
              ", and allow larger buffers",
              settings.raise(HostSetting.TCP_RMEM, "4096 1048576 33554432"));
      case "CPU_BACKLOG" ->
          with(
              "The CPU's queue for packets was full: spread packets over more CPUs",
              ", or allow a longer queue",
              settings.raise(HostSetting.NETDEV_MAX_BACKLOG, "10000"));
      case "TCP_LISTEN_OVERFLOW" ->
          with(
              "Connections were not accepted fast enough: have the listener ask for a longer backlog",
              ", and allow it",
              settings.raise(HostSetting.SOMAXCONN, "4096"));
      case "NO_SOCKET" ->
          Remedy.of("Nobody listens on that port: have the sender stop, or the reader start.");
      case "NETFILTER_DROP" -> Remedy.of("A rule of the firewall drops them:", "nft list ruleset");
      default ->
          reason.startsWith("QDISC_") && device != null
              ? Remedy.of(
                  "The device's queue was full: send less at once, or look at its limits:",
                  "tc -s qdisc show dev " + ShellWord.of(device))
              : Remedy.of("The kernel's counters say more about the cause:", "nstat -az");
    };
  }

  /** Against polls that end before the device is empty. */
  List<Remedy> againstExhaustion(String device) {
    return List.of(exhaustion(device));
  }

  private Remedy exhaustion(String device) {
    return BACKLOG.equals(device)
        ? with(
            "Packets of a device that does not poll pile up on one CPU: spread them over more",
            ", or let a poll take more of them",
            settings.raise(HostSetting.DEV_WEIGHT, "128"))
        : Remedy.of(
            "More packets come than one queue is emptied of at once; spread them over more queues,"
                + " or have the device interrupt earlier:",
            "ethtool -l " + ShellWord.of(device),
            "ethtool -c " + ShellWord.of(device));
  }

  /** Against deliveries that are late. */
  List<Remedy> againstSlowness(SocketDelivery worst) {
    return List.of(slowness(worst));
  }

  private Remedy slowness(SocketDelivery worst) {
    return worst.lateInStack()
        ? Remedy.of(
            "The packet was late in reaching the socket: see which softirqs and tasks had the CPU"
                + " that its device interrupts, and give that interrupt a CPU of its own:",
            "grep . /proc/irq/*/smp_affinity_list")
        : with(
            "The packet lay in the socket's queue: see what the reader did meanwhile, or who had its"
                + " CPU. A reader that need not be woken spins on a non-blocking read",
            "; or let the kernel spin for it",
            settings.raise(HostSetting.BUSY_READ, "50"));
  }
}
