package latencyscope.tune;

import java.util.List;

/**
 * Changes that are made, judged and taken back together.
 *
 * @param name what they are about, in a few words
 * @param why they are made, as a sentence
 * @param named whether the ledger or the contract names what they change; else it is known to help
 *     in general
 */
record Step(String name, String why, boolean named, List<Change> changes) {
  Step {
    changes = List.copyOf(changes);
  }
}
