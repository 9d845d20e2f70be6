package latencyscope.tune;

import java.util.List;

/**
 * Changes that are made, judged and taken back together.
 *
 * @param name what they are about, in a few words
 * @param why they are made, as a sentence
 */
record Step(String name, String why, List<Change> changes) {
  Step {
    changes = List.copyOf(changes);
  }
}
