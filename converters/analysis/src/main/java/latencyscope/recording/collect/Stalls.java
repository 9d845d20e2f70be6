package latencyscope.recording.collect;

import java.util.Locale;
import java.util.Optional;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;

/**
 * When the capture's own thread was kept from running for so long that more than the reading came
 * later: from {@code DrainStall} events. Not safe for use by several threads.
 */
public final class Stalls {
  private long stalls;
  private long longestNs;

  /** Creates one without a stall. */
  public Stalls() {}

  /** Takes a stall. */
  public void add(EventType type, Object[] values) {
    if (type.flag(values, EventFields.HARMLESS)) {
      return;
    }
    stalls++;
    longestNs = Math.max(longestNs, type.number(values, "duration", 0));
  }

  /** A sentence if there was any. */
  public Optional<String> note() {
    if (stalls == 0) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "The drain thread was kept from running %s, for %,d ms at worst. Set the agent's"
                + " option drain.cpus to a CPU that the target does not use.",
            stalls == 1 ? "once" : String.format(Locale.ROOT, "%,d times", stalls),
            longestNs / 1_000_000));
  }
}
