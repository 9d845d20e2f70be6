package latencyscope.perfetto;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import latencyscope.analysis.Report;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.schema.TaskField;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.chunk.ReadingProgress;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.KernelEvent;
import latencyscope.trace.TraceWriter;

/** A real recording: what its events say, and its trace as models of Perfetto's rules read it. */
final class TracedRecording {
  /**
   * An event of the kernel.
   *
   * @param thread OS thread id
   * @param tasks priorities of the tasks that it names, by their ids
   */
  record Event(
      String type,
      long thread,
      long start,
      long duration,
      long cpu,
      boolean voluntary,
      long waited,
      long next,
      long returnCpu,
      String state,
      long waker,
      long number,
      String preemptor,
      Map<Long, Long> tasks) {
    long end() {
      return start + duration;
    }
  }

  /** As include/linux/interrupt.h of Linux 6.18 has them; not the list that is tested. */
  private static final List<String> VECTORS =
      List.of(
          "HI",
          "TIMER",
          "NET_TX",
          "NET_RX",
          "BLOCK",
          "IRQ_POLL",
          "TASKLET",
          "SCHED",
          "HRTIMER",
          "RCU");

  final Recording recording;
  final Message trace;
  final SchedModel sched;
  final SliceModel slices;
  final List<Event> events = new ArrayList<>();
  final Path file;
  private final String name;

  private TracedRecording(String name, Path file) throws Exception {
    this.name = name;
    this.file = file;
    RecordingFiles files = new RecordingFiles(List.of(file), ReadingProgress.NONE);
    Report report = Report.read(files, List.of());
    recording = report.recording();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TraceWriter.write(report, files, new PerfettoOutput(recording, bytes));
    trace = Message.trace(bytes.toByteArray());
    sched = SchedModel.of(trace, Comparator.naturalOrder());
    slices = SliceModel.of(trace);
    files.read(
        new EventConsumer() {
          @Override
          public void accept(KernelEvent event) {
            events.add(event(event));
          }

          @Override
          public void acceptExemplar(KernelEvent event) {
            events.add(event(event));
          }
        });
  }

  /** One of those that lie beside the tests. */
  static TracedRecording of(String name, Path folder) throws Exception {
    Path file = folder.resolve(name + ".jfr");
    try (InputStream in =
        TracedRecording.class.getResourceAsStream("/recordings/" + name + ".jfr.gz")) {
      Files.write(file, new GZIPInputStream(in).readAllBytes());
    } catch (IOException e) {
      throw new AssertionError(name, e);
    }
    return new TracedRecording(name, file);
  }

  /** Those of a type. */
  List<Event> events(String type) {
    return events.stream().filter(event -> event.type.equals(type)).toList();
  }

  private static Event event(KernelEvent event) {
    boolean preempted = event.type().equals("ContextSwitch") && !event.flag(EventFields.VOLUNTARY);
    boolean waited = "preempted".equals(event.text(EventFields.KIND));
    String preemptor = null;
    if (preempted) {
      preemptor = event.text(EventFields.NEXT);
    } else if (waited) {
      preemptor = event.text(EventFields.CULPRIT);
    }
    Map<Long, Long> tasks = new TreeMap<>();
    for (TaskField task : EventFields.TASKS) {
      tasks.put(event.number(task.tid()), event.number(task.priority()));
    }
    tasks.put(
        event.thread() == null ? 0 : event.thread().osTid(), event.number(EventFields.PRIORITY));
    tasks.remove(0L);
    tasks.values().removeIf(priority -> priority <= 0);
    boolean soft = event.type().equals("SoftIrq");
    return new Event(
        event.type(),
        event.thread() == null ? 0 : event.thread().osTid(),
        event.start(),
        event.duration(),
        event.cpu(),
        event.flag(EventFields.VOLUNTARY),
        Math.min(event.number(EventFields.WAITED), event.duration()),
        event.number(EventFields.NEXT_TID),
        event.number(EventFields.RETURN_CPU, event.cpu()),
        event.text(EventFields.STATE),
        "task".equals(event.text(EventFields.WAKER_CONTEXT))
            ? event.number(EventFields.WAKER_TID)
            : 0,
        soft ? VECTORS.indexOf(event.text(EventFields.VECTOR)) : event.number(EventFields.IRQ),
        preemptor,
        tasks);
  }

  @Override
  public String toString() {
    return name;
  }
}
