package latencyscope.jfr.schema;

/**
 * Name of a field whose value is a number; times are nanoseconds.
 *
 * @param name as in recordings
 */
public record NumberField(String name) implements EventField {}
