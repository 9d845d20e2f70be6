package latencyscope.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.audit.AuditItem.Area;
import latencyscope.audit.AuditItem.Reason;
import latencyscope.contract.Measure;
import latencyscope.proc.CpuSet;

/** Network: rings, coalescing, offloads, steering, links and errors of each real interface. */
final class NetworkAudit {
  private static final Area AREA = new Area("network");
  private static final String DEVICES = "sys/class/net";
  private static final int HEX = 16;
  private static final int SQUEEZED = 2;
  private static final int BACKLOG = 16_384;

  private final HostTree tree;
  private final List<AuditItem> items = new ArrayList<>();

  private NetworkAudit(HostTree tree) {
    this.tree = tree;
  }

  static List<AuditItem> of(HostTree tree) {
    NetworkAudit audit = new NetworkAudit(tree);
    for (String device : tree.names(DEVICES, "*")) {
      // What is no hardware has no folder of a device.
      if (tree.exists(DEVICES + "/" + device + "/device")) {
        audit.rings(device);
        audit.coalescing(device);
        audit.offloads(device);
        audit.steering(device);
        audit.link(device);
        audit.node(device);
      }
    }
    audit.udpErrors();
    audit.softnet();
    return audit.items;
  }

  private static Optional<String> field(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private void rings(String device) {
    String text = tree.command("ethtool", "-g", device).orElse("");
    int current = Math.max(0, text.indexOf("Current hardware settings"));
    Optional<String> most = field(text.substring(0, current), "RX:\\s+(\\d+)");
    Optional<String> now = field(text.substring(current), "RX:\\s+(\\d+)");
    items.add(
        AREA.of(
            now.equals(most),
            device + " RX ring",
            now.orElse(null),
            most.orElse("its maximum"),
            new Reason("A burst that is longer than the ring is dropped.", "ethtool(8), -g"),
            "commands/ethtool -g " + device,
            "ethtool -G " + device + " rx " + most.orElse("MAX")));
  }

  private void coalescing(String device) {
    String text = tree.command("ethtool", "-c", device).orElse("");
    Optional<String> us = field(text, "(?m)^rx-usecs:\\s+(\\d+)");
    Optional<String> adaptive = field(text, "Adaptive RX: (\\w+)");
    boolean right = us.filter("0"::equals).isPresent() && !adaptive.equals(Optional.of("on"));
    items.add(
        AREA.of(
            right,
            device + " coalescing",
            us.map(u -> u + " us, adaptive " + adaptive.orElse("n/a")).orElse(null),
            "0 us, adaptive off",
            new Reason("The device waits that long before it interrupts.", "ethtool(8), -c"),
            "commands/ethtool -c " + device,
            "ethtool -C " + device + " adaptive-rx off rx-usecs 0"));
  }

  private void offloads(String device) {
    String text = tree.command("ethtool", "-k", device).orElse("");
    Optional<String> lro = field(text, "large-receive-offload: (\\w+)");
    items.add(
        AREA.of(
            lro.equals(Optional.of("off")),
            device + " LRO",
            lro.orElse(null),
            "off",
            new Reason("The device holds packets back to merge them.", "ethtool(8), -k"),
            "commands/ethtool -k " + device,
            "ethtool -K " + device + " lro off"));
  }

  private void steering(String device) {
    String folder = DEVICES + "/" + device + "/queues";
    CpuSet received = CpuSet.EMPTY;
    CpuSet sent = CpuSet.EMPTY;
    List<String> queues = tree.names(folder, "rx-*");
    List<Setting> settings = new ArrayList<>();
    for (String queue : queues) {
      String file = folder + "/" + queue + "/rps_cpus";
      CpuSet steered = tree.mask(file);
      received = received.plus(steered);
      if (!HostTree.both(steered, tree.guarded()).isEmpty()) {
        settings.add(Setting.mask(file, tree.housekeeping()));
      }
    }
    for (String queue : tree.names(folder, "tx-*")) {
      sent = sent.plus(tree.mask(folder + "/" + queue + "/xps_cpus"));
    }
    CpuSet hit = HostTree.both(received, tree.guarded());
    String now = "RPS " + words(received) + ", XPS " + words(sent);
    items.add(
        AREA.of(
                hit.isEmpty(),
                device + " RPS/XPS",
                queues.isEmpty() ? null : now,
                "RPS on no isolated CPU",
                new Reason(
                    "RPS processes packets on those CPUs, in softirqs.",
                    "Documentation/networking/scaling.rst"),
                folder + "/*/{rps,xps}_cpus",
                "for q in /"
                    + folder
                    + "/rx-*; do echo "
                    + tree.housekeeping().toMask()
                    + " > $q/rps_cpus; done")
            .by(settings, Measure.STOLEN_TIME, Measure.RUNQUEUE_WAIT, Measure.PREEMPTIONS));
  }

  private static String words(CpuSet cpus) {
    return cpus.isEmpty() ? "off" : cpus.toString();
  }

  private void link(String device) {
    String folder = DEVICES + "/" + device + "/device/";
    String speed = tree.value(folder + "current_link_speed");
    String width = tree.value(folder + "current_link_width");
    String bestSpeed = tree.value(folder + "max_link_speed");
    String bestWidth = tree.value(folder + "max_link_width");
    boolean known = speed != null && width != null && bestSpeed != null && bestWidth != null;
    items.add(
        AREA.of(
            known && speed.equals(bestSpeed) && width.equals(bestWidth),
            device + " PCIe link",
            known ? speed + " x" + width : null,
            known ? bestSpeed + " x" + bestWidth : "its maximum",
            new Reason(
                "A link that is slower or narrower delays each packet.",
                "Documentation/ABI/testing/sysfs-bus-pci"),
            folder + "current_link_{speed,width}",
            "lspci -vv (then another slot, or the firmware's settings)"));
  }

  private void node(String device) {
    String node = tree.value(DEVICES + "/" + device + "/device/numa_node");
    CpuSet near = tree.cpus("sys/devices/system/node/node" + node + "/cpulist");
    CpuSet far = tree.guarded().minus(near);
    boolean known = node != null && !node.startsWith("-") && !near.isEmpty();
    items.add(
        AREA.of(
            far.isEmpty(),
            device + " NUMA node",
            known ? node + (far.isEmpty() ? "" : ", isolated CPUs elsewhere: " + far) : null,
            "that of the isolated CPUs",
            new Reason("Packets cross the link between the nodes.", "numa(7)"),
            DEVICES + "/" + device + "/device/numa_node",
            "isolcpus= with CPUs of " + near));
  }

  private void udpErrors() {
    String current = null;
    boolean right = true;
    List<String> lines =
        tree.text("proc/net/snmp").orElse("").lines().filter(l -> l.startsWith("Udp: ")).toList();
    if (lines.size() == 2) {
      List<String> names = List.of(lines.get(0).split(" "));
      String[] values = lines.get(1).split(" ");
      int index = names.indexOf("RcvbufErrors");
      if (index > 0 && index < values.length) {
        current = values[index] + " since boot";
        right = values[index].equals("0");
      }
    }
    items.add(
        AREA.of(
            right,
            "UDP receive buffer errors",
            current,
            "0",
            new Reason("Datagrams were dropped because a socket's buffer was full.", "udp(7)"),
            "proc/net/snmp",
            "sysctl -w net.core.rmem_max=67108864 (and SO_RCVBUF in the application)"));
  }

  private List<Setting> longerBacklog() {
    String file = "proc/sys/net/core/netdev_max_backlog";
    return CpuAudit.number(tree.value(file), Long.MAX_VALUE) < BACKLOG
        ? List.of(Setting.text(file, Integer.toString(BACKLOG)))
        : List.of();
  }

  // Hexadecimal: processed, dropped, time_squeeze, …; a line for each CPU.
  private void softnet() {
    long dropped = 0;
    long squeezed = 0;
    String text = tree.value("proc/net/softnet_stat");
    for (String line : text == null ? new String[0] : text.split("\n")) {
      String[] words = line.strip().split(" +");
      if (words.length > SQUEEZED) {
        dropped += Long.parseLong(words[1], HEX);
        squeezed += Long.parseLong(words[SQUEEZED], HEX);
      }
    }
    items.add(
        AREA.of(
                dropped == 0,
                "backlog drops",
                text == null ? null : dropped + " dropped, " + squeezed + " squeezed since boot",
                "0 dropped",
                new Reason(
                    "A CPU's queue for packets was full.",
                    "Documentation/admin-guide/sysctl/net.rst, netdev_max_backlog"),
                "proc/net/softnet_stat",
                "sysctl -w net.core.netdev_max_backlog=" + BACKLOG)
            .by(longerBacklog(), Measure.DROPS));
  }
}
