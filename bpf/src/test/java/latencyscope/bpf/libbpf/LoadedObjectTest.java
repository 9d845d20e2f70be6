package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import latencyscope.bpf.btf.Fixtures;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Errno;
import latencyscope.bpf.kernel.NativeThread;
import latencyscope.bpf.ring.RecordHandler;
import latencyscope.bpf.ring.RingReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Programs in the running kernel, watching this very thread. */
@KernelTest
class LoadedObjectTest {
  private static final String SWITCH = "ls_test_switch";
  private static final String TASKS = "ls_test_tasks";
  private static final int SLEEPS = 50;

  private int tid;
  private LoadedObject loaded;

  @BeforeEach
  void load() throws BpfException {
    tid = NativeThread.id();
    loaded = spec().load();
  }

  @AfterEach
  void close() {
    loaded.close();
  }

  private KernelObject spec() throws BpfException {
    return KernelObject.open(Fixtures.object("switches"))
        .constant("target_tid", tid)
        .constant("monitored", new byte[] {1})
        .constant("bounds", new long[] {0, 0, 1});
  }

  private void sleepOften() {
    for (int i = 0; i < SLEEPS; i++) {
      LockSupport.parkNanos(50_000);
    }
  }

  private long count(String variable) throws BpfException {
    return loaded.variable(variable).get(JAVA_LONG, 0);
  }

  @Test
  void asManyRecordsArriveAsTheProgramCounts() throws Exception {
    Struct layout = Fixtures.object("switches").struct("switch_seen");
    int nextTid = layout.member("next_tid").offset();
    int prevTid = layout.member("prev_tid").offset();
    int name = layout.member("next_name").offset();
    int kind = layout.member("kind").offset();
    Type.Enumeration kinds = Fixtures.object("switches").enumeration("switch_kind");
    List<String> wrong = new ArrayList<>();
    int[] arrivals = {0};
    RecordHandler handler =
        (data, offset, length) -> {
          boolean toMe = data.get(JAVA_INT, offset + nextTid) == tid;
          boolean fromMe = data.get(JAVA_INT, offset + prevTid) == tid;
          String what = kinds.constant(data.get(JAVA_INT, offset + kind));
          arrivals[0] += toMe ? 1 : 0;
          if (toMe == fromMe || length != layout.size() || toMe != what.equals("SWITCH_TARGET")) {
            wrong.add(what + " of " + length + " bytes to " + data.getString(offset + name));
          }
        };

    loaded.attach(SWITCH);
    sleepOften();
    loaded.detach(SWITCH);
    int drained = 0;
    for (int n; (n = loaded.ring("ls_switches").drain(handler, 7)) > 0; ) {
      assertTrue(n <= 7);
      drained += n;
    }

    assertEquals(List.of(), wrong);
    assertEquals(count("sent"), drained);
    assertEquals(count("seen"), drained + count("lost"));
    // Not each: some switches the kernel does not trace, after threads of process 1 have run.
    assertTrue(arrivals[0] >= SLEEPS / 2, "came back on CPU " + arrivals[0] + " times");
    assertEquals(0, loaded.ring("ls_switches").pendingBytes());
  }

  @Test
  void nothingRunsBeforeAttachNorAfterDetach() throws Exception {
    sleepOften();
    assertEquals(0, count("seen"));
    loaded.attach(SWITCH);
    loaded.attach(SWITCH); // the second is the same link
    sleepOften();
    loaded.detach(SWITCH);
    long seen = count("seen");
    sleepOften();
    // Away and back, but for the few switches that the kernel does not trace.
    assertTrue(seen >= SLEEPS, seen + " switches");
    assertEquals(seen, count("seen"));
    loaded.attach(SWITCH);
    sleepOften();
    assertTrue(count("seen") >= seen + SLEEPS, count("seen") + " switches");
  }

  @Test
  void constantsDecide() throws Exception {
    loaded.close();
    loaded = spec().constant("sending", 0).load();
    loaded.attach(SWITCH);
    sleepOften();
    assertTrue(count("seen") > 0);
    assertEquals(0, count("sent"));
    assertEquals(tid, loaded.variable("target_tid").get(JAVA_INT, 0));
    assertTrue(loaded.variable("target_tid").isReadOnly());
  }

  @Test
  void anArrayIsMappedWithTheKernelsStride() throws Exception {
    assertEquals(16, loaded.map("ls_tallies").stride());
    MemorySegment tallies = loaded.mapMemory("ls_tallies");
    assertEquals(48, tallies.byteSize());
    assertSame(tallies, loaded.mapMemory("ls_tallies"));
    loaded.variable("scale").set(JAVA_INT, 0, 5); // .data: written here, read by the program
    loaded.attach(SWITCH);
    sleepOften();
    loaded.detach(SWITCH);

    long seen = count("seen");
    assertEquals(0, tallies.get(JAVA_INT, 0));
    assertEquals(seen, tallies.get(JAVA_INT, 16));
    assertEquals(5 * seen, tallies.get(JAVA_INT, 16 + 8));
    byte[] row = loaded.map("ls_tallies").get(KernelMap.u32(1)).orElseThrow();
    assertArrayEquals(tallies.asSlice(16, 12).toArray(JAVA_BYTE), row);
  }

