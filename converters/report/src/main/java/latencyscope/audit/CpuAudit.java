package latencyscope.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import latencyscope.audit.AuditItem.Area;
import latencyscope.audit.AuditItem.Reason;
import latencyscope.contract.Measure;
import latencyscope.proc.CpuSet;

/** CPUs: frequency, idle states, siblings, isolation, offloads, clock, watchdogs, mitigations. */
final class CpuAudit {
  private static final Area AREA = new Area("cpu");
  private static final String CPUS = "sys/devices/system/cpu";
  private static final int FAST_EXIT_US = 2;
  private static final String NONE = "none";

  private final HostTree tree;
  private final CpuSet guarded;
  private final List<AuditItem> items = new ArrayList<>();

  private CpuAudit(HostTree tree) {
    this.tree = tree;
    guarded = tree.guarded();
  }

  static List<AuditItem> of(HostTree tree) {
    CpuAudit audit = new CpuAudit(tree);
    audit.governors();
    audit.idleStates();
    audit.siblings();
    audit.isolation();
    audit.workqueues();
    audit.clock();
    audit.watchdogs();
    audit.mitigations();
    return audit.items;
  }

  private List<String> cpus() {
    return tree.names(CPUS, "cpu[0-9]*");
  }

  private static int number(String cpu) {
    return Integer.parseInt(cpu.substring("cpu".length()));
  }

