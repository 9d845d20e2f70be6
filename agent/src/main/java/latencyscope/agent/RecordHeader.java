package latencyscope.agent;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import latencyscope.bpf.Struct;

/**
 * Where the members that every record begins with are.
 *
 * <p>Source of the layout: the compiled object's {@code struct record_header}.
 */
final class RecordHeader {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

  private final int startNs;
  private final int durationNs;
  private final int record;
  private final int osThreadId;
  private final int cpu;
  private final int slot;
  private final int thread;

  RecordHeader(Struct record) {
    Struct header = RecordBinding.headerOf(record);
    startNs = header.member("kernel_start_ns").offset();
    durationNs = header.member("kernel_duration_ns").offset();
    this.record = header.member("record").offset();
    osThreadId = header.member("os_thread_id").offset();
    cpu = header.member("cpu").offset();
    slot = header.member("slot").offset();
    thread = header.member("thread").offset();
  }

  long startNs(MemorySegment data, long offset) {
    return data.get(LONG, offset + startNs);
  }

  long durationNs(MemorySegment data, long offset) {
    return data.get(LONG, offset + durationNs);
  }

  int record(MemorySegment data, long offset) {
    return data.get(INT, offset + record);
  }

  int osThreadId(MemorySegment data, long offset) {
    return data.get(INT, offset + osThreadId);
  }

  int cpu(MemorySegment data, long offset) {
    return data.get(INT, offset + cpu);
  }

  int slot(MemorySegment data, long offset) {
    return data.get(INT, offset + slot);
  }

  /** The thread's kernel name. */
  String thread(MemorySegment data, long offset, RecordStrings strings) {
    return strings.comm(data, offset + thread);
  }
}