  @Test
  void queueGoesFirstInFirstOut() throws Exception {
    for (int slot : new int[] {11, 22, 33, 44}) {
      loaded.push("ls_slots", slot);
    }
    BpfException full = assertThrows(BpfException.class, () -> loaded.push("ls_slots", 55));
    assertEquals("E2BIG", Errno.name(full.errno()));
    assertEquals(OptionalInt.of(11), loaded.map("ls_slots").pop());

    loaded.attach(SWITCH);
    sleepOften();
    loaded.detach(SWITCH);
    assertEquals(3, loaded.variable("popped").get(JAVA_INT, 0));
    assertEquals(22 + 33 + 44, loaded.variable("popped_sum").get(JAVA_INT, 0));
    assertEquals(OptionalInt.empty(), loaded.map("ls_slots").pop());
  }

  @Test
  void hashKeepsReplacesListsAndForgets() throws Exception {
    KernelMap limits = loaded.map("ls_limits");
    for (int key = 1; key <= 3; key++) {
      limits.put(KernelMap.u32(key), KernelMap.u64(key * 10_000_000_000L));
    }
    limits.put(KernelMap.u32(2), KernelMap.u64(-1));
    assertArrayEquals(KernelMap.u64(-1), limits.get(KernelMap.u32(2)).orElseThrow());
    assertEquals(3, limits.keys().size());
    assertTrue(limits.remove(KernelMap.u32(2)));
    assertFalse(limits.remove(KernelMap.u32(2)));
    assertTrue(limits.get(KernelMap.u32(2)).isEmpty());
    assertEquals(2, limits.keys().size());
    var tooLong = assertThrows(IllegalArgumentException.class, () -> limits.get(KernelMap.u64(1)));
    assertEquals("a key of map ls_limits has 4 bytes, not 8", tooLong.getMessage());
  }

  @Test
  void iteratorShowsThisThread() throws Exception {
    String tasks = new String(loaded.readIterator(TASKS), StandardCharsets.US_ASCII);
    String me = ProcessHandle.current().pid() + " " + tid;
    assertTrue(tasks.lines().toList().contains(me), () -> me + " is not among\n" + tasks);
    BpfException no = assertThrows(BpfException.class, () -> loaded.readIterator(SWITCH));
    assertEquals("could not iterate with ls_test_switch (EINVAL)", no.problem());
  }

  @Test
  void runsAreCountedWhileAccountingIsOpen() throws Exception {
    loaded.attach(SWITCH);
    RunTimeAccounting accounting = RunTimeAccounting.start();
    sleepOften();
    accounting.close();
    accounting.close(); // twice does no harm
    sleepOften();
    loaded.detach(SWITCH);
    ProgramInfo info = loaded.info(SWITCH);
    assertEquals(SWITCH, info.name());
    assertTrue(info.id() > 0);
    assertTrue(info.runCount() >= 2 * SLEEPS, info::toString);
    assertTrue(info.runTimeNs() > info.runCount(), info::toString);
    // The same from the descriptor's file in /proc, which libbpf has no part in.
    assertEquals(
        Map.of(
            "run_cnt", info.runCount(),
            "run_time_ns", info.runTimeNs(),
            "recursion_misses", info.recursionMisses().orElseThrow()),
        LoadedPrograms.counts(info.id()));
    assertEquals(0, loaded.info(TASKS).runCount());
  }

  @Test
  void partsCanBeLeftOut() throws Exception {
    loaded.close();
    loaded = spec().loadProgram(SWITCH, false).createMap("ls_limits", false).load();
    assertEquals(List.of(TASKS), loaded.programs());
    var absent = assertThrows(IllegalArgumentException.class, () -> loaded.attach(SWITCH));
    assertEquals(
        "switches has no loaded program ls_test_switch; there are: ls_test_tasks",
        absent.getMessage());
    assertThrows(BpfException.class, () -> loaded.map("ls_limits"));
    loaded.readIterator(TASKS);
  }

  @Test
  void mapsTakeTheSizeThatWasChosen() throws Exception {
    loaded.close();
    loaded = spec().mapEntries("ls_switches", 300_000).mapEntries("ls_slots", 1).load();
    assertEquals(512 * 1024, loaded.ring("ls_switches").capacityBytes());
    loaded.push("ls_slots", 1);
    assertThrows(BpfException.class, () -> loaded.push("ls_slots", 2));
  }

  @Test
  void memoryIsOutOfReachOnceClosed() throws Exception {
    RingReader ring = loaded.ring("ls_switches");
    KernelMap limits = loaded.map("ls_limits");
    MemorySegment tallies = loaded.mapMemory("ls_tallies");
    MemorySegment seen = loaded.variable("seen");
    loaded.close();
    assertThrows(IllegalStateException.class, () -> ring.drain((_, _, _) -> {}, 1));
    assertThrows(IllegalStateException.class, () -> limits.keys());
    assertThrows(IllegalStateException.class, () -> tallies.get(JAVA_INT, 0));
    assertThrows(IllegalStateException.class, () -> seen.get(JAVA_LONG, 0));
    assertThrows(IllegalStateException.class, () -> loaded.attach(SWITCH));
    assertThrows(IllegalStateException.class, () -> loaded.info(SWITCH));
  }

  @Test
  void closingLeavesNothing() throws Exception {
    loaded.close();
    List<String> before = LoadedPrograms.descriptors();
    loaded = spec().load();
    loaded.attach(SWITCH);
    loaded.readIterator(TASKS);
    loaded.ring("ls_switches");
    loaded.mapMemory("ls_tallies");
    assertFalse(LoadedPrograms.mappings().isEmpty());
    assertTrue(LoadedPrograms.descriptors().size() > before.size());
    loaded.close();
    loaded.close();
    assertEquals(before, LoadedPrograms.descriptors());
    assertEquals(List.of(), LoadedPrograms.mappings());
  }
}