  /** CPUs by a value of each, as {@code performance: 0-3, powersave: 4-7}. */
  private static String words(Map<String, CpuSet> byValue) {
    return byValue.entrySet().stream()
        .map(entry -> entry.getKey() + ": " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private void governors() {
    Map<String, CpuSet> by = new TreeMap<>();
    List<Setting> settings = new ArrayList<>();
    for (String cpu : cpus()) {
      String file = CPUS + "/" + cpu + "/cpufreq/scaling_governor";
      String governor = tree.value(file);
      if (governor != null) {
        by.merge(governor, CpuSet.of(number(cpu)), CpuSet::plus);
        if (!governor.equals("performance")) {
          settings.add(Setting.text(file, "performance"));
        }
      }
    }
    items.add(
        AREA.of(
                by.keySet().stream().allMatch("performance"::equals),
                "governor",
                by.isEmpty() ? null : words(by),
                "performance",
                new Reason(
                    "Another governor lowers the frequency of a CPU that idles or polls.",
                    "Documentation/admin-guide/pm/cpufreq.rst"),
                CPUS + "/cpu*/cpufreq/scaling_governor",
                "cpupower frequency-set -g performance")
            .by(settings, Measure.RUNQUEUE_WAIT, Measure.STOLEN_TIME));
  }

  private void idleStates() {
    Map<String, CpuSet> by = new TreeMap<>();
    boolean fast = true;
    List<Setting> settings = new ArrayList<>();
    for (String cpu : cpus()) {
      String folder = CPUS + "/" + cpu + "/cpuidle";
      long deepest = -1;
      String name = "";
      for (String state : tree.names(folder, "state*")) {
        boolean disabled = "1".equals(tree.value(folder + "/" + state + "/disable"));
        long us = number(tree.value(folder + "/" + state + "/latency"), -1);
        if (!disabled && us > FAST_EXIT_US) {
          settings.add(Setting.text(folder + "/" + state + "/disable", "1"));
        }
        if (!disabled && us > deepest) {
          deepest = us;
          name = tree.text(folder + "/" + state + "/name").orElse(state);
        }
      }
      if (deepest >= 0) {
        by.merge(name + " (" + deepest + " us)", CpuSet.of(number(cpu)), CpuSet::plus);
        fast &= deepest <= FAST_EXIT_US;
      }
    }
    items.add(
        AREA.of(
                fast,
                "deepest idle state",
                by.isEmpty() ? null : words(by),
                "at most " + FAST_EXIT_US + " us to leave",
                new Reason(
                    "A thread that is woken on an idle CPU waits until the CPU has left its state.",
                    "Documentation/admin-guide/pm/cpuidle.rst"),
                CPUS + "/cpu*/cpuidle/state*/{latency,disable}",
                "cpupower idle-set -D " + FAST_EXIT_US)
            .by(settings, Measure.RUNQUEUE_WAIT));
  }

  static long number(String text, long otherwise) {
    try {
      return text == null ? otherwise : Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private void siblings() {
    CpuSet shared = CpuSet.EMPTY;
    boolean known = false;
    for (int cpu : guarded.stream().toArray()) {
      CpuSet siblings = tree.cpus(CPUS + "/cpu" + cpu + "/topology/thread_siblings_list");
      known |= !siblings.isEmpty();
      shared = shared.plus(HostTree.both(siblings.minus(guarded), tree.online()));
    }
    items.add(
        AREA.of(
            shared.isEmpty(),
            "SMT siblings of isolated CPUs",
            known ? shared.isEmpty() ? NONE : "CPUs " + shared + " run other tasks" : null,
            "offline or isolated",
            new Reason(
                "Two threads of a core share its caches and execution units.",
                "Documentation/admin-guide/hw-vuln/core-scheduling.rst"),
            CPUS + "/cpu*/topology/thread_siblings_list",
            shared.stream()
                .mapToObj(cpu -> "echo 0 > /" + CPUS + "/cpu" + cpu + "/online")
                .collect(Collectors.joining(" && "))));
  }

  private void isolation() {
    CpuSet isolated = tree.cpus(CPUS + "/isolated");
    Reason why =
        new Reason(
            "Without it the scheduler balances other tasks onto the CPUs of busy threads.",
            "Documentation/admin-guide/kernel-parameters.txt, isolcpus");
    String list = guarded.isEmpty() ? "LIST" : guarded.toString();
    String option = "isolcpus=managed_irq,domain," + list;
    items.add(
        isolated.isEmpty()
            ? AREA.boot(
                    "isolated CPUs",
                    NONE,
                    "the CPUs of busy threads",
                    why,
                    CPUS + "/isolated",
                    option)
                .by(List.of(), Measure.RUNQUEUE_WAIT, Measure.PREEMPTIONS, Measure.MIGRATIONS)
            : AREA.ok(
                "isolated CPUs",
                isolated.toString(),
                "the CPUs of busy threads",
                why,
                CPUS + "/isolated"));
    covers(
        "nohz_full",
        tree.cpus(CPUS + "/nohz_full"),
        "The timer interrupts a CPU up to 1,000 times a second, also with one task.",
        "Documentation/timers/no_hz.rst",
        CPUS + "/nohz_full");
    // Since Linux 3.10 nohz_full offloads the callbacks of its CPUs, too.
    CpuSet offloaded =
        tree.bootOption("rcu_nocbs")
            .map(CpuAudit::list)
            .orElse(CpuSet.EMPTY)
            .plus(tree.cpus(CPUS + "/nohz_full"));
    covers(
        "rcu_nocbs",
        offloaded,
        "RCU callbacks run in softirqs of the CPU that queued them.",
        "Documentation/admin-guide/kernel-parameters.txt, rcu_nocbs",
        "proc/cmdline");
  }

  private static CpuSet list(String text) {
    try {
      return CpuSet.parse(text);
    } catch (IllegalArgumentException e) {
      return CpuSet.EMPTY; // "all", or with a stride
    }
  }

  private void covers(String option, CpuSet now, String why, String source, String file) {
    CpuSet missing = guarded.minus(now);
    String current = now.isEmpty() ? NONE : now.toString();
    Reason reason = new Reason(why, source);
    String wanted = guarded.isEmpty() ? "the isolated CPUs" : guarded.toString();
    items.add(
        missing.isEmpty() && !guarded.isEmpty()
            ? AREA.ok(option, current, wanted, reason, file)
            : AREA.boot(
                    option,
                    current,
                    wanted,
                    reason,
                    file,
                    option + "=" + (guarded.isEmpty() ? "LIST" : guarded.plus(now)))
                .by(List.of(), Measure.STOLEN_TIME));
  }

  private void workqueues() {
    String file = "sys/devices/virtual/workqueue/cpumask";
    CpuSet hit = HostTree.both(tree.mask(file), guarded);
    items.add(
        AREA.of(
                hit.isEmpty(),
                "workqueue mask",
                tree.exists(file) ? "CPUs " + tree.mask(file) : null,
                "no isolated CPU",
                new Reason(
                    "Unbound kernel work runs on every CPU of the mask.",
                    "Documentation/core-api/workqueue.rst, cpumask"),
                file,
                "echo " + tree.housekeeping().toMask() + " > /" + file)
            .by(
                Setting.mask(file, tree.housekeeping()),
                Measure.RUNQUEUE_WAIT,
                Measure.PREEMPTIONS));
  }

  private void clock() {
    String file = "sys/devices/system/clocksource/clocksource0/current_clocksource";
    String current = tree.value(file);
    boolean offered = tree.text(file.replace("current", "available")).orElse("").contains("tsc");
    Reason why =
        new Reason(
            "Reading another clock source costs a system call, a device access or a scaling.",
            "Documentation/timers/timekeeping.rst");
    items.add(
        "tsc".equals(current) || current == null || offered
            ? AREA.of(
                    "tsc".equals(current),
                    "clocksource",
                    current,
                    "tsc",
                    why,
                    file,
                    "echo tsc > /" + file)
                .by(Setting.text(file, "tsc"))
            : AREA.boot("clocksource", current, "tsc", why, file, "tsc=reliable"));
  }

  private void watchdogs() {
    value(
        "nmi_watchdog",
        "proc/sys/kernel/nmi_watchdog",
        "0",
        "It takes a hardware counter and interrupts each CPU with an NMI.",
        "Documentation/admin-guide/lockup-watchdogs.rst",
        "sysctl -w kernel.nmi_watchdog=0",
        Measure.STOLEN_TIME);
    String file = "proc/sys/kernel/watchdog_cpumask";
    CpuSet hit = HostTree.both(tree.cpus(file), guarded);
    boolean on = !"0".equals(tree.value("proc/sys/kernel/watchdog"));
    items.add(
        AREA.of(
                hit.isEmpty() || !on,
                "watchdog CPUs",
                tree.value(file),
                "no isolated CPU",
                new Reason(
                    "The watchdog wakes a real-time task on each CPU every few seconds.",
                    "Documentation/admin-guide/lockup-watchdogs.rst"),
                file,
                "sysctl -w kernel.watchdog_cpumask=" + tree.housekeeping())
            .by(
                Setting.list(file, tree.housekeeping()),
                Measure.RUNQUEUE_WAIT,
                Measure.PREEMPTIONS,
                Measure.STOLEN_TIME));
    value(
        "timer_migration",
        "proc/sys/kernel/timer_migration",
        "1",
        "Timers of idle CPUs move to busy ones of the housekeeping CPUs; 0 keeps them.",
        "Documentation/timers/no_hz.rst",
        "sysctl -w kernel.timer_migration=1",
        Measure.STOLEN_TIME);
  }

  private void value(
      String name,
      String file,
      String wanted,
      String why,
      String source,
      String command,
      Measure helped) {
    String now = tree.value(file);
    items.add(
        AREA.of(wanted.equals(now), name, now, wanted, new Reason(why, source), file, command)
            .by(Setting.text(file, wanted), helped));
  }

  private void mitigations() {
    String folder = CPUS + "/vulnerabilities";
    List<String> mitigated =
        tree.names(folder, "*").stream()
            .filter(name ->
                tree.text(folder + "/" + name).filter(t -> t.startsWith("Mitigation")).isPresent())
            .toList();
    Reason why =
        new Reason(
            "Mitigations cost on each system call, interrupt and switch. Only a host that runs"
                + " nothing foreign may go without.",
            "Documentation/admin-guide/hw-vuln/index.rst");
    if (!tree.exists(folder)) {
      items.add(AREA.absent("mitigations", "decided", why, folder));
    } else if (mitigated.isEmpty() || tree.bootOption("mitigations").isPresent()) {
      String option = tree.bootOption("mitigations").map(o -> ", mitigations=" + o).orElse("");
      items.add(
          AREA.ok("mitigations", mitigated.size() + " in force" + option, "decided", why, folder));
    } else {
      items.add(
          AREA.boot(
              "mitigations",
              String.join(" ", mitigated),
              "decided",
              why,
              folder,
              "mitigations=off (or mitigations=auto, to say that it is meant)"));
    }
  }
}
