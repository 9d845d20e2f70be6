package latencyscope.ledger.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;

/**
 * Adds up the ledgers of many windows, and keeps what each cause took of which.
 *
 * <p>Bounded: beyond a number of culprits further ones of a cause count as one. Used by one thread.
 */
final class Sums {
  private static final int MAX_KEYS = 2_000;
  private static final String OTHERS = "others";

  private final Map<Part.Key, Share> shares = new HashMap<>();
  private final List<Long> lengths = new ArrayList<>();
  private long unexplained;

  /** What one cause took of which windows. */
  private static final class Share {
    int[] window = new int[4];
    long[] ns = new long[4];
    int used;
    long total;
    long longest;
    int stretches;
    int cpu;

    void add(int index, Part part) {
      if (used > 0 && window[used - 1] == index) {
        ns[used - 1] += part.ns();
      } else {
        if (used == ns.length) {
          window = Arrays.copyOf(window, used * 2);
          ns = Arrays.copyOf(ns, used * 2);
        }
        window[used] = index;
        ns[used++] = part.ns();
      }
      cpu = total == 0 || cpu == part.cpu() ? part.cpu() : -1;
      total += part.ns();
      longest = Math.max(longest, part.longest());
      stretches += part.stretches();
    }
  }

  void add(Ledger ledger) {
    int index = lengths.size();
    lengths.add(ledger.window().duration());
    unexplained += ledger.unexplained();
    for (Part part : ledger.parts()) {
      Part.Key key = part.key();
      if (shares.size() >= MAX_KEYS && !shares.containsKey(key)) {
        key = new Part.Key(part.cause(), OTHERS);
      }
      shares.computeIfAbsent(key, k -> new Share()).add(index, part);
    }
  }

  int windows() {
    return lengths.size();
  }

  long unexplained() {
    return unexplained;
  }

  /** Each cause's time in all windows, the longest first. */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    shares.forEach((key, share) ->
        parts.add(
            new Part(
                key.cause(),
                key.culprit(),
                null,
                null,
                share.cpu,
                share.total,
                share.longest,
                share.stretches)));
    parts.sort(
        Comparator.comparingLong(Part::ns)
            .reversed()
            .thenComparing(Part::cause)
            .thenComparing(Part::culprit, Comparator.nullsFirst(Comparator.naturalOrder())));
    return parts;
  }

  /**
   * What the windows would be without one cause, for those causes that change most: by the sum of
   * the shares by which the given percentiles shrink.
   */
  List<Counterfactual> without(int count, Sorted lengths, List<Double> percents) {
    List<Counterfactual> all = new ArrayList<>();
    shares.forEach((key, share) -> {
      if (isRemovable(key.cause())) {
        all.add(
            new Counterfactual(
                key.cause(), key.culprit(), share.cpu, share.total, share.used, rest(share)));
      }
    });
    all.sort(
        Comparator.comparingDouble((Counterfactual one) -> left(one, lengths, percents))
            .thenComparing(Comparator.comparingLong(Counterfactual::total).reversed())
            .thenComparing(Counterfactual::cause)
            .thenComparing(
                Counterfactual::culprit, Comparator.nullsFirst(Comparator.naturalOrder())));
    return List.copyOf(all.subList(0, Math.min(count, all.size())));
  }

  private static double left(Counterfactual one, Sorted lengths, List<Double> percents) {
    return percents.stream()
        .filter(percent -> lengths.percentile(percent) > 0)
        .mapToDouble(p -> (double) one.without().percentile(p) / lengths.percentile(p))
        .sum();
  }

  // Nobody can take out what the thread itself did.
  private static boolean isRemovable(Cause cause) {
    return cause != Cause.ON_CPU && cause != Cause.SYSCALL && cause != Cause.UNEXPLAINED;
  }

  private Sorted rest(Share share) {
    long[] rest = lengths.stream().mapToLong(Long::longValue).toArray();
    for (int i = 0; i < share.used; i++) {
      rest[share.window[i]] -= share.ns[i];
    }
    return new Sorted(rest);
  }
}
