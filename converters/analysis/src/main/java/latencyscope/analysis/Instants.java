package latencyscope.analysis;

import java.time.Instant;

/** Writes a time as ISO 8601 in UTC, to the nanosecond. */
public final class Instants {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private Instants() {}

  public static String iso(long epochNs) {
    return Instant.ofEpochSecond(
            Math.floorDiv(epochNs, NANOS_PER_SECOND), Math.floorMod(epochNs, NANOS_PER_SECOND))
        .toString();
  }
}
