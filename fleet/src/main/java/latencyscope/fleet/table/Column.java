package latencyscope.fleet.table;

/**
 * A column of a table.
 *
 * @param name its name, which ends with its unit if it has one
 * @param type what it holds
 * @param meaning a sentence for docs/tables.md, without its full stop
 */
public record Column(String name, Type type, String meaning) {
  /** What a column holds, by the name that SQL has for it. */
  public enum Type {
    /** Whole numbers. */
    BIGINT,
    /** Yes or no. */
    BOOLEAN,
    /** Text. */
    VARCHAR
  }
}
