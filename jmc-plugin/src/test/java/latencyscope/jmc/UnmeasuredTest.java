package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.ProbeCost;
import latencyscope.jfr.isolation.RunQueueWait;
import latencyscope.jfr.memory.PageFault;
import latencyscope.jfr.schema.EventFields;
import latencyscope.jfr.syscall.FutexWait;
import latencyscope.recording.LoadedRecording;
import latencyscope.recording.event.NotMeasured;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IDisplayable;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.common.util.TypeHandling;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/**
 * What tables of Mission Control show of values that nobody measured, and of times among counts.
 */
class UnmeasuredTest {
  private static final long THREAD = 4_000_001;

  @TempDir static Path folder;

  private static IItemCollection items;

  @BeforeAll
  static void record() throws Exception {
    Path file = folder.resolve("unmeasured.jfr");
    try (Recording recording = new Recording()) {
      for (Class<? extends Event> type : Schema.events()) {
        recording.enable(type).withoutThreshold();
      }
      recording.start();
      RunQueueWait wait = new RunQueueWait();
      of(wait);
      wait.throttled = -1;
      wait.commit();
      FutexWait futex = new FutexWait();
      of(futex);
      futex.asked = Long.MIN_VALUE;
      futex.commit();
      PageFault fault = new PageFault();
      of(fault);
      fault.region = "anonymous";
      fault.commit();
      count("voluntary_switches", 12);
      count("runqueue_ns", 12_100_000_000L);
      ProbeCost cost = new ProbeCost();
      cost.module = "isolation";
      cost.probe = "ls_switch";
      cost.runs = -1;
      cost.time = -1;
      cost.commit();
      recording.stop();
      recording.dump(file);
    }
    items = JfrLoaderToolkit.loadEvents(file.toFile());
  }

  private static void of(KernelEvent event) {
    event.osThreadId = THREAD;
    event.thread = "strategy";
    event.kernelStart = 1;
    event.kernelDuration = 1_000;
  }

  private static void count(String measure, long value) {
    Counter counter = new Counter();
    counter.module = "isolation";
    counter.measure = measure;
    counter.thread = "strategy";
    counter.osThreadId = THREAD;
    counter.cpu = -1;
    counter.value = value;
    counter.commit();
  }

  /** What the cells of a row hold, as Mission Control writes them; nothing is an empty cell. */
  private static Map<String, String> cells(String type, String name, String value) {
    for (IItemIterable ofType : items) {
      for (IItem item : ofType) {
        Map<String, String> cells = new TreeMap<>();
        for (var key : ofType.getType().getAccessorKeys().keySet()) {
          Object cell =
              ((IMemberAccessor<?, IItem>) ofType.getType().getAccessor(key)).getMember(item);
          cells.put(key.getIdentifier(), cell == null ? "" : TypeHandling.getValueString(cell));
        }
        if (ofType.getType().getIdentifier().equals("latencyscope." + type)
            && value.equals(cells.get(name))) {
          return cells;
        }
      }
    }
    throw new AssertionError("no " + type + " with " + name + " " + value);
  }

  @Test
  void whatWasNotMeasuredIsEmpty() {
    Map<String, String> wait = cells("RunQueueWait", "thread", "strategy");
    assertEquals("", wait.get("throttled"));
    assertEquals("", wait.get("culpritPid"), "of an idle CPU");
    assertEquals("", cells("FutexWait", "thread", "strategy").get("asked"));
    Map<String, String> fault = cells("PageFault", "thread", "strategy");
    assertEquals("", fault.get("fileOffset"), "of memory that is of no file");
    assertEquals("", fault.get("pageNode"));
    Map<String, String> cost = cells("ProbeCost", "probe", "ls_switch");
    assertEquals("", cost.get("runs"));
    assertEquals("", cost.get("time"));
  }

  @Test
  void aCounterOfTimeIsATime() {
    Map<String, String> time = cells("Counter", "measure", "runqueue_ns");
    assertEquals(
        UnitLookup.SECOND.quantity(12.1).displayUsing(IDisplayable.AUTO), time.get("time"));
    assertEquals("", time.get("value"));
    assertEquals("", time.get("cpu"));
    Map<String, String> count = cells("Counter", "measure", "voluntary_switches");
    assertEquals("12", count.get("value"));
    assertEquals("", count.get("time"));
  }

  @Test
  void whoJudgesGetsThemAsTheyWereRecorded() throws Exception {
    long[] throttled = new long[1];
    var recording =
        new LoadedRecording(items)
            .read(event -> throttled[0] = event.number(EventFields.THROTTLED, throttled[0]));
    assertEquals(-1, throttled[0]);
    assertEquals(-1, recording.costs().iterator().next().runs());
    assertEquals(12_100_000_000L, recording.counters("isolation").total("runqueue_ns").getAsLong());
  }

  /** A field whose description has a value for none is known to have one. */
  @Test
  void everyFieldThatSaysSoIsKnown() {
    for (Class<? extends Event> type : Schema.events()) {
      for (Field field : type.getDeclaredFields()) {
        Description description = field.getAnnotation(Description.class);
        if (description != null && description.value().contains("; -1 ")) {
          String event = type.getAnnotation(Name.class).value();
          assertTrue(NotMeasured.of(event, field.getName()).isPresent(), event + " " + field);
        }
      }
    }
  }
}
