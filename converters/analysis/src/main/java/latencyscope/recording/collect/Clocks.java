package latencyscope.recording.collect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;
import latencyscope.recording.fact.ClockCheck;

/**
 * How the clocks of kernel, recorder and wall relate: from {@code ClockSync} and {@code ChunkClock}
 * events. Not safe for use by several threads.
 */
public final class Clocks {
  private final List<ClockCheck.Sync> syncs = new ArrayList<>();
  private final Map<Long, Long> chunkOffsets = new HashMap<>();
  private OptionalLong monotonicOffset = OptionalLong.empty();
  private long leastOffset = Long.MAX_VALUE;
  private long mostOffset = Long.MIN_VALUE;

  /** Creates one without a comparison. */
  public Clocks() {}

  /** Takes a comparison of kernel's and recorder's clock. */
  public void addSync(EventType type, Object[] values) {
    if (type.has(EventFields.RECORDER_TIME)) {
      long offset =
          type.number(values, EventFields.RECORDER_TIME, 0)
              - type.number(values, EventFields.MONOTONIC, 0);
      monotonicOffset = monotonicOffset.isEmpty() ? OptionalLong.of(offset) : monotonicOffset;
      leastOffset = Math.min(leastOffset, offset);
      mostOffset = Math.max(mostOffset, offset);
    }
    syncs.add(
        new ClockCheck.Sync(
            type.number(values, EventFields.TICKS, 0),
            type.number(values, EventFields.MONOTONIC, 0),
            type.number(values, EventFields.UNCERTAINTY, 0)));
  }

  /** Takes what has to be added to the times of a chunk. */
  public void addChunk(EventType type, Object[] values) {
    chunkOffsets.put(
        type.number(values, EventFields.CHUNK_START, 0),
        type.number(values, EventFields.OFFSET, 0));
  }

  /** What has to be added to the times of a chunk, nanoseconds. */
  public long chunkOffset(long chunkStart) {
    return chunkOffsets.getOrDefault(chunkStart, 0L);
  }

  /** What the recorder's clock is ahead of the kernel's monotonic one, nanoseconds. */
  public OptionalLong monotonicOffset() {
    return monotonicOffset;
  }

  /** By how much the recorder's clock moved against the kernel's monotonic one, nanoseconds. */
  public long wallDriftNs() {
    return monotonicOffset.isEmpty() ? 0 : mostOffset - leastOffset;
  }

  /** Whether the clocks drifted apart. */
  public ClockCheck check() {
    return ClockCheck.of(syncs);
  }
}
