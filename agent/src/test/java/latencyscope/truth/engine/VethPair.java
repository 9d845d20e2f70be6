package latencyscope.truth.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Two network namespaces of this test's own, joined by a pair of virtual devices, with nothing on
 * them but what the test sends: no IPv6, and neighbours that need not be asked for.
 */
public final class VethPair {
  /** The target's end. */
  public static final String DEVICE = "target0";

  /** The other end. */
  public static final String PEER_DEVICE = "peer0";

  public static final String ADDRESS = "10.77.0.1";
  static final String PEER_ADDRESS = "10.77.0.2";

  private static final String MAC = "02:00:00:77:00:01";
  private static final String PEER_MAC = "02:00:00:77:00:02";

  private final String namespace = "ls-target-" + ProcessHandle.current().pid();
  private final String peer = "ls-peer-" + ProcessHandle.current().pid();

  public VethPair() throws IOException, InterruptedException {
    delete();
    for (String name : List.of(namespace, peer)) {
      Commands.output("ip", "netns", "add", name);
      Commands.output(in(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"));
      Commands.output(in(name, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1"));
      Commands.output("ip", "-n", name, "link", "set", "lo", "up");
    }
    Commands.output(
        "ip",
        "-n",
        namespace,
        "link",
        "add",
        DEVICE,
        "address",
        MAC,
        "type",
        "veth",
        "peer",
        "name",
        PEER_DEVICE,
        "address",
        PEER_MAC,
        "netns",
        peer);
    join(namespace, DEVICE, ADDRESS, PEER_ADDRESS, PEER_MAC);
    join(peer, PEER_DEVICE, PEER_ADDRESS, ADDRESS, MAC);
    // A veth device polls only where it may merge packets, and the other end does not.
    Commands.output(in(namespace, "ethtool", "-K", DEVICE, "gro", "on"));
    Commands.output(in(peer, "ethtool", "-K", PEER_DEVICE, "tso", "off"));
  }

  private static void join(String name, String device, String own, String other, String mac)
      throws IOException, InterruptedException {
    Commands.output("ip", "-n", name, "address", "add", own + "/24", "dev", device);
    Commands.output("ip", "-n", name, "link", "set", device, "up");
    Commands.output(
        "ip",
        "-n",
        name,
        "neighbour",
        "replace",
        other,
        "lladdr",
        mac,
        "nud",
        "permanent",
        "dev",
        device);
  }

  private static String[] in(String name, String... command) {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
    words.addAll(List.of(command));
    return words.toArray(String[]::new);
  }

  /** A command as it is run in the target's namespace. */
  public String[] inTarget(String... command) {
    return in(namespace, command);
  }

  /** A command as it is run at the other end. */
  public String[] inPeer(String... command) {
    return in(peer, command);
  }

  /** What the kernel counts of the target's device, such as {@code rx_packets}. */
  public long statistic(String name) throws IOException, InterruptedException {
    // A network namespace has a /sys of its own, which ip mounts for what it runs.
    return Long.parseLong(
        Commands.output(inTarget("cat", "/sys/class/net/" + DEVICE + "/statistics/" + name))
            .strip());
  }

  /** Deletes them and all that is in them; at the begin, what a test that was killed left. */
  public void delete() throws IOException, InterruptedException {
    for (String name : List.of(namespace, peer)) {
      new ProcessBuilder("ip", "netns", "delete", name)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    }
  }
}
