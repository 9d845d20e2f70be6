package latencyscope.analysis.flame;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.alpha.CostNode;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.syscall.BlockedTimes;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Adds up in which lines of the program threads were blocked, or took page faults, while a
 * recording is read: thread, frames from the outermost to the innermost, and what happened there.
 *
 * <p>The kernel's own counts have all occurrences. What the recorded ones leave of them is shown as
 * such, so that a thread's frames add up to what the kernel counted. Threads of the JVM itself are
 * left out: they run no code of the program. Not safe for use by several threads.
 */
public final class FlameCollector implements EventConsumer {
  static final String NO_STACK = "[no stack]";
  static final String WITHOUT_CPU = "[then waited for a CPU]";
  static final String BELOW = "[below the threshold, or lost]";
  private static final String OTHERS = "[others]";
  private static final int MAX_PLACES = 50_000;

  private final FlameKind kind;
  private final BlockedTimes calls = new BlockedTimes(this::blocked);
  private final Map<Place, long[]> places = new LinkedHashMap<>();

  /** Where, and what happened there. */
  private record Place(ThreadId thread, List<String> frames) {}

  /**
   * Creates a collector that has seen nothing.
   *
   * @param kind what it collects
   */
  public FlameCollector(FlameKind kind) {
    this.kind = kind;
  }

  @Override
  public void accept(KernelEvent event) {
    if (kind == FlameKind.OFF_CPU) {
      calls.accept(event);
    } else if (event.type().equals(EventTypes.PAGE_FAULT)
        && event.thread() != null
        && !event.isOutside()) {
      add(event.thread(), event.stack().frames(), fault(event), event.duration(), 1);
    }
  }

  private static String fault(KernelEvent event) {
    String region = event.text(EventFields.REGION);
    return "["
        + event.text(EventFields.KIND)
        + " fault"
        + (region == null ? "" : ", " + region)
        + "]";
  }

  private void blocked(
      ThreadId thread, String what, CodeStack stack, long duration, long runnableNs) {
    List<String> frames = stack.frames();
    add(thread, frames, "[" + what + "]", duration - runnableNs, 1);
    if (runnableNs > 0) {
      add(thread, frames, WITHOUT_CPU, runnableNs, 0);
    }
  }

  private void add(ThreadId thread, List<String> innermostFirst, String what, long ns, long count) {
    List<String> frames = new ArrayList<>(innermostFirst);
    Collections.reverse(frames);
    if (frames.isEmpty()) {
      frames.add(NO_STACK);
    }
    frames.add(what);
    Place place = new Place(thread, List.copyOf(frames));
    boolean isRoom = places.size() < MAX_PLACES || places.containsKey(place);
    long[] sum =
        places.computeIfAbsent(
            isRoom ? place : new Place(thread, List.of(OTHERS)), key -> new long[2]);
    sum[0] += ns;
    sum[1] += count;
  }

  @Override
  public boolean wants(String type) {
    return kind == FlameKind.OFF_CPU && calls.wants(type);
  }

  @Override
  public void accept(JvmEvent event) {
    calls.accept(event);
  }

  @Override
  public void endOfChunk() {
    calls.endOfChunk();
  }

  /**
   * The frames; called once, after the last event.
   *
   * @param recording what the kernel counted
   */
  public CostNode root(Recording recording) {
    calls.end();
    CostNode root = new CostNode("all");
    Map<ThreadId, long[]> shown = new HashMap<>();
    places.forEach((place, sum) -> {
      ThreadId thread = recording.latest(place.thread());
      if (isOfProgram(thread)) {
        add(root, thread, place.frames(), sum[0], sum[1]);
        long[] all = shown.computeIfAbsent(thread, key -> new long[2]);
        all[0] += sum[0];
        all[1] += sum[1];
      }
    });
    counted(recording)
        .forEach((thread, all) -> {
          long[] events = shown.getOrDefault(thread, new long[2]);
          if (isOfProgram(thread) && all[0] > events[0]) {
            long count = Math.max(0, all[1] - events[1]);
            add(root, thread, List.of(BELOW), all[0] - events[0], count);
          }
        });
    return root;
  }

  /** What the kernel counted of each thread: nanoseconds, and how often. */
  private Map<ThreadId, long[]> counted(Recording recording) {
    Map<ThreadId, long[]> counted = new LinkedHashMap<>();
    recording
        .distributions(kind.module())
        .forEach((measure, threads) -> {
          if (kind.isMeasuredBy(measure)) {
            threads.forEach((named, all) -> {
              long[] sum = counted.computeIfAbsent(recording.latest(named), key -> new long[2]);
              sum[0] += all.total();
              sum[1] += all.count();
            });
          }
        });
    return counted;
  }

  private static boolean isOfProgram(ThreadId thread) {
    return !ServiceThreads.contains(thread.name()) && !Culprits.isOwn(thread.name());
  }

  private static void add(
      CostNode root, ThreadId thread, List<String> frames, long ns, long count) {
    List<String> path = new ArrayList<>();
    path.add(thread.name().isEmpty() ? "thread " + thread.osTid() : thread.name());
    path.addAll(frames);
    root.add(ns, count, path);
  }
}
