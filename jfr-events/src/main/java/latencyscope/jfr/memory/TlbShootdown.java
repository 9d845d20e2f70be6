package latencyscope.jfr.memory;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Profile;
import latencyscope.jfr.schema.Count;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.PageColumn;
import latencyscope.jfr.schema.Particular;

/**
 * A thread's CPU was interrupted to forget address translations, because another CPU had changed
 * them.
 *
 * <p>Source: {@code csd_function_entry} and {@code csd_function_exit} around the kernel's {@code
 * flush_tlb_func}, and {@code tlb_flush} on the sender's side. Kernels before 6.5 (949fa3f11ced) do
 * not trace the former: then the duration is 0 and the sender is not known. {@link #cpu} is the
 * victim's. The way into the interrupt and out of it is not part of the duration, and costs more
 * than that: so every one is an event, in every profile.
 */
@Name("latencyscope.TlbShootdown")
@Label("TLB Shootdown")
@Description("CPU was interrupted by another one to flush translations")
@Category({"LatencyScope", "memory"})
@Threshold(Profile.EVERY_ONE)
@Occurrence(noun = "TLB shootdown", ledgerCause = "local_interrupt", cost = "TLB shootdown")
@RemoveFields({"eventThread", "stackTrace"})
public final class TlbShootdown extends KernelEvent {
  /** Pages whose translations were to be forgotten; 0 for all of the address space. */
  @Label("Pages")
  @Description("Pages to forget; 0 is all of the address space")
  @PageColumn(value = 8, width = 70)
  @Count
  public long pages;

  /** Kernel name of the task that changed the mapping; null if it is not known. */
  @Label("Sender")
  @Description("Task that changed the mapping")
  @Culprit
  @Particular
  @PageColumn(value = 7, width = 130)
  public String sender;

  /** Thread id of the sender in the initial pid namespace; 0 if it is not known. */
  @Label("Sender Thread Id")
  public long senderTid;

  /** Process id of the sender in the initial pid namespace; 0 if it is not known. */
  @Label("Sender Process Id")
  public long senderPid;

  /** CPU of the sender; the victim's own if it is not known. */
  @Label("Sender CPU")
  public int senderCpu;

  /** Creates an empty event. */
  public TlbShootdown() {}
}
