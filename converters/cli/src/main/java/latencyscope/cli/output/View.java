package latencyscope.cli.output;

import java.util.List;

/**
 * How much of a report is wanted as text.
 *
 * @param details every panel, not only the first screen
 * @param top how many causes the first screen shows; 0 for as many as fit it
 * @param modules whose panels are wanted; empty for all
 */
public record View(boolean details, int top, List<String> modules) {
  /** All that there is. */
  public static final View DETAILS = new View(true, 0, List.of());

  /** Copies the list. */
  public View {
    modules = List.copyOf(modules);
  }
}
