package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import latencyscope.recording.event.EventType;
import org.junit.jupiter.api.Test;
import org.openjdk.jmc.common.IMCType;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/** What mutated recordings found: events about the capture that lack what they are about. */
class DamagedMeasuresTest {
  @Test
  void aMeasureWithoutANameIsLeftOutAndSaid() {
    Recording recording =
        Fixture.goodDay()
            .add("Counter", "module", "isolation", "measure", null, "value", 7L)
            .add("Histogram", "module", null, "measure", "runqueue_wakeup", "count", 7L)
            .add("HostFact", "name", null, "value", "x")
            .recording();
    assertEquals(400, recording.distribution("isolation", "runqueue_wakeup").get().count());
    assertTrue(recording.notes().iterator().next().startsWith("A measure without a name"));
    assertEquals(1, recording.notes().size());
  }

  @Test
  void aProbeWithoutAModuleIsLeftOutAndSaid() {
    Recording recording =
        Fixture.goodDay()
            .add("ProbeStatus", "module", null, "probe", "ls_sched_switch", "state", "attached")
            .add("ProbeCost", "module", null, "probe", "ls_sched_switch", "runs", 1L)
            .recording();
    assertEquals(1, recording.probes().size());
    assertEquals(0, recording.costs().size());
    assertTrue(recording.notes().iterator().next().startsWith("A probe without a module"));
  }

  @Test
  void aTypeWithoutItsModuleIsOfTheCapture() {
    for (String[] category : new String[][] {null, {}, {"LatencyScope"}, {"LatencyScope", null}}) {
      assertEquals("capture", new EventType("latencyscope.X", category, List.of()).module());
    }
  }

  @Test
  void noEventEndsBeforeItBeganOrAfterTheEndOfTime() {
    assertEquals(0, EventType.length(1_000, -5));
    assertEquals(5, EventType.length(1_000, 5));
    assertEquals(Long.MAX_VALUE - 1_000, EventType.length(1_000, Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, EventType.length(-1_000, Long.MAX_VALUE));
  }

  @Test
  void aClassWithoutANameHasNone() {
    List<ValueField> fields = List.of(new ValueField("type", "", "", UnitLookup.UNKNOWN));
    EventType type = new EventType("jdk.JavaMonitorEnter", new String[] {"Java"}, fields);
    Object nameless =
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {IMCType.class},
            (proxy, method, arguments) -> {
              throw new NullPointerException(); // as the parser's own
            });
    assertEquals(Map.of(), type.plain(new Object[] {nameless}));
  }
}
