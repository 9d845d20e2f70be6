package latencyscope.analysis.tally;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Adds up events of one type by the key of their causes, and keeps the worst of each.
 *
 * <p>Bounded: beyond a number of causes further ones share one entry. Not safe for use by several
 * threads.
 *
 * @param <K> what distinguishes causes
 * @param <E> the event
 */
public final class Tally<K, E extends Timed> {
  private static final int MAX_KEYS = 50_000;

  private final ToLongFunction<E> cost;
  private final Function<E, K> key;
  private final Function<E, K> coarseKey;
  private final Comparator<E> order;
  private final Map<K, Sum<E>> sums = new LinkedHashMap<>();

  /**
   * Events of one cause.
   *
   * @param count how many
   * @param total what they cost in all, nanoseconds
   * @param worst the one that cost most, of several the earliest
   */
  public record Sum<E>(long count, long total, E worst) {
    Sum<E> plus(Sum<E> other, Comparator<E> order) {
      E max = BinaryOperator.<E>maxBy(order).apply(worst, other.worst);
      return new Sum<>(count + other.count, total + other.total, max);
    }
  }

  /**
   * @param cost what an event cost, nanoseconds
   * @param key distinguishes causes
   * @param coarseKey distinguishes fewer causes; used when there are too many
   */
  public Tally(ToLongFunction<E> cost, Function<E, K> key, Function<E, K> coarseKey) {
    this.cost = cost;
    this.key = key;
    this.coarseKey = coarseKey;
    order = Timed.byCost(cost);
  }

  public void add(E event) {
    K exact = key.apply(event);
    boolean room = sums.size() < MAX_KEYS || sums.containsKey(exact);
    Sum<E> one = new Sum<>(1, cost.applyAsLong(event), event);
    sums.merge(room ? exact : coarseKey.apply(event), one, this::add);
  }

  private Sum<E> add(Sum<E> a, Sum<E> b) {
    return a.plus(b, order);
  }

  /** The sums of the causes that pass, those with the same second key as one. */
  public <G> Map<G, Sum<E>> by(Function<K, G> group, Predicate<K> filter) {
    Map<G, Sum<E>> groups = new LinkedHashMap<>();
    sums.forEach((k, sum) -> {
      if (filter.test(k)) {
        groups.merge(group.apply(k), sum, this::add);
      }
    });
    return groups;
  }

  /** All events of the causes that pass; null if there is none. */
  public Sum<E> all(Predicate<K> filter) {
    List<Sum<E>> one = new ArrayList<>(by(k -> "", filter).values());
    return one.isEmpty() ? null : one.get(0);
  }
}
