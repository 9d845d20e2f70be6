package latencyscope.fleet.compare;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which settings the hosts have, and when these changed. Immutable once it is made. */
final class SettingHistory {
  /** Values by day, by name, by host. */
  private final Map<String, Map<String, TreeMap<String, String>>> byHost = new HashMap<>();

  /**
   * A setting.
   *
   * @param value its value; with an arrow, what it changed from and to
   */
  record Setting(String name, String value) {}

  SettingHistory(List<FleetData.FactDay> facts) {
    for (FleetData.FactDay fact : facts) {
      byHost
          .computeIfAbsent(fact.host(), host -> new HashMap<>())
          .computeIfAbsent(fact.name(), name -> new TreeMap<>())
          .put(fact.day(), fact.value());
    }
  }

  /** The hosts of which any setting is known. */
  Set<String> hosts() {
    return byHost.keySet();
  }

  /** The hosts that have a setting now, or on which it changed. */
  Map<Setting, Set<String>> holders() {
    Map<Setting, Set<String>> holders = new HashMap<>();
    byHost.forEach((host, settings) ->
        settings.forEach((name, days) ->
            holders
                .computeIfAbsent(
                    new Setting(name, days.lastEntry().getValue()), setting -> new HashSet<>())
                .add(host)));
    changes().forEach((change, days) -> holders.put(change, days.keySet()));
    return holders;
  }

  /**
   * The hosts on which a setting changed, with the first day of the new value, or the last such.
   */
  Map<Setting, Map<String, String>> changes() {
    Map<Setting, Map<String, String>> changes = new HashMap<>();
    byHost.forEach((host, settings) ->
        settings.forEach((name, days) -> {
          String before = null;
          for (Map.Entry<String, String> day : days.entrySet()) {
            String value = day.getValue();
            if (before != null && !before.equals(value)) {
              changes
                  .computeIfAbsent(
                      new Setting(name, before + Common.ARROW + value), change -> new TreeMap<>())
                  .put(host, day.getKey());
            }
            before = value;
          }
        }));
    return changes;
  }
}
