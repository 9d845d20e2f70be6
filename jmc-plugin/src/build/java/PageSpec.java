import java.util.List;
import java.util.Map;
import latencyscope.jfr.schema.EventFields;

/**
 * A page of Mission Control, apart from its events and their columns.
 *
 * @param key end of its id, and what the annotation {@code Page} calls it; a module's name if the
 *     page is a module's
 * @param name what people call it
 * @param description what it shows
 * @param icon its icon
 * @param rule name of the rule of the module; null if the page is not a module's
 * @param topics topics of the rules whose results it shows
 * @param layout its tables
 * @param laneEnabled whether its lane of the page of threads is shown at first
 */
record PageSpec(
    String key,
    String name,
    String description,
    PageIcon icon,
    String rule,
    List<String> topics,
    Layout layout,
    boolean laneEnabled) {

  /**
   * A column of a table.
   *
   * @param id name of the field and its content type, joined with a colon
   * @param width pixels
   */
  record Column(String id, int width) {}

  /**
   * The tables of a page.
   *
   * @param groupBy field by which the upper table groups; null for a page without one
   * @param sort id of the column that the list is sorted by
   * @param ascending whether the smallest comes first
   * @param head columns of the list before those of the events
   * @param added columns that the plug-in makes itself, by place
   * @param types types of the JVM's own; empty for a page of our events
   */
  record Layout(
      String groupBy,
      String sort,
      boolean ascending,
      List<Column> head,
      Map<Integer, Column> added,
      List<String> types) {

    private static final Column TYPE = new Column("(eventType):type", 130);
    private static final Column START = new Column("startTime:timestamp", 190);
    private static final Column DURATION = new Column(EventFields.KERNEL_DURATION.name() + ":timespan", 144);
    private static final Column THREAD = new Column(EventFields.THREAD.name() + ":text", 150);
    private static final Column CPU = new Column(EventFields.CPU.name() + ":number", 50);

    /** What happened to threads: with how long, to which and where. */
    static Layout ofThreads() {
      return ofThreads("eventThread", List.of(TYPE, START, DURATION, THREAD, CPU));
    }

    /** The same for events of one type, by another field than the thread. */
    static Layout ofOneType(String groupBy) {
      return ofThreads(groupBy, List.of(START, DURATION, THREAD, CPU));
    }

    private static Layout ofThreads(String groupBy, List<Column> head) {
      return new Layout(groupBy, DURATION.id(), false, head, Map.of(), List.of());
    }

    /** What the capture says of itself and of its host: a list only. */
    static Layout ofStatus(String sort, boolean ascending, int typeWidth, int startWidth) {
      List<Column> head =
          List.of(new Column(TYPE.id(), typeWidth), new Column(START.id(), startWidth));
      return new Layout(null, sort, ascending, head, Map.of(), List.of());
    }

    /** With a column that no event has. */
    Layout with(int place, Column column) {
      return new Layout(groupBy, sort, ascending, head, Map.of(place, column), types);
    }

    /** Events of the JVM's own, of which this project has no classes: a list only. */
    static Layout ofJvm(List<String> types, String sort, Column... columns) {
      return new Layout(null, sort, false, List.of(columns), Map.of(), types);
    }
  }
}
