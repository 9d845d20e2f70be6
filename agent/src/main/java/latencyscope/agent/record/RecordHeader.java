package latencyscope.agent.record;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import latencyscope.agent.event.RecordStrings;
import latencyscope.bpf.btf.Struct;

/**
 * Where the members that every record begins with are.
 *
 * <p>Source of the layout: the compiled object's {@code struct record_header}.
 */
public final class RecordHeader {
  private final int startNs;
  private final int durationNs;
  private final int record;
  private final int osThreadId;
  private final int cpu;
  private final int slot;
  private final int thread;

  public RecordHeader(Struct record) {
    Struct header = RecordBinding.headerOf(record);
    startNs = header.member("kernel_start_ns").offset();
    durationNs = header.member("kernel_duration_ns").offset();
    this.record = header.member("record").offset();
    osThreadId = header.member("os_thread_id").offset();
    cpu = header.member("cpu").offset();
    slot = header.member("slot").offset();
    thread = header.member("thread").offset();
  }

  public long startNs(long[] record) {
    return record[startNs / Long.BYTES];
  }

  /** When what the record at an offset is about ended, of the kernel's clock. */
  public long endNs(MemorySegment data, long offset) {
    return data.get(ValueLayout.JAVA_LONG, offset + startNs)
        + data.get(ValueLayout.JAVA_LONG, offset + durationNs);
  }

  public long durationNs(long[] record) {
    return record[durationNs / Long.BYTES];
  }

  public int record(long[] record) {
    return number(record, this.record);
  }

  public int osThreadId(long[] record) {
    return number(record, osThreadId);
  }

  int cpu(long[] record) {
    return number(record, cpu);
  }

  public int slot(long[] record) {
    return number(record, slot);
  }

  /** The thread's kernel name. */
  public String thread(long[] record, RecordStrings strings) {
    int word = thread / Long.BYTES;
    return strings.comm(record[word], record[word + 1]);
  }

  // Little-endian, as every object that is compiled for bpfel: the upper half lies behind.
  static int number(long[] record, int offset) {
    return (int) (record[offset / Long.BYTES] >>> offset % Long.BYTES * Byte.SIZE);
  }
}
