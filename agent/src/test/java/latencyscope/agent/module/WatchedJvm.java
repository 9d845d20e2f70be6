package latencyscope.agent.module;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import latencyscope.agent.account.Distribution;
import latencyscope.agent.account.ModuleSizes;
import latencyscope.agent.account.ThreadAccount;
import latencyscope.agent.account.ThreadSlots;
import latencyscope.agent.record.RecordHeader;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.bpf.libbpf.LoadedObject;

/** This JVM under the isolation module, without an agent: what the kernel side does by itself. */
final class WatchedJvm implements AutoCloseable {
  private static final int SLOTS = 256;
  private static final int CHUNKS = 1024;

  private final ObjectFile file = ObjectFile.named("isolation");
  private final LoadedObject object;

  WatchedJvm(int ringBytes) throws Exception {
    KernelObject spec =
        KernelObject.open(file)
            .constant("target_tgid", ProcessHandle.current().pid())
            .mapEntries("ls_events", ringBytes)
            .mapEntries("ls_slots", SLOTS)
            .mapEntries("ls_free_slots", SLOTS)
            .mapEntries("ls_chunks", CHUNKS)
            .mapEntries("ls_free_chunks", CHUNKS)
            .createMap("ls_task_hash", false);
    ModuleLog.configure(spec, ModuleLog.NO_LOG);
    object = spec.load();
    ThreadAccount.handOut(object, new ModuleSizes(SLOTS, 0, CHUNKS));
  }

  MemorySegment variable(String name) throws BpfException {
    return object.variable(name);
  }

  LoadedObject object() {
    return object;
  }

  /** Watches until it is closed. */
  void watch() throws BpfException {
    for (String program : file.programs()) {
      if (!program.endsWith("_numa")) {
        object.attach(program);
      }
    }
  }

  /** Watches while this thread sleeps some 300 times. */
  void watchSleeps() throws Exception {
    watch();
    for (int i = 0; i < 300; i++) {
      Thread.sleep(0, 100_000);
    }
    for (String program : file.programs()) {
      object.detach(program);
    }
  }

  /** The records of a kind that are in the ring. */
  List<long[]> records(int kind) throws BpfException {
    Map<Long, Struct> records = KernelModule.recordsByNumber(file);
    RecordHeader header = new RecordHeader(records.get(0L));
    List<long[]> ofKind = new ArrayList<>();
    object
        .ring("ls_events")
        .drain(
            (data, offset, length) -> {
              long[] record = data.asSlice(offset, length).toArray(ValueLayout.JAVA_LONG);
              if (header.record(record) == kind) {
                ofKind.add(record);
              }
            },
            1 << 20);
    return ofKind;
  }

  RecordHeader header() {
    return new RecordHeader(KernelModule.recordsByNumber(file).get(0L));
  }

  /** Waits by the histograms, which lose nothing. */
  long waits() throws BpfException {
    Distribution distribution =
        new Distribution(
            object.mapMemory("ls_chunks"), file.struct("chunk"), file.struct("histogram"));
    ThreadSlots slots = slots();
    long[] sum = {0};
    for (String measure : new String[] {"runqueue_wakeup", "runqueue_preempted"}) {
      long offset = offset(measure);
      slots.forEachUsed(
          i -> sum[0] += distribution.take(slots.memory(), slots.address(i) + offset));
    }
    return sum[0];
  }

  /** The longest wait by the kernel side's own account. */
  long longestWaitNs() throws BpfException {
    ThreadSlots slots = slots();
    long max = file.struct("histogram").member("max_ns").offset();
    long[] longest = {0};
    for (String measure : new String[] {"runqueue_wakeup", "runqueue_preempted"}) {
      long offset = offset(measure) + max;
      slots.forEachUsed(i -> {
        long ns = slots.memory().get(ValueLayout.JAVA_LONG, slots.address(i) + offset);
        longest[0] = Math.max(longest[0], ns);
      });
    }
    return longest[0];
  }

  private ThreadSlots slots() throws BpfException {
    return new ThreadSlots(
        object.mapMemory("ls_slots"),
        file.struct("thread_slot"),
        SLOTS,
        object.variable("slots_claimed"));
  }

  private long offset(String measure) {
    return file.struct("thread_slot").member("measures").offset()
        + file.struct("thread_measures").member(measure).offset();
  }

  @Override
  public void close() {
    object.close();
  }
}
