package latencyscope.analysis;

import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.event.Distribution;

/**
 * A distribution that a report shows by its percentiles.
 *
 * @param title what was measured
 * @param noun one of its occurrences
 * @param plural several of them
 * @param distribution all occurrences
 */
public record Quantiles(String title, String noun, String plural, Distribution distribution) {
  /**
   * A distribution of what events of a type are about.
   *
   * @param type its name, of {@link EventTypes}
   */
  public Quantiles(String title, String type, Distribution distribution) {
    this(title, EventTypes.of(type), distribution);
  }

  private Quantiles(String title, EventDescription type, Distribution distribution) {
    this(title, type.noun(), type.plural(), distribution);
  }
}
