package latencyscope.jfr.sync;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;
import jdk.jfr.internal.RemoveFields;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.schema.Culprit;
import latencyscope.jfr.schema.Occurrence;
import latencyscope.jfr.schema.Particular;

/**
 * A thread waited until what it had written to a file was on the disk.
 *
 * <p>Source: {@code sys_enter} and {@code sys_exit} of fsync and fdatasync.
 */
@Name("latencyscope.FileSync")
@Label("File Sync")
@Description("Thread waited until a file was on its disk")
@Category({"LatencyScope", "sync"})
@Threshold("1 us")
@Occurrence(
    noun = "file sync",
    ledgerCause = "syscall",
    cost = "file sync",
    trigger = "sync",
    latency = true)
@RemoveFields({"eventThread", "stackTrace"})
public final class FileSync extends KernelEvent {
  /** {@code file}, or {@code data} for a call that leaves attributes alone. */
  @Label("Scope")
  @Description("file, or data for a call that leaves attributes alone")
  @Culprit
  @Particular
  public String scope;

  /** The file's descriptor. */
  @Label("Descriptor")
  @Description("Descriptor of the file")
  public long descriptor;

  /** Creates an empty event. */
  public FileSync() {}
}
