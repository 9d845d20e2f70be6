package latencyscope.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import latencyscope.bpf.KernelObject;
import latencyscope.bpf.KernelTest;
import latencyscope.bpf.LoadedObject;
import latencyscope.bpf.ObjectFile;
import latencyscope.bpf.Struct;
import org.junit.jupiter.api.Test;

/** A ring that nobody empties: what does not fit is counted, record by record. */
@KernelTest
class RingOverrunTest {
  private static final int SLOTS = 256;
  private static final int CHUNKS = 1024;
  private static final int RING_BYTES = 1 << 14;

  @Test
  void everyRecordIsEitherInTheRingOrCountedAsLost() throws Exception {
    ObjectFile file = ObjectFile.named("isolation");
    KernelObject small =
        KernelObject.open(file)
            .constant("target_tgid", ProcessHandle.current().pid())
            .mapEntries("ls_events", RING_BYTES)
            .mapEntries("ls_slots", SLOTS)
            .mapEntries("ls_free_slots", SLOTS)
            .mapEntries("ls_chunks", CHUNKS)
            .mapEntries("ls_free_chunks", CHUNKS)
            .createMap("ls_task_hash", false);
    try (LoadedObject object = small.load()) {
      KernelModule.handOut(object, new ModuleSizes(SLOTS, CHUNKS));
      file.programs().stream().filter(p -> !p.endsWith("_numa")).forEach(p -> attach(object, p));
      for (int i = 0; i < 300; i++) {
        Thread.sleep(0, 100_000);
      }
      file.programs().forEach(program -> detach(object, program));

      Map<Long, Struct> records = KernelModule.recordsByNumber(file);
      RecordHeader header = new RecordHeader(records.get(0L));
      long[] sent = new long[records.size()];
      object
          .ring("ls_events")
          .drain(
              (data, offset, length) -> {
                long[] record = data.asSlice(offset, length).toArray(ValueLayout.JAVA_LONG);
                sent[header.record(record)]++;
              },
              1 << 20);
      MemorySegment lost = object.variable("lost");
      long waitsLost = lost.getAtIndex(ValueLayout.JAVA_LONG, 0);
      assertTrue(sent[0] > 10, "the ring held " + sent[0] + " waits");
      assertTrue(waitsLost > 100, waitsLost + " waits were lost");
      assertEquals(waits(file, object), sent[0] + waitsLost);
    }
  }

  /** Waits by the histograms, which lose nothing. */
  private static long waits(ObjectFile file, LoadedObject object) throws Exception {
    Struct slot = file.struct("thread_slot");
    ThreadSlots slots = new ThreadSlots(object.mapMemory("ls_slots"), slot, SLOTS);
    Distribution distribution =
        new Distribution(
            object.mapMemory("ls_chunks"), file.struct("chunk"), file.struct("histogram"));
    long measures = slot.member("measures").offset();
    long[] sum = {0};
    slots.forEachUsed(i -> {
      for (String measure : new String[] {"runqueue_wakeup", "runqueue_preempted"}) {
        long offset = measures + file.struct("thread_measures").member(measure).offset();
        sum[0] += distribution.take(slots.memory(), slots.address(i) + offset);
      }
    });
    return sum[0];
  }

  private static void attach(LoadedObject object, String program) {
    try {
      object.attach(program);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void detach(LoadedObject object, String program) {
    try {
      object.detach(program);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
