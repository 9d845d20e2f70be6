package latencyscope.recording.collect;

import java.util.function.Consumer;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.HistogramSlice;
import latencyscope.recording.event.MeasuredInterval;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.Measures;
import latencyscope.recording.thread.ParserThread;
import latencyscope.recording.thread.ThreadId;
import latencyscope.recording.thread.ThreadTable;

/**
 * What the kernel counted of threads and other subjects: from {@code Histogram} and {@code Counter}
 * events. Not safe for use by several threads.
 */
public final class Counts {
  private final Notes notes;
  private final ThreadTable threads;
  private final Consumer<MeasuredInterval> intervals;
  private final Measures<ThreadId> threadMeasures = new Measures<>();
  private final Measures<Subject> subjectMeasures = new Measures<>();
  private long measuredFrom = Long.MAX_VALUE;

  /**
   * Creates one without a count.
   *
   * @param notes where is said what was left out
   * @param threads learns the threads that were counted
   * @param intervals gets each distribution as it is read
   */
  public Counts(Notes notes, ThreadTable threads, Consumer<MeasuredInterval> intervals) {
    this.notes = notes;
    this.threads = threads;
    this.intervals = intervals;
  }

  // Only in a damaged file is it not said what was measured.
  private boolean isNamed(EventType type, Object[] values) {
    boolean named =
        type.text(values, EventFields.MODULE) != null
            && type.text(values, EventFields.MEASURE) != null;
    if (!named) {
      notes.add("A measure without a name was left out: the recording is damaged.");
    }
    return named;
  }

  /** Takes a distribution. */
  public void addHistogram(EventType type, Object[] values) {
    if (!isNamed(type, values)) {
      return;
    }
    HistogramSlice slice =
        new HistogramSlice(
            type.number(values, EventFields.COUNT, 0),
            type.number(values, EventFields.TOTAL, 0),
            type.number(values, EventFields.MAX, 0),
            type.number(values, EventFields.UNBINNED, 0),
            type.text(values, EventFields.DISTRIBUTION));
    String module = type.text(values, EventFields.MODULE);
    String measure = type.text(values, EventFields.MEASURE);
    Distribution distribution = decode(slice, measure);
    Subject subject = subject(type, values);
    ThreadId thread = subject == null ? thread(type, values) : null;
    if (subject == null) {
      threadMeasures.add(module, measure, thread, distribution);
    } else {
      subjectMeasures.add(module, measure, subject, distribution);
    }
    measuredFrom = Math.min(measuredFrom, type.number(values, "startTime", Long.MAX_VALUE));
    intervals.accept(
        new MeasuredInterval(
            module,
            measure,
            thread,
            subject,
            Values.start(type, values),
            Values.length(type, values),
            distribution));
  }

  private Distribution decode(HistogramSlice slice, String measure) {
    try {
      return Distribution.of(slice);
    } catch (IllegalArgumentException e) {
      notes.add("A distribution of " + measure + " could not be decoded: percentiles lack it.");
      return Distribution.withoutBins(slice);
    }
  }

  /** Takes a counter. */
  public void addCounter(EventType type, Object[] values) {
    if (!isNamed(type, values)) {
      return;
    }
    String module = type.text(values, EventFields.MODULE);
    String measure = type.text(values, EventFields.MEASURE);
    long value = type.number(values, EventFields.VALUE_NUMBER, 0);
    Subject subject = subject(type, values);
    if (subject == null) {
      threadMeasures.add(module, measure, thread(type, values), value);
    } else {
      subjectMeasures.add(module, measure, subject, value);
    }
  }

  // Recordings of older agents have threads only.
  private static Subject subject(EventType type, Object[] values) {
    String kind = type.text(values, EventFields.SUBJECT);
    return kind == null
        ? null
        : new Subject(
            kind,
            type.number(values, EventFields.SUBJECT_ID, 0),
            type.text(values, EventFields.SUBJECT_NAME),
            (int) type.number(values, EventFields.CPU, Subject.NO_CPU));
  }

  // Of threads that had the same id, recordings of an older agent distinguish them by the time
  // only. An
  // interval's end may lie after the thread's: its middle is the safer one.
  private ThreadId thread(EventType type, Object[] values) {
    long javaId = type.number(values, EventFields.JAVA_THREAD_ID, 0);
    if (javaId > 0) {
      return threads.named(
          new ParserThread(
              Values.osThreadId(type, values), javaId, type.text(values, EventFields.THREAD)));
    }
    long middle = Values.start(type, values) + Values.length(type, values) / 2;
    return threads.resolve(
        Values.osThreadId(type, values), middle, type.text(values, EventFields.THREAD));
  }

  /** By thread. */
  public Measures<ThreadId> ofThreads() {
    return threadMeasures;
  }

  /** By interrupt line, CPU, network device and so on. */
  public Measures<Subject> ofSubjects() {
    return subjectMeasures;
  }

  /** When the first distribution begins, nanoseconds since the epoch. */
  public long from() {
    return measuredFrom;
  }
}
