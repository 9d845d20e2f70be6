package latencyscope.fleet.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds what the hosts of a regression have in common (Fisher's exact test). */
final class CommonFacts {
  private static final int MOST = 5;

  /** How a setting changed on a host: values by day. */
  private final Map<String, Map<String, TreeMap<String, String>>> byHost = new HashMap<>();

  private record Fact(String name, String value) {}

  CommonFacts(List<FleetData.FactDay> facts) {
    for (FleetData.FactDay fact : facts) {
      byHost
          .computeIfAbsent(fact.host(), host -> new HashMap<>())
          .computeIfAbsent(fact.name(), name -> new TreeMap<>())
          .put(fact.day(), fact.value());
    }
  }

  /**
   * What they have in common, the surest first.
   *
   * @param since when each host got worse
   */
  List<Common> of(Map<String, String> since) {
    Map<Fact, Set<String>> holders = new HashMap<>();
    byHost.forEach((host, facts) ->
        facts.forEach((name, days) -> {
          String last = days.lastEntry().getValue();
          holders.computeIfAbsent(new Fact(name, last), f -> new HashSet<>()).add(host);
          changes(days)
              .forEach(change ->
                  holders.computeIfAbsent(new Fact(name, change), f -> new HashSet<>()).add(host));
        }));
    int worse = (int) since.keySet().stream().filter(byHost::containsKey).count();
    int others = byHost.size() - worse;
    List<Common> common = new ArrayList<>();
    holders.forEach((fact, hosts) -> {
      int of = (int) hosts.stream().filter(since::containsKey).count();
      int ofOthers = hosts.size() - of;
      double chance = atLeast(of, worse, hosts.size(), byHost.size());
      common.add(
          new Common(
              fact.name(),
              fact.value(),
              of,
              worse,
              ofOthers,
              others,
              Math.min(1, chance * holders.size())));
    });
    return common.stream()
        .filter(one -> one.chance() <= Change.SURE && common.stream().noneMatch(one::isResultOf))
        .sorted(Comparator.comparingDouble(Common::chance).thenComparing(Common::name))
        .limit(MOST)
        .toList();
  }

  private static Set<String> changes(TreeMap<String, String> days) {
    Set<String> changes = new HashSet<>();
    String before = null;
    for (String value : days.values()) {
      if (before != null && !before.equals(value)) {
        changes.add(before + Common.ARROW + value);
      }
      before = value;
    }
    return changes;
  }

  /** The chance that of n drawn from all, at least k are among those that are marked. */
  static double atLeast(int k, int n, int marked, int all) {
    double chance = 0;
    for (int i = k; i <= Math.min(n, marked); i++) {
      if (n - i <= all - marked) {
        chance += Math.exp(choose(marked, i) + choose(all - marked, n - i) - choose(all, n));
      }
    }
    return Math.min(1, chance);
  }

  private static double choose(int n, int k) {
    double log = 0;
    for (int i = 1; i <= k; i++) {
      log += Math.log(n - k + i) - Math.log(i);
    }
    return log;
  }
}
