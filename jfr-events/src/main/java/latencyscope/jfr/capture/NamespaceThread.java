package latencyscope.jfr.capture;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.internal.RemoveFields;

/**
 * The two ids of a thread in a container, so that what its JVM recorded of itself is put on the
 * thread that the kernel means.
 *
 * <p>Written by a capture from outside: of every thread that it counted, and before the JVM's own
 * part of the recording, where it is read.
 */
@Name("latencyscope.NamespaceThread")
@Label("Namespace Thread")
@Description("A thread of a container by its id there and on the host")
@Category({"LatencyScope", "capture"})
@RemoveFields({"eventThread", "stackTrace"})
public final class NamespaceThread extends Event {
  /** Its id on the host, as all other events have it. */
  @Label("OS Thread Id")
  public long osThreadId;

  /** Its id in the container, as the JVM there has it. */
  @Label("Namespace Thread Id")
  public long namespaceThreadId;

  /** Creates an empty event. */
  public NamespaceThread() {}
}
