package latencyscope.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import latencyscope.bpf.KernelObject;
import latencyscope.bpf.KernelTest;
import latencyscope.bpf.LoadedObject;
import latencyscope.bpf.NativeThread;
import latencyscope.bpf.ObjectFile;
import latencyscope.bpf.Struct;
import latencyscope.bpf.Type;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The isolation module as it is fitted to kernels that lack what this one has. */
@KernelTest
class OlderKernelTest {
  private static final int SLOTS = 256;
  private static final int CHUNKS = 1024;

  @ParameterizedTest(name = "task storage {0}, state handed to sched_switch {1}")
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void countsItsOwnSleeps(boolean taskStorage, boolean switchState) throws Exception {
    ObjectFile file = ObjectFile.named("isolation");
    KernelObject fitted =
        KernelObject.open(file)
            .constant("target_tgid", ProcessHandle.current().pid())
            .constant("has_task_storage", taskStorage ? 1 : 0)
            .constant("switch_has_state", switchState ? 1 : 0)
            .mapEntries("ls_slots", SLOTS)
            .mapEntries("ls_free_slots", SLOTS)
            .mapEntries("ls_chunks", CHUNKS)
            .mapEntries("ls_free_chunks", CHUNKS)
            .mapEntries("ls_task_hash", SLOTS)
            .createMap(taskStorage ? "ls_task_hash" : "ls_task_storage", false);
    try (LoadedObject object = fitted.load()) {
      KernelModule.handOut(object, new ModuleSizes(SLOTS, CHUNKS));
      for (String program : file.programs()) {
        object.attach(program);
      }
      int naps = 20;
      for (int i = 0; i < naps; i++) {
        Thread.sleep(1);
      }
      long voluntary = voluntarySwitches(file, object, NativeThread.id());
      assertTrue(voluntary >= naps && voluntary <= naps + 10, voluntary + " voluntary switches");
      assertEquals(0, object.variable("events_without_slot").get(ValueLayout.JAVA_LONG, 0));
    }
  }

  private static long voluntarySwitches(ObjectFile file, LoadedObject object, int thread)
      throws Exception {
    Struct slot = file.struct("thread_slot");
    ThreadSlots slots = new ThreadSlots(object.mapMemory("ls_slots"), slot, SLOTS);
    Struct.Member measures = slot.member("measures");
    long offset =
        measures.offset()
            + ((Type.Nested) measures.type()).struct().member("voluntary_switches").offset();
    AtomicLong found = new AtomicLong(-1);
    slots.forEachUsed(i -> {
      if (slots.osThreadId(i) == thread) {
        found.set(slots.memory().get(ValueLayout.JAVA_LONG, slots.address(i) + offset));
      }
    });
    return found.get();
  }
}
