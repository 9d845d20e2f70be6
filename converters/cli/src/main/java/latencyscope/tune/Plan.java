package latencyscope.tune;

import java.util.List;

/**
 * What is to be written.
 *
 * @param steps in the order in which they are written
 * @param atBoot what only the next boot changes, as sentences
 * @param byHand what the user has to do, as sentences or commands
 */
public record Plan(List<Step> steps, List<String> atBoot, List<String> byHand) {
  /** Copies the lists. */
  public Plan {
    steps = List.copyOf(steps);
    atBoot = List.copyOf(atBoot);
    byHand = List.copyOf(byHand);
  }

  /** Whether nothing is to be written. */
  public boolean isEmpty() {
    return steps.isEmpty();
  }

  /** How many values are to be written. */
  int values() {
    return steps.stream().mapToInt(step -> step.changes().size()).sum();
  }
}
