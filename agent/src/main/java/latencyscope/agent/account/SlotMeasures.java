package latencyscope.agent.account;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.Histogram;

/**
 * Reports what the kernel counted in each slot of an array since the last report, as {@code
 * Histogram} and {@code Counter} events.
 *
 * <p>Which measures there are, and their names, is what the members of the slot's {@code measures}
 * say. Used by one thread at a time.
 */
public final class SlotMeasures {
  /** What is measured as often as this while we look is taken as it is. */
  private static final int MAX_ATTEMPTS = 4;

  private final EventSink sink;
  private final String module;
  private final MemorySegment memory;
  private final long stride;
  private final Distribution distribution;
  private final HdrEncoding encoding = new HdrEncoding();
  private final List<Measure> counters = new ArrayList<>();
  private final List<Measure> histograms = new ArrayList<>();
  private final long totalNs;
  private final long maxNs;
  private final long unbinned;

  private final int numbers;

  /** What the cumulative numbers of each slot were at the last report. */
  private final long[][] reported;

  private final Histogram histogramEvent = new Histogram();
  private final Counter counterEvent = new Counter();
  private final VarHandle histogramStart;
  private final VarHandle histogramDuration;
  private final VarHandle counterStart;
  private final VarHandle counterDuration;

  /**
   * A member of the measures.
   *
   * @param name of the measure
   * @param offset from the start of a slot
   * @param index of its first number in what was reported
   */
  private record Measure(String name, long offset, int index) {}

  /**
   * Binds the measures by name.
   *
   * @param memory the mapped array of slots
   * @param slot layout of a slot, with a member {@code measures}
   * @param slotCount slots in the array
   * @param chunk layout of a piece of a distribution
   * @param chunks the mapped array of those pieces
   * @param sink takes the events
   */
  SlotMeasures(
      String module,
      MemorySegment memory,
      Struct slot,
      int slotCount,
      Struct chunk,
      MemorySegment chunks,
      EventSink sink)
      throws IllegalAccessException {
    this.sink = sink;
    this.module = module;
    this.memory = memory;
    stride = strideOf(slot);
    Struct.Member measures = slot.member("measures");
    Struct histogram = null;
    int index = 0;
    for (Struct.Member member : ((Type.Nested) measures.type()).struct().members()) {
      long offset = measures.offset() + member.offset();
      if (member.type() instanceof Type.Nested nested) {
        histogram = nested.struct();
        histograms.add(new Measure(member.name(), offset, index));
        index += 3;
      } else {
        counters.add(new Measure(member.name(), offset, index++));
      }
    }
    reported = new long[slotCount][];
    numbers = index;
    distribution = histogram == null ? null : new Distribution(chunks, chunk, histogram);
    totalNs = histogram == null ? 0 : histogram.member("total_ns").offset();
    maxNs = histogram == null ? 0 : histogram.member("max_ns").offset();
    unbinned = histogram == null ? 0 : histogram.member("unbinned").offset();
    histogramStart = ImplicitFields.startTime(Histogram.class);
    histogramDuration = ImplicitFields.duration(Histogram.class);
    counterStart = ImplicitFields.startTime(Counter.class);
    counterDuration = ImplicitFields.duration(Counter.class);
  }

  /** Bytes from one slot to the next, as the kernel lays out an array map. */
  public static long strideOf(Struct slot) {
    return (slot.size() + 7L) / 8 * 8;
  }

  /** Commits what a slot's numbers rose by in the given interval of ticks. */
  void report(int slot, Measured whose, long startTicks, long endTicks) {
    if (reported[slot] == null) {
      reported[slot] = new long[numbers];
    }
    for (Measure counter : counters) {
      reportCounter(slot, counter, whose, startTicks, endTicks);
    }
    for (Measure histogram : histograms) {
      reportHistogram(slot, histogram, whose, startTicks, endTicks);
    }
  }

  /** Forgets a slot and gives back its chunks. */
  void release(int slot, IntConsumer freeChunk) {
    reported[slot] = null;
    for (Measure histogram : histograms) {
      distribution.release(memory, slot * stride + histogram.offset, freeChunk);
    }
  }

  private void reportCounter(
      int slot, Measure counter, Measured whose, long startTicks, long endTicks) {
    long rise = rise(slot, counter.offset, counter.index);
    if (rise == 0) {
      return;
    }
    counterStart.set(counterEvent, startTicks);
    counterDuration.set(counterEvent, Math.max(1, endTicks - startTicks));
    counterEvent.module = module;
    counterEvent.measure = counter.name;
    counterEvent.thread = whose.thread();
    counterEvent.osThreadId = whose.osThreadId();
    counterEvent.javaThreadId = whose.javaThreadId();
    counterEvent.subject = whose.subject();
    counterEvent.subjectId = whose.id();
    counterEvent.subjectName = whose.name();
    counterEvent.cpu = whose.cpu();
    counterEvent.value = rise;
    sink.commit(counterEvent);
  }

  private void reportHistogram(
      int slot, Measure histogram, Measured whose, long startTicks, long endTicks) {
    long at = slot * stride + histogram.offset;
    long distributed = takeAll(at);
    long previousMax = reported[slot][histogram.index + 1];
    long total = rise(slot, histogram.offset + totalNs, histogram.index);
    boolean newMax = rise(slot, histogram.offset + maxNs, histogram.index + 1) > 0;
    long notDistributed = rise(slot, histogram.offset + unbinned, histogram.index + 2);
    if (distributed + notDistributed == 0) {
      return;
    }
    long[] counts = distribution.counts();
    histogramStart.set(histogramEvent, startTicks);
    histogramDuration.set(histogramEvent, Math.max(1, endTicks - startTicks));
    histogramEvent.module = module;
    histogramEvent.measure = histogram.name;
    histogramEvent.thread = whose.thread();
    histogramEvent.osThreadId = whose.osThreadId();
    histogramEvent.javaThreadId = whose.javaThreadId();
    histogramEvent.subject = whose.subject();
    histogramEvent.subjectId = whose.id();
    histogramEvent.subjectName = whose.name();
    histogramEvent.cpu = whose.cpu();
    histogramEvent.count = distributed + notDistributed;
    histogramEvent.total = total;
    // The kernel's maximum is of all time: if it did not rise, the highest count shows it to 0.1 %.
    histogramEvent.max =
        newMax ? reported[slot][histogram.index + 1] : Math.min(previousMax, highest(counts));
    histogramEvent.unbinned = notDistributed;
    histogramEvent.distribution = encoding.encode(counts, counts.length);
    sink.commit(histogramEvent);
  }

  /** Takes the counts at a moment when the total stands for the same occurrences. */
  private long takeAll(long histogram) {
    distribution.clear();
    long distributed = 0;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      long before = memory.get(ValueLayout.JAVA_LONG, histogram + totalNs);
      distributed += distribution.take(memory, histogram);
      if (before == memory.get(ValueLayout.JAVA_LONG, histogram + totalNs)) {
        break;
      }
    }
    return distributed;
  }

  private long rise(int slot, long offset, int index) {
    long now = memory.get(ValueLayout.JAVA_LONG, slot * stride + offset);
    long rise = now - reported[slot][index];
    reported[slot][index] = now;
    return rise;
  }

  private static long highest(long[] counts) {
    int index = counts.length - 1;
    while (index > 0 && counts[index] == 0) {
      index--;
    }
    return HdrEncoding.highestValueAt(index);
  }
}
