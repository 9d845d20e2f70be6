package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import latencyscope.agent.account.ModuleSizes;
import latencyscope.agent.account.ThreadAccount;
import latencyscope.agent.account.ThreadSlots;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.bpf.libbpf.LoadedObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Modules as they are fitted to kernels that lack what this one has. */
@KernelTest
class OlderKernelTest {
  private static final int SLOTS = 256;
  private static final int CHUNKS = 1024;

  private static final int NAPS = 20;
  private static final long NAP_NS = 1_000_000;

  @ParameterizedTest(name = "task storage {0}, state handed to sched_switch {1}")
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void switchesOfItsOwnSleeps(boolean taskStorage, boolean switchState) throws Exception {
    ObjectFile file = ObjectFile.named("isolation");
    KernelObject fitted =
        fitted(file, taskStorage).constant("switch_has_state", switchState ? 1 : 0);
    long voluntary = afterNaps(file, fitted, "voluntary_switches");
    assertTrue(voluntary >= NAPS && voluntary <= NAPS + 10, voluntary + " voluntary switches");
  }

  @ParameterizedTest(name = "task storage {0}")
  @ValueSource(booleans = {true, false})
  void callsOfItsOwnSleeps(boolean taskStorage) throws Exception {
    ObjectFile file = ObjectFile.named("syscall");
    KernelObject fitted =
        fitted(file, taskStorage)
            .mapEntries("ls_subjects", SLOTS)
            .mapEntries("ls_subject_index", SLOTS)
            .mapEntries("ls_free_subjects", SLOTS);
    long blockedNs = afterNaps(file, fitted, "blocked_ns");
    // The way to the kernel is part of a millisecond of Thread.sleep; a busy machine adds to it.
    assertTrue(
        blockedNs >= NAPS * NAP_NS * 9 / 10 && blockedNs < 5_000 * NAP_NS,
        blockedNs + " ns blocked");
  }

  private static KernelObject fitted(ObjectFile file, boolean taskStorage) throws Exception {
    KernelObject object = KernelObject.open(file);
    ModuleLog.configure(object, ModuleLog.NO_LOG);
    return object
        .constant("target_tgid", ProcessHandle.current().pid())
        .constant("has_task_storage", taskStorage ? 1 : 0)
        .mapEntries("ls_slots", SLOTS)
        .mapEntries("ls_free_slots", SLOTS)
        .mapEntries("ls_chunks", CHUNKS)
        .mapEntries("ls_free_chunks", CHUNKS)
        .mapEntries("ls_task_hash", SLOTS)
        .createMap(taskStorage ? "ls_task_hash" : "ls_task_storage", false);
  }

  /** What a module has counted of this thread, which has slept meanwhile. */
  private static long afterNaps(ObjectFile file, KernelObject fitted, String counter)
      throws Exception {
    try (LoadedObject object = fitted.load()) {
      ThreadAccount.handOut(object, new ModuleSizes(SLOTS, 0, CHUNKS));
      for (String program : file.programs()) {
        object.attach(program);
      }
      for (int i = 0; i < NAPS; i++) {
        Thread.sleep(1);
      }
      assertEquals(0, object.variable("events_without_slot").get(ValueLayout.JAVA_LONG, 0));
      return count(file, object, NativeThread.id(), counter);
    }
  }

  private static long count(ObjectFile file, LoadedObject object, int thread, String counter)
      throws Exception {
    Struct slot = file.struct("thread_slot");
    ThreadSlots slots =
        new ThreadSlots(
            object.mapMemory("ls_slots"), slot, SLOTS, object.variable("slots_claimed"));
    Struct.Member measures = slot.member("measures");
    long offset =
        measures.offset() + ((Type.Nested) measures.type()).struct().member(counter).offset();
    AtomicLong found = new AtomicLong(-1);
    slots.forEachUsed(i -> {
      if (slots.osThreadId(i) == thread) {
        found.set(slots.memory().get(ValueLayout.JAVA_LONG, slots.address(i) + offset));
      }
    });
    return found.get();
  }
}
