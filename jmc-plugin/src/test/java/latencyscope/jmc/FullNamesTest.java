package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.NamespaceThread;
import latencyscope.jfr.irq.HardIrq;
import latencyscope.jfr.isolation.ContextSwitch;
import latencyscope.jfr.isolation.RunQueueWait;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.item.IAccessorKey;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/**
 * Lanes and names of threads that no event has a {@code Thread} for: the JVM's own, and all of them
 * where the target is another process.
 */
class FullNamesTest {
  private static final long UNKNOWN = 4_000_001;
  private static final long IN_CONTAINER = 4_000_077;

  @TempDir static Path folder;

  private static long compiler;
  private static long vmThread;
  private static IItemCollection items;

  @BeforeAll
  static void record() throws Exception {
    compiler = tid("C2 CompilerThre");
    vmThread = tid("VM Periodic Tas");
    Path file = folder.resolve("names.jfr");
    try (Recording recording = new Recording()) {
      for (Class<? extends jdk.jfr.Event> type :
          List.of(
              Capture.class,
              RunQueueWait.class,
              ContextSwitch.class,
              HardIrq.class,
              NamespaceThread.class)) {
        recording.enable(type).withoutThreshold();
      }
      recording.start();
      commitAll();
      recording.stop();
      recording.dump(file);
    }
    items = JfrLoaderToolkit.loadEvents(List.of(new File(file.toString())));
  }

  private static long tid(String comm) throws Exception {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        if (Files.readString(task.resolve("comm")).strip().equals(comm)) {
          return Long.parseLong(task.getFileName().toString());
        }
      }
    }
    throw new AssertionError("no thread " + comm);
  }

  private static void commitAll() {
    long self = ProcessHandle.current().pid();
    RunQueueWait wait = new RunQueueWait();
    of(wait, compiler, "C2 CompilerThre");
    wait.culprit = "VM Periodic Tas";
    wait.culpritTid = vmThread;
    wait.culpritPid = self;
    wait.commit();
    ContextSwitch off = new ContextSwitch();
    of(off, UNKNOWN, "napper");
    off.next = "C2 CompilerThre"; // of another process, which has the same name
    off.nextTid = UNKNOWN + 5;
    off.nextPid = UNKNOWN + 4;
    off.waker = "VM Periodic Tas";
    off.wakerTid = vmThread;
    off.commit();
    ContextSwitch other = new ContextSwitch();
    of(other, UNKNOWN + 1, "sleeper");
    other.commit();
    ContextSwitch contained = new ContextSwitch();
    of(contained, IN_CONTAINER, "VM Thread");
    contained.commit();
    HardIrq onNobody = new HardIrq();
    of(onNobody, 0, null);
    onNobody.cpu = 3;
    onNobody.commit();
    NamespaceThread ids = new NamespaceThread();
    ids.osThreadId = IN_CONTAINER;
    ids.namespaceThreadId = tidOf("VM Thread");
    ids.commit();
    Capture capture = new Capture();
    capture.begin();
    capture.targetPid = self;
    capture.commit();
  }

  private static long tidOf(String comm) {
    try {
      return tid(comm);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void of(KernelEvent event, long osThreadId, String thread) {
    event.osThreadId = osThreadId;
    event.thread = thread;
    event.kernelStart = 1;
    event.kernelDuration = 1_000;
  }

  private record Row(IMCThread lane, Map<String, String> texts) {}

  private static List<Row> rows(String type) {
    List<Row> rows = new ArrayList<>();
    for (IItemIterable ofType : items) {
      if (ofType.getType().getIdentifier().equals("latencyscope." + type)) {
        ofType.forEach(item -> rows.add(row(ofType, item)));
      }
    }
    return rows;
  }

  private static Row row(IItemIterable ofType, IItem item) {
    Map<String, String> texts = new java.util.TreeMap<>();
    for (IAccessorKey<?> key : ofType.getType().getAccessorKeys().keySet()) {
      Object value =
          ((IMemberAccessor<?, IItem>) ofType.getType().getAccessor(key)).getMember(item);
      texts.put(key.getIdentifier(), String.valueOf(value));
    }
    return new Row(JfrAttributes.EVENT_THREAD.getAccessor(ofType.getType()).getMember(item), texts);
  }

  private static Row row(String type, String thread) {
    Optional<Row> found =
        rows(type).stream().filter(r -> r.texts().get("thread").equals(thread)).findFirst();
    return found.orElseThrow(() -> new AssertionError(thread + " in " + rows(type)));
  }

  /** Fails on the version before: no thread. */
  @Test
  void anEventOfOneOfTheJvmsThreadsIsOnItsLaneUnderItsFullName() {
    Row wait = row("RunQueueWait", "C2 CompilerThread0");
    assertEquals("C2 CompilerThread0", wait.lane().getThreadName());
    assertEquals("VM Periodic Task Thread", wait.texts().get("culprit"));
  }

  @Test
  void itsLaneIsThatOfTheJvmsOwnEvents() {
    IMCThread ofCompiler = row("RunQueueWait", "C2 CompilerThread0").lane();
    assertTrue(ofCompiler.getThreadId() > 0, "the recorder's own object of it");
  }

  @Test
  void threadsThatTheRecorderDoesNotKnowHaveALaneEach() {
    IMCThread one = row("ContextSwitch", "napper").lane();
    IMCThread other = row("ContextSwitch", "sleeper").lane();
    assertEquals("napper", one.getThreadName());
    assertEquals("sleeper", other.getThreadName());
    assertTrue(!one.equals(other));
  }

  @Test
  void aTaskOfAnotherProcessKeepsTheKernelsName() {
    Row off = row("ContextSwitch", "napper");
    assertEquals("C2 CompilerThre", off.texts().get("next"));
    assertEquals("VM Periodic Task Thread", off.texts().get("waker"));
  }

  @Test
  void aThreadOfAContainerIsTheOneThatItsJvmKnows() {
    Row contained = row("ContextSwitch", "VM Thread");
    assertEquals("VM Thread", contained.lane().getThreadName());
    assertEquals(Long.toString(IN_CONTAINER), contained.texts().get("osThreadId"));
  }

  @Test
  void whatHitNoThreadIsOnTheLaneOfItsCpu() {
    assertEquals("CPU 3, no thread of the target", rows("HardIrq").get(0).lane().getThreadName());
  }
}
