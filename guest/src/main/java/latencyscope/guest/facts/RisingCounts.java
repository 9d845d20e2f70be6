package latencyscope.guest.facts;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * By how much counts of the kernel have risen, which it hands out as sums since the host began.
 * Used by one thread at a time.
 *
 * @param <K> identifies a count
 */
public final class RisingCounts<K> {
  private final Map<K, Long> last = new HashMap<>();

  /** Knows no count yet. */
  public RisingCounts() {}

  /**
   * By how much each has risen since the last call, of those that were there then and have, in the
   * order in which they are given.
   *
   * @param now all counts
   */
  public Map<K, Long> take(Map<K, Long> now) {
    Map<K, Long> rises = new LinkedHashMap<>();
    now.forEach((key, count) -> {
      Long before = last.put(key, count);
      if (before != null && count > before) {
        rises.put(key, count - before);
      }
    });
    return rises;
  }
}
