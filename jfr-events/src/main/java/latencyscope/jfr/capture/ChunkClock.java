package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.schema.Count;

/**
 * By how much the times of a chunk of another JVM's recording are early.
 *
 * <p>JDKs before 17 write when a chunk began in whole milliseconds, rounded down, and all its times
 * follow from that. A capture from outside derives the rest from what the kernel saw the same
 * threads do, and writes this before the JVM's own part of the recording.
 */
@Name("latencyscope.ChunkClock")
@Label("Chunk Clock")
@Description("By how much the times of a chunk of the target's own recording are early")
@Category({"LatencyScope", "capture"})
@RemoveFields({"eventThread", "stackTrace"})
public final class ChunkClock extends Event {
  /** When the chunk began, by its header, nanoseconds since the epoch. */
  @Label("Chunk Start")
  @Description("When the chunk began, by its header, nanoseconds since the epoch")
  public long chunkStart;

  /** What has to be added to its times. */
  @Label("Offset")
  @Timespan(Timespan.NANOSECONDS)
  public long offset;

  /** How many waits of its threads agree on that. */
  @Label("Matches")
  @Count
  public long matches;

  /** How many there were to agree. */
  @Label("Waits")
  @Count
  public long waits;

  /** Creates an empty event. */
  public ChunkClock() {}
}
