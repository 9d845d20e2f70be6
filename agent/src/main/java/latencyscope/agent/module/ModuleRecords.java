package latencyscope.agent.module;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntConsumer;
import latencyscope.agent.event.EventClass;
import latencyscope.agent.event.Exemplars;
import latencyscope.agent.record.RecordDecoder;
import latencyscope.agent.record.RecordHeader;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.ring.LogReader;
import latencyscope.bpf.ring.RecordHandler;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.thread.ThreadDirectory;

/**
 * Turns the records of one module, of whatever kind, into events of the threads that they happened
 * to. Used by one thread at a time.
 */
final class ModuleRecords implements RecordHandler {
  private final RecordHeader header;
  private final RecordDecoder[] decoders;
  private final CaptureContext context;
  private final ThreadDirectory.OfModule threads;
  private final IntConsumer mute;
  private final long[] record;
  private final String module;

  private final HeldRecords held = new HeldRecords();
  private boolean holds;

  /** A place in the log may be longer than any record of the module. */
  private final RecordHandler past = this::takePast;

  /** Records by the number that they carry. */
  private final long[] taken;

  /** Records without an event, by the number that they carry; last, those that carry no number. */
  private final long[] unreadable;

  /**
   * Binds every kind of record to its event.
   *
   * @param module whose records they are
   * @param structs by the number that their records carry, from 0 without a gap
   * @param threads the module's view of them
   * @param mute gets the slot of a thread whose records are not wanted
   * @throws IllegalArgumentException if a structure and its event class differ
   */
  ModuleRecords(
      String module,
      Map<Long, Struct> structs,
      CaptureContext context,
      ThreadDirectory.OfModule threads,
      IntConsumer mute)
      throws ReflectiveOperationException {
    Exemplars exemplars = new Exemplars(module, context.sink());
    this.module = module;
    this.context = context;
    this.threads = threads;
    this.mute = mute;
    header = new RecordHeader(structs.values().iterator().next());
    decoders = new RecordDecoder[structs.size()];
    taken = new long[structs.size()];
    unreadable = new long[structs.size() + 1];
    int longest = structs.values().stream().mapToInt(Struct::size).max().orElse(0);
    record = new long[(longest + Long.BYTES - 1) / Long.BYTES];
    for (Map.Entry<Long, Struct> entry : structs.entrySet()) {
      Struct struct = entry.getValue();
      decoders[Math.toIntExact(entry.getKey())] =
          new RecordDecoder(
              EventClass.of(struct),
              struct,
              context.strings(),
              exemplars,
              context.pages(),
              context.locks().lookup(),
              context.tasks(),
              context.triggers(),
              context.sink());
    }
  }

  @Override
  public void onRecord(MemorySegment data, long offset, int length) {
    boolean kept = (data.get(ValueLayout.JAVA_LONG, offset) & LogReader.KEPT) != 0;
    if (kept || !holds || !held.add(data, offset, length)) {
      take(data, offset, length, false);
    }
  }

  /**
   * Says whether records that are only among the longest, and not above the threshold, are held
   * back: the log may have them, too, and then they become events and no exemplars.
   */
  void hold(boolean wanted) {
    holds = wanted;
  }

  /**
   * Takes the records that were held back.
   *
   * @param beforeNs those that ended later are left out, for the log had them; of the kernel's
   *     clock
   */
  void takeHeld(long beforeNs) {
    held.forEach((data, offset, length) -> {
      if (header.endNs(data, offset) < beforeNs) {
        take(data, offset, length, false);
      }
    });
  }

  /** Takes records of the log, which may be of threads that have ended long ago. */
  RecordHandler past() {
    return past;
  }

  private void takePast(MemorySegment data, long offset, int length) {
    take(data, offset, Math.min(length, record.length * Long.BYTES), true);
  }

  private void take(MemorySegment data, long offset, int length, boolean ofPast) {
    int number = -1;
    try {
      // Once for all members: reading an array is cheap long before this code has been compiled.
      MemorySegment.copy(data, ValueLayout.JAVA_LONG, offset, record, 0, length / Long.BYTES);
      number = header.record(record);
      taken[number]++;
      int id = header.osThreadId(record);
      ThreadDirectory.Entry thread = ofPast ? pastThread(id) : thread(id);
      if (thread.watched()) {
        decoders[number].decode(record, thread, context.clock());
      } else if (!ofPast) {
        mute.accept(header.slot(record));
      }
    } catch (RuntimeException e) {
      // One record is lost, and the next ones are not: they may be sound.
      unreadable[number >= 0 && number < decoders.length ? number : decoders.length]++;
      Complaints.say("could not convert a record of module " + module + " to an event", e);
    }
    context.turns().afterRecord();
  }

  /**
   * How many records there were until now.
   *
   * @param number what they carry
   */
  long taken(int number) {
    return taken[number];
  }

  /**
   * How many records there were until now that could not be turned into events.
   *
   * @param number what they carry; one more than the highest for those that carry none
   */
  long unreadable(int number) {
    return unreadable[number];
  }

  /** Forgets how many records there were. */
  void forget() {
    Arrays.fill(taken, 0);
    Arrays.fill(unreadable, 0);
  }

  private ThreadDirectory.Entry thread(int osThreadId) {
    return osThreadId == 0
        ? ThreadDirectory.NOBODY
        : threads.of(header.slot(record), osThreadId, header.thread(record, context.strings()));
  }

  private ThreadDirectory.Entry pastThread(int osThreadId) {
    return osThreadId == 0
        ? ThreadDirectory.NOBODY
        : threads.ofPast(
            header.slot(record),
            osThreadId,
            header.thread(record, context.strings()),
            context.clock().nanoTimeAt(header.startNs(record)));
  }
}
