package latencyscope.fleet.compare;

import java.util.Comparator;
import java.util.List;

/**
 * A measure that got worse on some hosts.
 *
 * @param worst of each host the surest change, the surest host first
 * @param culprits who took more time on these hosts since then, the most first
 * @param common what these hosts have in common
 * @param together what they show together, since a setting changed; null if nothing
 */
public record Regression(
    List<Change> worst, List<CulpritRise> culprits, List<Common> common, Together together) {
  /**
   * A culprit that takes more time than before.
   *
   * @param kind of the finding
   * @param before nanoseconds per captured second before, mean over the hosts
   * @param after the same since then
   */
  public record CulpritRise(
      String module, String kind, String culprit, double before, double after) {}

  /** Copies the lists. */
  public Regression {
    worst = List.copyOf(worst);
    culprits = List.copyOf(culprits);
    common = List.copyOf(common);
  }

  /** The surest of the changes. */
  public Change surest() {
    return worst.get(0);
  }

  /** What got worse. */
  public Measure measure() {
    return surest().series().measure();
  }

  /** The day on which most of the hosts got worse. */
  public String since() {
    return worst.stream()
        .map(Change::since)
        .max(
            Comparator.comparingLong((String day) ->
                    worst.stream().filter(change -> change.since().equals(day)).count())
                .thenComparing(Comparator.reverseOrder()))
        .orElseThrow();
  }

  /** The median of the factors. */
  public double factor() {
    double[] factors = worst.stream().mapToDouble(Change::factor).sorted().toArray();
    return factors[factors.length / 2];
  }

  /** How much speaks for it: what the hosts have against it being chance, added up. */
  double evidence() {
    double ofHosts = worst.stream().mapToDouble(change -> evidence(change.chance())).sum();
    return together == null ? ofHosts : Math.max(ofHosts, evidence(together.chance()));
  }

  private static double evidence(double chance) {
    return -Math.log(Math.max(1e-300, chance));
  }
}
