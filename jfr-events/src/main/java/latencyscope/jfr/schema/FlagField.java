package latencyscope.jfr.schema;

/**
 * Name of a field whose value is true or false.
 *
 * @param name as in recordings
 */
public record FlagField(String name) implements EventField {}
