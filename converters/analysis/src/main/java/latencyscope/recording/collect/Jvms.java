package latencyscope.recording.collect;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;
import latencyscope.recording.fact.JvmInfo;

/**
 * The JVMs that recorded: from the recorder's own events, and from {@code NamespaceThread} events
 * of JVMs in a container. Not safe for use by several threads.
 */
public final class Jvms {
  private final Map<Long, JvmInfo> jvms = new LinkedHashMap<>();
  private final Map<Long, Long> hostIds = new HashMap<>();
  private String collector;
  private String virtualization;

  /** Creates one without a JVM. */
  public Jvms() {}

  /** Takes {@code jdk.JVMInformation}. */
  public void add(EventType type, Object[] values) {
    long pid = hostId(type.number(values, "pid", 0));
    JvmInfo jvm =
        new JvmInfo(pid, type.text(values, "jvmVersion"), type.text(values, "javaArguments"), null);
    jvms.remove(pid);
    jvms.put(pid, jvm);
  }

  /** Takes {@code jdk.GCConfiguration}. */
  public void addCollector(EventType type, Object[] values) {
    collector = type.text(values, "oldCollector");
  }

  /** Takes {@code jdk.VirtualizationInformation}. */
  public void addVirtualization(EventType type, Object[] values) {
    virtualization = type.text(values, "name");
  }

  /** Takes the two ids of a thread of a container. */
  public void addThread(EventType type, Object[] values) {
    hostIds.put(
        type.number(values, EventFields.NAMESPACE_THREAD_ID, 0), Values.osThreadId(type, values));
  }

  /** The id on the host of a thread or process that a JVM in a container named by its own. */
  public long hostId(long id) {
    return hostIds.getOrDefault(id, id);
  }

  /** What the machine is virtualised by, as the JVM says; null if it does not. */
  public String virtualization() {
    return virtualization;
  }

  /**
   * The target's JVM, the latest one if it is not known which that is; null if there is none.
   *
   * @param targetPid process id on the host; -1 if it is not known
   */
  public JvmInfo of(long targetPid) {
    // A recording from outside has two: the target's own, and that of the one who watched it.
    JvmInfo latest = null;
    for (JvmInfo jvm : jvms.values()) {
      latest = jvm;
    }
    JvmInfo jvm = jvms.getOrDefault(targetPid, latest);
    return jvm == null
        ? null
        : new JvmInfo(jvm.pid(), jvm.version(), jvm.command(), collectorName());
  }

  // The recorder names the collectors of the generations, such as G1Old or ZOld.
  private String collectorName() {
    if (collector == null) {
      return null;
    }
    return switch (collector) {
      case "G1Old" -> "G1";
      case "SerialOld" -> "Serial";
      case "ParallelOld" -> "Parallel";
      case "Z", "ZOld" -> "ZGC";
      default -> collector;
    };
  }
}
