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
              "The socket's reader did not keep up: find out what delayed that thread. For"
                  + " bursts, request a larger buffer (SO_RCVBUF)",
              ", and raise its limit",
              settings.raise(HostSetting.RMEM_MAX, "33554432"));
      case "PROTO_MEM" ->
          with(
              "The sockets of this protocol exceed its memory limit: read faster",
              ", or raise the limit",
              settings.raise(HostSetting.UDP_MEM, "262144 524288 1048576"));
      case "SOCKET_BACKLOG" ->
          with(
              "Segments arrived while the owner held the socket, and the backlog was full: read"
                  + " more often",
              ", and allow larger buffers",
              settings.raise(HostSetting.TCP_RMEM, "4096 1048576 33554432"));
      case "CPU_BACKLOG" ->
          with(
              "The CPU's packet backlog was full: spread packets over more CPUs",
              ", or allow a longer backlog",
              settings.raise(HostSetting.NETDEV_MAX_BACKLOG, "10000"));
      case "TCP_LISTEN_OVERFLOW" ->
          with(
              "Connections were not accepted fast enough: request a longer backlog in listen()",
              ", and raise its limit",
              settings.raise(HostSetting.SOMAXCONN, "4096"));
      case "NO_SOCKET" ->
          Remedy.of("No socket is open on that port: stop the sender, or start the reader.");
      case "NETFILTER_DROP" ->
          Remedy.of(
              "A firewall rule drops these packets. List the" + " rules:", "nft list ruleset");
      default ->
          reason.startsWith("QDISC_") && device != null
              ? Remedy.of(
                  "The device's transmit queue was full: send smaller bursts, or check its limits:",
                  "tc -s qdisc show dev " + ShellWord.of(device))
              : Remedy.of("Check the kernel's counters for the cause:", "nstat -az");
    };
  }

  /** Against polls that end before the device is empty. */
  List<Remedy> againstExhaustion(String device) {
    return List.of(exhaustion(device));
  }

  private Remedy exhaustion(String device) {
    return BACKLOG.equals(device)
        ? with(
            "Packets of a device without NAPI polling queue up on one CPU: spread them over more"
                + " CPUs",
            ", or let a poll take more of them",
            settings.raise(HostSetting.DEV_WEIGHT, "128"))
        : Remedy.of(
            "More packets arrive than one poll can process. Spread them over more queues, or let"
                + " the device interrupt earlier:",
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
            "The packet reached the socket late. Check which softirqs and tasks ran on the CPU"
                + " that its device interrupts, and reserve a CPU for that interrupt:",
            "grep . /proc/irq/*/smp_affinity_list")
        : with(
            "The packet waited in the socket's queue: check what the reader did meanwhile, or"
                + " which task had its CPU. To avoid the wake-up, let the reader spin on a"
                + " non-blocking read",
            "; or let the kernel poll for it",
            settings.raise(HostSetting.BUSY_READ, "50"));
  }
}
