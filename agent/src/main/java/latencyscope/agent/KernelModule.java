package latencyscope.agent;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Name;
import latencyscope.bpf.BpfException;
import latencyscope.bpf.LoadedObject;
import latencyscope.bpf.ObjectFile;
import latencyscope.bpf.RingReader;
import latencyscope.bpf.Struct;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.RecordsLost;

/**
 * One module at work in the kernel: its records become events, its thresholds follow the
 * recordings, its measures are reported.
 *
 * <p>Used by one thread at a time; the session sees to that.
 */
final class KernelModule implements AutoCloseable {
  private static final String SLOTS = "ls_slots";
  private static final String CHUNKS = "ls_chunks";
  private static final String FREE_SLOTS = "ls_free_slots";
  private static final String FREE_CHUNKS = "ls_free_chunks";
  private static final String RING = "ls_events";

  private final String name;
  private final LoadedObject object;
  private final CaptureContext context;
  private final RingReader ring;
  private final ModuleRecords records;
  private final String[] eventNames;
  private final Threshold[] thresholds;
  private final MemorySegment thresholdsNs;
  private final MemorySegment lost;
  private final MemorySegment eventsWithoutSlot;
  private final MemorySegment threadsEnded;
  private final long[] lostReported;
  private long withoutSlotReported;
  private long threadsEndedSeen;
  private final ThreadSlots slots;
  private final ThreadMeasures measures;
  private long measuredUntilTicks;
  private long settledBytes;

  KernelModule(
      String name, LoadedObject object, ObjectFile file, ModuleSizes sizes, CaptureContext context)
      throws BpfException, ReflectiveOperationException {
    this.name = name;
    this.object = object;
    this.context = context;
    ring = object.ring(RING);
    Map<Long, Struct> structs = recordsByNumber(file);
    thresholds = new Threshold[structs.size()];
    eventNames = new String[structs.size()];
    for (Map.Entry<Long, Struct> entry : structs.entrySet()) {
      int number = Math.toIntExact(entry.getKey());
      Class<? extends KernelEvent> event = EventCatalog.eventClass(entry.getValue());
      thresholds[number] = new Threshold(event);
      eventNames[number] = event.getAnnotation(Name.class).value();
    }
    thresholdsNs = object.variable("threshold_ns");
    lost = object.variable("lost");
    lostReported = new long[structs.size()];
    eventsWithoutSlot = object.variable("events_without_slot");
    threadsEnded = object.variable("threads_ended");
    Struct slot = file.struct("thread_slot");
    slots = new ThreadSlots(object.mapMemory(SLOTS), slot, sizes.slots());
    records = new ModuleRecords(structs, context, slots::mute);
    measures =
        new ThreadMeasures(
            name, slots, slot, sizes.slots(), file.struct("chunk"), object.mapMemory(CHUNKS));
    handOut(object, sizes);
    measuredUntilTicks = context.clock().nowTicks();
    adoptThresholds();
  }

  /** Structures by the number that their records carry, from the module's {@code enum record}. */
  static Map<Long, Struct> recordsByNumber(ObjectFile file) {
    Map<Long, Struct> records = new TreeMap<>();
    file.enumeration("record")
        .values()
        .forEach((constant, number) -> records.put(number, file.struct(CNames.struct(constant))));
    return records;
  }

  /** Gives the kernel side all slots and chunks but the first, which mean none. */
  static void handOut(LoadedObject object, ModuleSizes sizes) throws BpfException {
    for (int i = 1; i < sizes.slots(); i++) {
      object.push(FREE_SLOTS, i);
    }
    for (int i = 1; i < sizes.chunks(); i++) {
      object.push(FREE_CHUNKS, i);
    }
  }

  String name() {
    return name;
  }

  LoadedObject object() {
    return object;
  }

  /** Writes the recordings' thresholds to where the programs read them. */
  void adoptThresholds() {
    for (int i = 0; i < thresholds.length; i++) {
      long ticks = thresholds[i].ticks();
      // All ones is the kernel side's "not enabled", and also what -1 is.
      long ns = ticks == Threshold.NOT_ENABLED ? ticks : context.clock().nsIn(ticks);
      thresholdsNs.setAtIndex(ValueLayout.JAVA_LONG, i, ns);
    }
  }

  /**
   * Turns at most {@code limit} records into events; says how many there were.
   *
   * <p>Takes only what was there at the last call: a thread that is just being born then has had
   * the time to become a Java thread, under whose name its first events belong.
   */
  int drain(int limit) throws BpfException {
    int drained = ring.drain(records, limit, settledBytes);
    settledBytes = ring.pendingBytes();
    return drained;
  }

  /** Empties the slots of threads that have ended, if there are any. */
  void retireThreads() throws BpfException {
    long ended = threadsEnded.get(ValueLayout.JAVA_LONG, 0);
    if (ended == threadsEndedSeen) {
      return;
    }
    threadsEndedSeen = ended;
    // First what they sent: afterwards their slot numbers mean other threads.
    drainAll();
    long now = context.clock().nowTicks();
    slots.forEachEnded(slot -> retire(slot, now));
  }

  private void retire(int slot, long nowTicks) {
    reportThread(slot, nowTicks);
    measures.release(slot, chunk -> push(FREE_CHUNKS, chunk));
    context.threads().forget(slot, slots.osThreadId(slot));
    slots.clear(slot);
    push(FREE_SLOTS, slot);
  }

  /** Turns all records that are in the ring now into events. */
  void drainAll() throws BpfException {
    long pending = ring.pendingBytes();
    // Bounded by what is there now: a ring that fills as fast must not hold us here.
    for (long budget = pending / Long.BYTES; budget > 0; ) {
      int drained = ring.drain(records, (int) Math.min(budget, 1 << 16));
      if (drained == 0) {
        return;
      }
      budget -= drained;
    }
  }

  /** Reports what was measured since the last call. */
  void reportMeasures() {
    long now = context.clock().nowTicks();
    slots.forEachUsed(slot -> reportThread(slot, now));
    measuredUntilTicks = now;
  }

  private void reportThread(int slot, long nowTicks) {
    String kernelName = slots.kernelName(slot, context.strings());
    ThreadDirectory.Entry thread = context.threads().of(slot, slots.osThreadId(slot), kernelName);
    if (thread.watched()) {
      measures.report(slot, thread, measuredUntilTicks, nowTicks);
    } else {
      slots.mute(slot);
    }
  }

  /** Reports losses since the last call. */
  void reportLosses() {
    for (int i = 0; i < lostReported.length; i++) {
      long now = lost.getAtIndex(ValueLayout.JAVA_LONG, i);
      if (now != lostReported[i]) {
        loss(eventNames[i], now - lostReported[i], "the ring buffer was full");
        lostReported[i] = now;
      }
    }
    long without = eventsWithoutSlot.get(ValueLayout.JAVA_LONG, 0);
    if (without != withoutSlotReported) {
      loss(null, without - withoutSlotReported, "more threads at once than there was room for");
      withoutSlotReported = without;
    }
  }

  private void loss(String type, long count, String reason) {
    RecordsLost event = new RecordsLost();
    event.module = name;
    event.type = type;
    event.count = count;
    event.reason = reason;
    event.commit();
  }

  private void push(String queue, int number) {
    try {
      object.push(queue, number);
    } catch (BpfException e) {
      Complaints.say("could not give back a thread's memory", e);
    }
  }

  @Override
  public void close() {
    object.close();
  }
}
