package latencyscope.tune;

/**
 * One value to write.
 *
 * @param before the value that is there
 * @param after the value to write
 */
record Change(Place place, String before, String after) {}
