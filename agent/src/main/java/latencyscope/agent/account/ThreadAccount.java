package latencyscope.agent.account;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import latencyscope.agent.event.RecordStrings;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.guest.event.EventSink;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.thread.ThreadDirectory;
import latencyscope.jfr.capture.NamespaceThread;

/**
 * What a module counts of each thread: slots that threads are given when they are first seen, and
 * that are emptied and given back when they have ended. Used by one thread at a time.
 */
public final class ThreadAccount {
  private static final String SLOTS = "ls_slots";
  private static final String FREE_SLOTS = "ls_free_slots";
  private static final String CHUNKS = "ls_chunks";
  private static final String FREE_CHUNKS = "ls_free_chunks";

  /** More than a busy engine touches before the rest is there. */
  private static final int FIRST_CHUNKS = 1_024;

  private final EventSink sink;
  private final LoadedObject object;
  private final ThreadDirectory.OfModule directory;
  private final RecordStrings strings;
  private final ThreadSlots slots;
  private final SlotMeasures measures;

  /** Slots of whose thread both ids are in the recording. */
  private final BitSet committed = new BitSet();

  private final MemorySegment eventsWithoutSlot;
  private final MemorySegment eventsWithoutState;
  private final MemorySegment threadsEnded;
  private final long many;
  private long bornSeen;
  private long bornMet;
  private long withoutSlotReported;
  private long withoutStateReported;
  private long threadsEndedSeen;

  public ThreadAccount(
      String module,
      LoadedObject object,
      ObjectFile file,
      ModuleSizes sizes,
      ThreadDirectory.OfModule directory,
      RecordStrings strings,
      EventSink sink)
      throws BpfException, IllegalAccessException {
    this.sink = sink;
    this.object = object;
    this.directory = directory;
    this.strings = strings;
    Struct slot = file.struct("thread_slot");
    MemorySegment memory = object.mapMemory(SLOTS);
    slots = new ThreadSlots(memory, slot, sizes.slots(), object.variable("slots_claimed"));
    directory.liveSlots(slots::isLive, slots::osThreadId);
    directory.javaThreads(slots::javaThread);
    measures =
        new SlotMeasures(
            module,
            memory,
            slot,
            sizes.slots(),
            file.struct("chunk"),
            object.mapMemory(CHUNKS),
            sink);
    many = sizes.slots() / 8;
    eventsWithoutSlot = object.variable("events_without_slot");
    eventsWithoutState = object.variable("events_without_state");
    threadsEnded = object.variable("threads_ended");
    handOut(object, FREE_SLOTS, 1, sizes.slots());
    handOut(object, FREE_CHUNKS, 1, FIRST_CHUNKS);
  }

  /** Gives the kernel side all slots and chunks but the first, which mean none. */
  public static void handOut(LoadedObject object, ModuleSizes sizes) throws BpfException {
    handOut(object, FREE_SLOTS, 1, sizes.slots());
    handOut(object, FREE_CHUNKS, 1, sizes.chunks());
  }

  /**
   * Gives the kernel side the chunks that it was not given at first: each is a system call, and a
   * capture can begin with some.
   */
  public void handOutRest(ModuleSizes sizes) throws BpfException {
    handOut(object, FREE_CHUNKS, FIRST_CHUNKS, sizes.chunks());
  }

  private static void handOut(LoadedObject object, String queue, int from, int to)
      throws BpfException {
    for (int i = from; i < to; i++) {
      object.push(queue, i);
    }
  }

  /** Stops the records of a thread. */
  public void mute(int slot) {
    slots.mute(slot);
  }

  /** Whether threads have ended since the last {@link #retire}. */
  public boolean haveThreadsEnded() {
    return newlyEnded() != 0;
  }

  private long newlyEnded() {
    return threadsEnded.get(ValueLayout.JAVA_LONG, 0) - threadsEndedSeen;
  }

  /** Whether threads have been born that {@link #meet} has not met; not since the last call. */
  public boolean haveBeenBorn() {
    long before = bornSeen;
    bornSeen = slots.claimed();
    return before != bornMet;
  }

  /** Whether threads have been born that were there at the last look already, or since then. */
  public boolean isToMeet() {
    return slots.claimed() != bornMet;
  }

  /** Learns who the threads are that have been born lately. */
  public void meet() {
    bornMet = slots.claimed();
    slots.forEachUsed(slot -> {
      if (slots.isLive(slot)) {
        directory.of(slot, slots.osThreadId(slot), null);
      }
    });
  }

  /** Whether so many have that slots may run out before long. */
  public boolean haveManyEnded() {
    return newlyEnded() > many;
  }

  /** Reports threads that have ended and gives their slots back. */
  public void retire(long startTicks, long endTicks) {
    // First the number, then the slots: what ends meanwhile is seen, or asked for again.
    threadsEndedSeen = threadsEnded.get(ValueLayout.JAVA_LONG, 0);
    slots.forEachEnded(slot -> {
      String lastName = slots.kernelName(slot, strings);
      report(slot, directory.ofEnded(slot, slots.osThreadId(slot), lastName), startTicks, endTicks);
      measures.release(slot, chunk -> push(FREE_CHUNKS, chunk));
      directory.forget(slot, slots.osThreadId(slot));
      slots.clear(slot);
      committed.clear(slot);
      push(FREE_SLOTS, slot);
    });
  }

  /** Commits what every thread's numbers rose by in the given interval of ticks. */
  public void report(long startTicks, long endTicks) {
    slots.forEachUsed(slot -> {
      String lastName = slots.kernelName(slot, strings);
      int id = slots.osThreadId(slot);
      report(
          slot,
          lastName == null ? directory.of(slot, id, null) : directory.ofEnded(slot, id, lastName),
          startTicks,
          endTicks);
    });
  }

  private void report(int slot, ThreadDirectory.Entry thread, long startTicks, long endTicks) {
    if (thread.watched()) {
      commitBothIds(slot);
      measures.report(slot, Measured.of(thread), startTicks, endTicks);
    } else {
      slots.mute(slot);
    }
  }

  // Also of a thread that was born and ended between two looks at /proc.
  private void commitBothIds(int slot) {
    int inside = slots.namespaceThreadId(slot);
    int here = slots.osThreadId(slot);
    if (inside != here && !committed.get(slot)) {
      committed.set(slot);
      NamespaceThread ids = new NamespaceThread();
      ids.namespaceThreadId = inside;
      ids.osThreadId = here;
      sink.commit(ids);
    }
  }

  /** Occurrences since the last call that came before their thread had its state. */
  public long newlyWithoutState() {
    long now = eventsWithoutState.get(ValueLayout.JAVA_LONG, 0);
    long rise = now - withoutStateReported;
    withoutStateReported = now;
    return rise;
  }

  /** Occurrences since the last call for which there was no slot. */
  public long newlyWithoutSlot() {
    long now = eventsWithoutSlot.get(ValueLayout.JAVA_LONG, 0);
    long rise = now - withoutSlotReported;
    withoutSlotReported = now;
    return rise;
  }

  private void push(String queue, int number) {
    try {
      object.push(queue, number);
    } catch (BpfException e) {
      Complaints.say("could not free a thread's memory", e);
    }
  }
}
