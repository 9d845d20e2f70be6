package latencyscope.jfr.memory;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.MemoryAddress;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.OnPage;
import latencyscope.jfr.PageLookup;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.NoValue;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread touched memory that was not mapped, and the kernel gave it a page.
 *
 * <p>Source: the {@code page_fault_user} and {@code page_fault_kernel} tracepoints for the begin,
 * the software events {@code page-faults-min} and {@code page-faults-maj} for the end, which come
 * with the kernel's own verdict. A fault that ends in a signal, as HotSpot's null checks and
 * safepoint polls do, is none. The duration is 0 where the begin was not seen: on CPUs other than
 * x86 the kernel does not trace it.
 */
@Name("latencyscope.PageFault")
@Label("Page Fault")
@Description("Thread touched memory that was not mapped")
@Category({"LatencyScope", "memory"})
@Threshold("10 us")
@Occurrence(
    noun = "page fault",
    ledgerCause = "page_fault",
    cost = "page fault",
    trigger = "fault",
    latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class PageFault extends KernelEvent implements OnPage {
  /** {@code minor}, or {@code major} if it had to wait for a device. */
  @Label("Kind")
  @Description("minor, or major if the page had to be read from a device")
  @Particular
  @PageColumn(value = 1, width = 80)
  public String kind;

  /** {@code user} or {@code kernel}, as in a system call that copies; else {@code unknown}. */
  @Label("Mode")
  @Description("Where the access was made: user, or kernel on behalf of the thread")
  public String mode;

  /** {@code read}, {@code write}, {@code execute}, or {@code unknown}. */
  @Label("Access")
  @Description("read, write or execute")
  @PageColumn(2)
  public String access;

  /** Address that was touched. */
  @Label("Address")
  @MemoryAddress
  @PageColumn(value = 4, width = 130)
  public long address;

  /**
   * {@code java-heap}, {@code code-cache}, {@code metaspace}, {@code thread-stack}, {@code
   * mapped-file}, {@code anonymous}, or {@code unknown}.
   */
  @Label("Region")
  @Description("What the memory is used for")
  @Culprit(1)
  @Particular(1)
  @PageColumn(value = 3, width = 110)
  public String region;

  /** Path of the mapped file; null if it is none, or if the region has a better name. */
  @Label("File")
  @Description("Mapped file that the address belongs to")
  @Culprit
  @PageColumn(value = 5, width = 250)
  public String file;

  /** Offset in the mapped file that the address stands for, bytes. */
  @Label("File Offset")
  @Description("Offset in the mapped file, bytes")
  @DataAmount
  @PageColumn(6)
  public long fileOffset;

  /**
   * Where in the program the thread was, see {@link latencyscope.jfr.StackText}; null if unknown.
   */
  @Label("Stack")
  @Description("Frames of the program, the innermost first; \u2026 where they could not be found")
  public String stack;

  // Not public: what is public comes from the kernel's record.
  @Label("Page's Node")
  @Description("NUMA node that the page was on when the record was read; -1 if not known")
  @NoValue
  private int pageNode = PageLookup.UNKNOWN;

  @Label("CPU's Node")
  @Description("NUMA node of the CPU that the fault happened on; -1 if not known")
  @NoValue
  private int cpuNode = PageLookup.UNKNOWN;

  /** Creates an empty event. */
  public PageFault() {}

  @Override
  public void locate(PageLookup pages) {
    pageNode = pages.nodeOfPage(osThreadId, address);
    cpuNode = pages.nodeOfCpu(cpu);
    // The kernel's programs cannot ask for a mapping while another thread is changing one.
    boolean mayBeOfFile =
        region == null || region.equals("mapped-file") || region.equals("unknown");
    PageLookup.InFile place = file == null && mayBeOfFile ? pages.fileAt(address) : null;
    if (place != null) {
      file = place.path();
      fileOffset = place.offset();
    }
  }
}
