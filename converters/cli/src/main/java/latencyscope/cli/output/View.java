package latencyscope.cli.output;

/**
 * How much of a report is wanted as text.
 *
 * @param details every panel, not only the first screen
 * @param top how many causes the first screen shows; 0 for as many as fit it
 */
public record View(boolean details, int top) {
  /** All that there is. */
  public static final View DETAILS = new View(true, 0);
}
