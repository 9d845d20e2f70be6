package latencyscope.jfr.memory;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Particular;

/**
 * A thread that wanted memory had to make room for it itself.
 *
 * <p>Source: {@code mm_vmscan_direct_reclaim_begin} and {@code _end}, {@code
 * mm_vmscan_memcg_reclaim_begin} and {@code _end}, {@code mm_compaction_begin} and {@code _end}. A
 * compaction is one event for each memory zone.
 */
@Name("latencyscope.MemoryStall")
@Label("Memory Stall")
@Description("Thread had to reclaim or compact memory before it got any")
@Category({"LatencyScope", "memory"})
@Threshold("10 us")
@Occurrence(
    noun = "memory stall",
    ledgerCause = "memory_stall",
    cost = "memory stall",
    trigger = "stall",
    latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class MemoryStall extends KernelEvent {
  /**
   * {@code reclaim} (the machine is short of memory), {@code cgroup-reclaim} (the control group is
   * at its limit) or {@code compaction} (no run of free pages was long enough).
   */
  @Label("Kind")
  @Description("reclaim, cgroup-reclaim or compaction")
  @Culprit
  @Particular
  public String kind;

  /** Pages that were reclaimed; 0 for compaction. */
  @Label("Pages")
  @Description("Pages that were reclaimed")
  @Count
  public long pages;

  /** Creates an empty event. */
  public MemoryStall() {}
}
