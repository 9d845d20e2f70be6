package latencyscope.recording.collect;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;
import latencyscope.recording.fact.Intervals;
import latencyscope.recording.fact.Loss;

/**
 * What was lost, and where: from {@code RecordsLost} events and the recorder's own. Not safe for
 * use by several threads.
 */
public final class Losses {
  private final Notes notes;
  private final Intervals intervals;
  private final Map<String, Loss> losses = new LinkedHashMap<>();

  /**
   * Creates one without a loss.
   *
   * @param notes where is said what the recorder lost
   * @param intervals learns when records were lost
   */
  public Losses(Notes notes, Intervals intervals) {
    this.notes = notes;
    this.intervals = intervals;
  }

  /** Takes a loss of the capture. */
  public void add(EventType type, Object[] values) {
    intervals.lost(
        type.text(values, EventFields.MODULE), type.number(values, "startTime", Long.MAX_VALUE));
    addLoss(
        type.text(values, EventFields.MODULE),
        type.text(values, EventFields.TYPE),
        type.text(values, EventFields.REASON),
        type.number(values, EventFields.COUNT, 0));
  }

  private void addLoss(String module, String type, String reason, long count) {
    losses.merge(
        module + '/' + type + '/' + reason,
        new Loss(module, type, reason, count),
        (a, b) -> new Loss(module, type, reason, a.count() + b.count()));
  }

  /** Takes a loss of the flight recorder. */
  // The recorder counts bytes, not events: how many were lost is unknown, that some were is not.
  public void addOfRecorder(EventType type, Object[] values) {
    intervals.lost(null, type.number(values, "startTime", Long.MAX_VALUE));
    notes.add(
        "The flight recorder itself dropped data (jdk.DataLoss, "
            + type.number(values, "amount", 0)
            + " bytes at once): give it larger buffers, -XX:FlightRecorderOptions:memorysize=64m.");
  }

  /** Losses by module, type and reason. */
  public List<Loss> all() {
    return List.copyOf(losses.values());
  }
}
