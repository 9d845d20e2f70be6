package latencyscope.fleet.compare;

import java.util.List;

/**
 * What a measure did on the hosts on which one setting has changed, against the others.
 *
 * @param name of the setting
 * @param value what it changed from and to
 * @param changes of each host from the day of its change on; their chances are those of the host by
 *     itself
 * @param others how many hosts they were compared with
 * @param factor what they rose by beyond the others, the median of the hosts
 * @param chance how likely such a difference between them and the others is by chance, corrected
 *     for the number of such comparisons
 */
public record Together(
    String name, String value, List<Change> changes, int others, double factor, double chance) {
  /** Copies the list. */
  public Together {
    changes = List.copyOf(changes);
  }

  /** What was compared. */
  public Measure measure() {
    return changes.get(0).series().measure();
  }

  /** Whether they rose more than the others, and that is no chance. */
  boolean isWorse() {
    return chance <= Change.SURE && factor > 1 + Change.MATERIAL;
  }
}
