package latencyscope.jfr.schema;

/** Name of a field of an event, with the kind of its value. */
public sealed interface EventField permits TextField, NumberField, FlagField {
  /** As in recordings. */
  String name();
}
