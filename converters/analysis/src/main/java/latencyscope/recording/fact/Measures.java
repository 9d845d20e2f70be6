package latencyscope.recording.fact;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import latencyscope.recording.event.Distribution;

/**
 * What was measured, added up by module, measure and whose it is. Not safe for use by several
 * threads while it is being filled.
 *
 * @param <K> whose a measure is
 */
public final class Measures<K> {
  private final Map<String, Map<String, Map<K, Distribution>>> distributions = new TreeMap<>();
  private final Map<String, Map<String, Map<K, Long>>> counts = new TreeMap<>();

  public void add(String module, String measure, K whose, Distribution distribution) {
    distributions
        .computeIfAbsent(module, m -> new TreeMap<>())
        .computeIfAbsent(measure, m -> new LinkedHashMap<>())
        .merge(whose, distribution, Distribution::plus);
  }

  public void add(String module, String measure, K whose, long value) {
    counts
        .computeIfAbsent(module, m -> new TreeMap<>())
        .computeIfAbsent(measure, m -> new LinkedHashMap<>())
        .merge(whose, value, Long::sum);
  }

  /** Distributions by whose they are; empty if the measure is not in the recording. */
  public Map<K, Distribution> distributions(String module, String measure) {
    return Collections.unmodifiableMap(
        distributions.getOrDefault(module, Map.of()).getOrDefault(measure, Map.of()));
  }

  /** Distributions of a module by measure and whose they are. */
  public Map<String, Map<K, Distribution>> distributions(String module) {
    return Collections.unmodifiableMap(distributions.getOrDefault(module, Map.of()));
  }

  /** Whether there is any distribution of a module. */
  public boolean hasDistributions(String module) {
    return distributions.containsKey(module);
  }

  /** Whose the distributions of a module are. */
  public Set<K> withDistributions(String module) {
    Set<K> whose = new LinkedHashSet<>();
    distributions.getOrDefault(module, Map.of()).values().forEach(by -> whose.addAll(by.keySet()));
    return whose;
  }

  /** Counts of a module by measure and whose they are. */
  public Map<String, Map<K, Long>> counts(String module) {
    return Collections.unmodifiableMap(counts.getOrDefault(module, Map.of()));
  }
}
