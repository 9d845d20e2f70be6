package latencyscope.timeline;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.jfr.schema.TaskField;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Turns the events of a recording into slices, one by one. Not safe for use by several threads.
 *
 * <p>Kernel events of every module, also of those that came later than this class; of the JVM its
 * pauses and what its threads blocked in; and every event of a program's own.
 */
public final class Slices implements EventConsumer {
  private static final Set<String> JDK =
      Set.of(
          "jdk.GarbageCollection",
          "jdk.GCPhasePause",
          "jdk.GCPhasePauseLevel1",
          "jdk.SafepointBegin",
          "jdk.SafepointEnd",
          "jdk.SafepointStateSynchronization",
          "jdk.ExecuteVMOperation",
          "jdk.ZAllocationStall",
          "jdk.JavaMonitorEnter",
          "jdk.JavaMonitorWait",
          "jdk.ThreadPark",
          "jdk.ThreadSleep",
          "jdk.VirtualThreadPinned",
          "jdk.SocketRead",
          "jdk.SocketWrite",
          "jdk.FileRead",
          "jdk.FileWrite",
          "jdk.FileForce");

  // The thread that commits these means nothing: they are of the JVM as a whole.
  private static final Set<String> WHOLE_JVM =
      Set.of(
          "jdk.GarbageCollection",
          "jdk.GCPhasePause",
          "jdk.GCPhasePauseLevel1",
          "jdk.SafepointBegin",
          "jdk.SafepointEnd",
          "jdk.SafepointStateSynchronization",
          "jdk.ExecuteVMOperation");

  private static final ThreadId NOBODY = new ThreadId(0, "", 0);

  private final Consumer<Slice> consumer;
  private final Names fullNames;
  private final Map<String, String> labels = new HashMap<>();

  /**
   * Creates the conversion.
   *
   * @param consumer gets every slice, in the order of the file
   */
  public Slices(Consumer<Slice> consumer) {
    this(consumer, (tid, name) -> name);
  }

  /**
   * Creates the conversion.
   *
   * @param names full names of tasks, of which the kernel keeps 15 characters
   */
  public Slices(Consumer<Slice> consumer, Names names) {
    this.consumer = consumer;
    this.fullNames = names;
  }

  /** Knows the full names of some tasks. */
  @FunctionalInterface
  public interface Names {
    /** The full name of a task, or the one that the kernel has of it. */
    String of(int tid, String name);
  }

  @Override
  public void accept(KernelEvent event) {
    // A share is part of a wait, which has a slice itself.
    if (!event.type().equals(EventTypes.WAIT_SHARE)) {
      consumer.accept(slice(event, false));
    }
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    consumer.accept(slice(event, true));
  }

  private Slice slice(KernelEvent event, boolean exemplar) {
    EventKind kind = EventKind.of(event.type());
    // A packet, for one, is dropped on behalf of nobody.
    boolean nobody = event.thread() == null || event.thread().equals(NOBODY);
    boolean onCpu = (kind.perCpu() || nobody) && event.cpu() >= 0;
    String label = labels.computeIfAbsent(event.type(), EventKind::words);
    return new Slice(
        onCpu ? Lane.ofCpu(event.cpu()) : Lane.of(nobody ? null : event.thread()),
        nobody ? null : event.thread(),
        event.cpu(),
        event.module(),
        label,
        name(event, kind, label),
        event.start(),
        Math.max(0, event.duration()),
        exemplar,
        details(event));
  }

  private String name(KernelEvent event, EventKind kind, String label) {
    if (event.type().equals(EventTypes.RUN_QUEUE_WAIT) && event.text(EventFields.CULPRIT) != null) {
      return "behind " + fullName(event, EventFields.CULPRIT_TASK);
    }
    if (event.type().equals(EventTypes.CONTEXT_SWITCH)) {
      return event.flag(EventFields.VOLUNTARY) || event.text(EventFields.NEXT) == null
          ? "off CPU: " + event.text(EventFields.STATE)
          : "preempted by " + fullName(event, EventFields.NEXT_TASK);
    }
    if (event.type().equals(EventTypes.MIGRATION)) {
      return "CPU "
          + event.cpu()
          + " to "
          + event.number(EventFields.TO_CPU)
          + ": "
          + event.text(EventFields.CAUSE);
    }
    String particular = kind.particular(event);
    return particular == null ? label : label + ": " + particular;
  }

  private String fullName(KernelEvent event, TaskField task) {
    return fullNames.of((int) event.number(task.tid()), event.text(task.name()));
  }

  private static Map<String, Object> details(KernelEvent event) {
    Map<String, Object> details = new LinkedHashMap<>();
    if (event.thread() != null) {
      details.put("thread", event.thread().name());
      details.put("os_tid", event.thread().osTid());
    }
    if (event.cpu() >= 0) {
      details.put("cpu", (long) event.cpu());
    }
    details.putAll(event.fields());
    return details;
  }

  @Override
  public boolean wants(String type) {
    return type.startsWith("jdk.") ? JDK.contains(type) : true;
  }

  @Override
  public void accept(JvmEvent event) {
    Lane lane = WHOLE_JVM.contains(event.type()) ? Lane.JVM : Lane.of(event.thread());
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("event", event.type());
    details.putAll(event.fields());
    consumer.accept(
        new Slice(
            lane,
            event.thread(),
            -1,
            Slice.JVM,
            event.label(),
            event.label(),
            event.start(),
            Math.max(0, event.duration()),
            false,
            details));
  }
}
