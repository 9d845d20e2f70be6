package latencyscope.fleet.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds what the hosts of a regression have in common (Fisher's exact test). */
final class CommonFacts {
  private static final int MOST = 5;

  private final Set<String> allHosts;
  private final Map<SettingHistory.Setting, Set<String>> holders;

  CommonFacts(SettingHistory settings) {
    allHosts = settings.hosts();
    holders = settings.holders();
  }

  /**
   * What they have in common, the surest first.
   *
   * @param since when each host got worse
   */
  List<Common> of(Map<String, String> since) {
    int worse = (int) since.keySet().stream().filter(allHosts::contains).count();
    int others = allHosts.size() - worse;
    List<Common> common = new ArrayList<>();
    holders.forEach((setting, hosts) -> {
      int of = (int) hosts.stream().filter(since::containsKey).count();
      int ofOthers = hosts.size() - of;
      double chance = atLeast(of, worse, hosts.size(), allHosts.size());
      common.add(
          new Common(
              setting.name(),
              setting.value(),
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
