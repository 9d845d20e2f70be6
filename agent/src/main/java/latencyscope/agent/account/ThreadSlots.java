package latencyscope.agent.account;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.function.IntConsumer;
import latencyscope.agent.event.RecordStrings;
import latencyscope.bpf.btf.Struct;

/**
 * The kernel side's array of per-thread measures, mapped: which slots are in use and by whom.
 *
 * <p>Slot 0 is never used. Source of the layout: the compiled object's {@code struct thread_slot}.
 * The kernel writes while this reads; a thread's own numbers are each read whole.
 */
public final class ThreadSlots {
  private static final int LIVE = 1;
  private static final int ENDED = 2;
  private static final VarHandle STATE = ValueLayout.JAVA_INT.varHandle();
  private static final VarHandle CLAIMED = ValueLayout.JAVA_LONG.varHandle();

  private final MemorySegment memory;
  private final MemorySegment claimed;
  private final int count;
  private final long stride;
  private final long state;
  private final long osThreadId;
  private final long muted;
  private final long namespaceThreadId;
  private final long javaThread;
  private final long thread;

  /**
   * @param claimed how often the kernel side took a slot: in ascending order at first, so what lies
   *     beyond has not been touched
   */
  public ThreadSlots(MemorySegment memory, Struct slot, int count, MemorySegment claimed) {
    this.memory = memory;
    this.claimed = claimed;
    this.count = count;
    stride = SlotMeasures.strideOf(slot);
    state = slot.member("state").offset();
    osThreadId = slot.member("os_thread_id").offset();
    muted = slot.member("muted").offset();
    namespaceThreadId = slot.member("namespace_thread_id").offset();
    javaThread = slot.member("java_thread").offset();
    thread = slot.member("thread").offset();
  }

  public MemorySegment memory() {
    return memory;
  }

  /** Where a slot begins in {@link #memory}. */
  public long address(int slot) {
    return slot * stride;
  }

  public int osThreadId(int slot) {
    return memory.get(ValueLayout.JAVA_INT, address(slot) + osThreadId);
  }

  /** The id by which the thread knows itself, which in a container is another one. */
  int namespaceThreadId(int slot) {
    return memory.get(ValueLayout.JAVA_INT, address(slot) + namespaceThreadId);
  }

  /** Kernel name of a thread that has ended; null while it lives. */
  String kernelName(int slot, RecordStrings strings) {
    return strings.comm(memory, address(slot) + thread);
  }

  /** Stops the records of a thread. */
  void mute(int slot) {
    memory.set(ValueLayout.JAVA_INT, address(slot) + muted, 1);
  }

  /** Says where HotSpot's structure of a slot's thread is. */
  void javaThread(int slot, long address) {
    memory.set(ValueLayout.JAVA_LONG, address(slot) + javaThread, address);
  }

  /** How often a slot was given to a thread. */
  long claimed() {
    return (long) CLAIMED.getAcquire(claimed, 0L);
  }

  /** Whether the slot's thread has not ended. */
  boolean isLive(int slot) {
    return slot < count && stateOf(slot) == LIVE;
  }

  public void forEachUsed(IntConsumer action) {
    int end = end();
    for (int slot = 1; slot < end; slot++) {
      int now = stateOf(slot);
      if (now == LIVE || now == ENDED) {
        action.accept(slot);
      }
    }
  }

  void forEachEnded(IntConsumer action) {
    int end = end();
    for (int slot = 1; slot < end; slot++) {
      if (stateOf(slot) == ENDED) {
        action.accept(slot);
      }
    }
  }

  private int end() {
    return (int) Math.min(count, 1 + claimed());
  }

  /** Makes a slot as new, before it is given back to the kernel side. */
  void clear(int slot) {
    memory.asSlice(address(slot), stride).fill((byte) 0);
  }

  // Acquire: what the kernel wrote before it marked a thread as ended is seen with the mark.
  private int stateOf(int slot) {
    return (int) STATE.getAcquire(memory, address(slot) + state);
  }
}
