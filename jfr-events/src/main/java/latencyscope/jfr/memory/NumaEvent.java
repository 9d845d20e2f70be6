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
 * A thread had to move pages from one place in memory to another, mostly to another NUMA node.
 *
 * <p>Source: {@code mm_migrate_pages_start} and {@code mm_migrate_pages}, in the thread's own
 * context: automatic NUMA balancing moves pages in a page fault of the thread that touched them.
 */
@Name("latencyscope.NumaEvent")
@Label("Page Migration")
@Description("Thread had to move pages, mostly to another NUMA node")
@Category({"LatencyScope", "memory"})
@Threshold("1 us")
@Occurrence(noun = "page migration", ledgerCause = "memory_stall", cost = "page migration")
@RemoveFields({"eventThread", "stackTrace"})
public final class NumaEvent extends KernelEvent {
  /**
   * {@code numa-balancing}, {@code compaction}, {@code syscall}, {@code mempolicy}, {@code
   * memory-hotplug}, {@code memory-failure} or {@code other}.
   */
  @Label("Reason")
  @Description("Why pages were moved: numa-balancing, compaction, syscall, mempolicy and so on")
  @Culprit
  @Particular
  public String reason;

  /** Pages that were moved. */
  @Label("Pages")
  @Description("Pages that were moved")
  @Count
  public long pages;

  /** Pages that could not be moved. */
  @Label("Failed Pages")
  @Description("Pages that could not be moved")
  @Count
  public long failedPages;

  /** Creates an empty event. */
  public NumaEvent() {}
}
