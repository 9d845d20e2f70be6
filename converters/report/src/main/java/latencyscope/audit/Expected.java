package latencyscope.audit;

import java.util.ArrayList;
import java.util.List;
import latencyscope.contract.HostRule;

/** What to write so that a contract's expectations of the host are met. */
final class Expected {
  private static final String CPUS = "sys/devices/system/cpu";
  private static final String CLOCK = "sys/devices/system/clocksource/clocksource0/";
  private static final long MICRO = 1_000;

  private Expected() {}

  /** The values; empty if only a boot or the user can. */
  static List<Setting> settings(HostTree tree, HostRule rule, List<String> words, long ns) {
    String word = words.get(0);
    return switch (rule) {
      case GOVERNOR -> governors(tree, words);
      case CSTATE_EXIT -> idleStates(tree, ns);
      case THP ->
          List.of(
              new Setting("sys/kernel/mm/transparent_hugepage/enabled", Setting.Form.CHOICE, word));
      case CLOCKSOURCE ->
          List.of(tree.text(CLOCK + "available_clocksource").orElse("").split("\\s+"))
                  .contains(word)
              ? List.of(Setting.text(CLOCK + "current_clocksource", word))
              : List.of();
      // Lines are the audit's; a service is stopped by its user; the others take a boot.
      case IRQ_AVOID, IRQBALANCE, ISOLCPUS, NOHZ_FULL -> List.of();
    };
  }

  private static List<Setting> governors(HostTree tree, List<String> words) {
    List<Setting> settings = new ArrayList<>();
    for (String cpu : tree.names(CPUS, "cpu[0-9]*")) {
      String file = CPUS + "/" + cpu + "/cpufreq/scaling_governor";
      if (tree.text(file).filter(now -> !words.contains(now)).isPresent()) {
        settings.add(Setting.text(file, words.get(0)));
      }
    }
    return settings;
  }

  private static List<Setting> idleStates(HostTree tree, long ns) {
    List<Setting> settings = new ArrayList<>();
    for (String cpu : tree.names(CPUS, "cpu[0-9]*")) {
      String folder = CPUS + "/" + cpu + "/cpuidle";
      for (String state : tree.names(folder, "state*")) {
        String file = folder + "/" + state + "/disable";
        long exit = CpuAudit.number(tree.value(folder + "/" + state + "/latency"), 0) * MICRO;
        if (exit > ns && "0".equals(tree.value(file))) {
          settings.add(Setting.text(file, "1"));
        }
      }
    }
    return settings;
  }
}
