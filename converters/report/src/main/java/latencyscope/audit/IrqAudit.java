package latencyscope.audit;

import java.util.ArrayList;
import java.util.List;
import latencyscope.audit.AuditItem.Area;
import latencyscope.audit.AuditItem.Reason;
import latencyscope.contract.Measure;
import latencyscope.proc.CpuSet;

/** Interrupts: which lines may hit isolated CPUs, and what moves them. */
final class IrqAudit {
  private static final Area AREA = new Area("irq");
  private static final Reason WHY =
      new Reason(
          "A device's interrupt takes the CPU from the thread that runs there.",
          "Documentation/core-api/irq/irq-affinity.rst");

  private IrqAudit() {}

  static List<AuditItem> of(HostTree tree) {
    List<AuditItem> items = new ArrayList<>();
    balancer(tree, items);
    CpuSet guarded = tree.guarded();
    List<String> lines = tree.names("proc/irq", "[0-9]*");
    int right = 0;
    for (String irq : lines) {
      String device = tree.value("sys/kernel/irq/" + irq + "/actions");
      if (device == null) {
        continue; // without a handler nothing is delivered
      }
      boolean managed =
          tree.text("sys/kernel/debug/irq/irqs/" + irq)
              .filter(text -> text.contains("IRQD_AFFINITY_MANAGED"))
              .isPresent();
      String list = managed ? "effective_affinity_list" : "smp_affinity_list";
      String file = "proc/irq/" + irq + "/" + list;
      CpuSet hit = HostTree.both(tree.cpus(file), guarded);
      if (hit.isEmpty()) {
        right++;
        continue;
      }
      String name = "IRQ " + irq + " " + device + (managed ? " (managed)" : "");
      String now = "CPUs " + tree.cpus(file);
      String wanted = "CPUs " + tree.housekeeping();
      items.add(
          managed
              ? AREA.boot(name, now, wanted, WHY, file, "isolcpus=managed_irq,domain," + guarded)
                  .by(List.of(), Measure.DEVICE_INTERRUPTS, Measure.STOLEN_TIME)
              : AREA.against(
                      name,
                      now,
                      wanted,
                      WHY,
                      file,
                      "echo " + tree.housekeeping() + " > /proc/irq/" + irq + "/smp_affinity_list")
                  .by(
                      Setting.list(file, tree.housekeeping()),
                      Measure.DEVICE_INTERRUPTS,
                      Measure.STOLEN_TIME,
                      Measure.RUNQUEUE_WAIT,
                      Measure.PREEMPTIONS));
    }
    if (right > 0 || lines.isEmpty()) {
      String file = "proc/irq/*/smp_affinity_list";
      items.add(
          AREA.of(
              true,
              "other lines",
              lines.isEmpty() ? null : right + " lines",
              "no isolated CPU",
              WHY,
              file,
              null));
    }
    return items;
  }

  private static void balancer(HostTree tree, List<AuditItem> items) {
    String running = "not running";
    for (String pid : tree.names("proc", "[0-9]*")) {
      if ("irqbalance".equals(tree.value("proc/" + pid + "/comm"))) {
        running = "running, pid " + pid;
      }
    }
    items.add(
        AREA.of(
            running.startsWith("not"),
            "irqbalance",
            running,
            "not running, or with banned CPUs",
            new Reason(
                "It moves interrupt lines, and undoes masks that were set.",
                "irqbalance(1), --banirq and IRQBALANCE_BANNED_CPULIST"),
            "proc/*/comm",
            "systemctl disable --now irqbalance"));
  }
}
