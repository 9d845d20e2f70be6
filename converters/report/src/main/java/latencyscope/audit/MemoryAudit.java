package latencyscope.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import latencyscope.audit.AuditItem.Area;
import latencyscope.audit.AuditItem.Reason;
import latencyscope.contract.Measure;

/** Memory: huge pages, compaction, swap, merging, NUMA, memory channels. */
final class MemoryAudit {
  private static final Area AREA = new Area("memory");
  private static final String NODES = "sys/devices/system/node";
  private static final String THP = "sys/kernel/mm/transparent_hugepage";
  private static final int CALM_S = 10;

  private final HostTree tree;
  private final List<AuditItem> items = new ArrayList<>();

  private MemoryAudit(HostTree tree) {
    this.tree = tree;
  }

  static List<AuditItem> of(HostTree tree) {
    MemoryAudit audit = new MemoryAudit(tree);
    audit.hugePages();
    audit.value(
        "vm.compaction_proactiveness",
        "proc/sys/vm/compaction_proactiveness",
        "0",
        "The kernel moves pages in the background, and faults wait for them.",
        "Documentation/admin-guide/sysctl/vm.rst");
    audit.swap();
    audit.ksm();
    audit.value(
        "kernel.numa_balancing",
        "proc/sys/kernel/numa_balancing",
        "0",
        "The balancer unmaps pages to see who touches them: each touch is a fault.",
        "Documentation/admin-guide/sysctl/kernel.rst");
    audit.value(
        "vm.zone_reclaim_mode",
        "proc/sys/vm/zone_reclaim_mode",
        "0",
        "An allocation reclaims pages of its node, instead of taking another node's.",
        "Documentation/admin-guide/sysctl/vm.rst");
    audit.statistics();
    audit.nodes();
    audit.channels();
    return audit.items;
  }

  private void value(String name, String file, String wanted, String why, String source) {
    String now = tree.value(file);
    items.add(
        AREA.of(
                wanted.equals(now),
                name,
                now,
                wanted,
                new Reason(why, source),
                file,
                "sysctl -w " + name + "=" + wanted)
            .by(Setting.text(file, wanted), Measure.MINOR_FAULTS, Measure.MAJOR_FAULTS));
  }

  private void hugePages() {
    String source = "Documentation/admin-guide/mm/transhuge.rst";
    String enabled = tree.chosen(THP + "/enabled");
    items.add(
        AREA.of(
                !"always".equals(enabled),
                "transparent huge pages",
                enabled,
                "madvise or never",
                new Reason(
                    "khugepaged and faults of 2 MiB stop threads for up to milliseconds.", source),
                THP + "/enabled",
                "echo madvise > /" + THP + "/enabled")
            .by(
                new Setting(THP + "/enabled", Setting.Form.CHOICE, "madvise"),
                Measure.MINOR_FAULTS));
    String defrag = tree.chosen(THP + "/defrag");
    items.add(
        AREA.of(
                !"always".equals(defrag),
                "huge page defragmentation",
                defrag,
                "madvise, defer or never",
                new Reason("A fault compacts memory itself before it returns.", source),
                THP + "/defrag",
                "echo madvise > /" + THP + "/defrag")
            .by(
                new Setting(THP + "/defrag", Setting.Form.CHOICE, "madvise"),
                Measure.MINOR_FAULTS));
  }

  private void swap() {
    String swaps = tree.value("proc/swaps");
    long devices = swaps == null ? 0 : swaps.lines().count() - 1;
    items.add(
        AREA.of(
            devices == 0,
            "swap",
            swaps == null ? null : devices + " devices",
            "0 devices",
            new Reason("A page that was swapped out is a major fault.", "swapon(8)"),
            "proc/swaps",
            "swapoff -a"));
  }

  private void ksm() {
    String run = tree.value("sys/kernel/mm/ksm/run");
    items.add(
        AREA.of(
                "0".equals(run),
                "KSM",
                run,
                "0",
                new Reason(
                    "It write-protects pages to merge them: a write is a fault and a copy.",
                    "Documentation/admin-guide/mm/ksm.rst"),
                "sys/kernel/mm/ksm/run",
                "echo 2 > /sys/kernel/mm/ksm/run")
            .by(Setting.text("sys/kernel/mm/ksm/run", "2"), Measure.MINOR_FAULTS));
  }

  private void statistics() {
    String file = "proc/sys/vm/stat_interval";
    String now = tree.value(file);
    items.add(
        AREA.of(
                CpuAudit.number(now, 0) >= CALM_S,
                "vm.stat_interval",
                now,
                "at least " + CALM_S,
                new Reason(
                    "A kworker on each CPU folds the statistics of memory that often.",
                    "Documentation/admin-guide/sysctl/vm.rst"),
                file,
                "sysctl -w vm.stat_interval=120")
            .by(Setting.text(file, "120"), Measure.RUNQUEUE_WAIT, Measure.PREEMPTIONS));
  }

  private void nodes() {
    List<String> empty = new ArrayList<>();
    List<String> nodes = tree.names(NODES, "node[0-9]*");
    for (String node : nodes) {
      boolean some =
          tree.text(NODES + "/" + node + "/meminfo")
              .filter(text -> !text.matches("(?s).*MemTotal:\\s+0 kB.*"))
              .isPresent();
      if (!some) {
        empty.add(node);
      }
    }
    items.add(
        AREA.of(
            empty.isEmpty(),
            "NUMA nodes",
            nodes.isEmpty()
                ? null
                : nodes.size() + (empty.isEmpty() ? "" : ", without memory: " + empty),
            "memory on each node",
            new Reason(
                "Threads on a node without memory reach all of theirs through another.", "numa(7)"),
            NODES + "/node*/meminfo",
            "numactl --hardware"));
  }

  // A channel without a module takes its share of the bandwidth away.
  private void channels() {
    String folder = "sys/devices/system/edac/mc";
    Map<String, Integer> modules = new TreeMap<>();
    for (String controller : tree.names(folder, "mc[0-9]*")) {
      for (String module : tree.names(folder + "/" + controller, "dimm*")) {
        String size = tree.value(folder + "/" + controller + "/" + module + "/size");
        modules.merge(controller, CpuAudit.number(size, 0) > 0 ? 1 : 0, Integer::sum);
      }
    }
    Set<Integer> counts = new HashSet<>(modules.values());
    items.add(
        AREA.of(
            counts.size() <= 1,
            "memory channels",
            modules.isEmpty() ? null : modules.toString(),
            "the same number of modules on each controller",
            new Reason(
                "Channels without a module make the others queue.",
                "Documentation/admin-guide/RAS/main.rst"),
            folder + "/mc*/dimm*/size",
            "dmidecode -t memory"));
  }
}
