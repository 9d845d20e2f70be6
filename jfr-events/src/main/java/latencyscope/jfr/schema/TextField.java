package latencyscope.jfr.schema;

/**
 * Name of a field whose value is a text.
 *
 * @param name as in recordings
 */
public record TextField(String name) implements EventField {}
