package latencyscope.fleet.compare;

/**
 * What hosts that got worse have in common, and others have less.
 *
 * @param name name of a setting
 * @param value its value; with an arrow, what it changed from and to when the hosts got worse
 * @param worse how many of those that got worse have it
 * @param allWorse how many got worse
 * @param others how many of the others have it
 * @param allOthers how many others there are
 * @param chance how likely that is if it has nothing to do with it, corrected for the number of
 *     settings
 */
public record Common(
    String name, String value, int worse, int allWorse, int others, int allOthers, double chance) {
  /** Stands between the values of a setting that has changed. */
  static final String ARROW = " → ";

  /** Whether another one says how the same hosts came to this value: that says more. */
  boolean isResultOf(Common change) {
    return name.equals(change.name)
        && change.value.endsWith(ARROW + value)
        && worse == change.worse
        && others == change.others;
  }
}
