package latencyscope.guest.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latencyscope.guest.trigger.Triggers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentOptionsTest {
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "  "})
  void nothingIsNoProblem(String text) {
    assertEquals(new AgentOptions(Map.of(), Set.of(), List.of()), AgentOptions.parse(text));
  }

  @Test
  void colonsDoForEqualsSigns() {
    AgentOptions options = AgentOptions.parse("modules:isolation+irq,threads=str*+md-?,cpus:4-7");
    assertEquals("isolation+irq", options.value("modules"));
    assertEquals("str*+md-?", options.value("threads"));
    assertEquals("4-7", options.value("cpus"));
    assertEquals("", options.value("interface"));
    assertEquals(List.of(), options.problems());
  }

  @Test
  void aListOfCpusMayHaveCommas() {
    AgentOptions options = AgentOptions.parse("cpus=4,5,6-7,drain.cpus=0,1");
    assertEquals("4,5,6-7", options.value("cpus"));
    assertEquals("0,1", options.value("drain.cpus"));
    assertEquals(List.of(), options.problems());
  }

  @Test
  void aPathMayHaveColonsAndEqualsSigns() {
    assertEquals("/tmp/a=b:c.jfr", AgentOptions.parse("file=/tmp/a=b:c.jfr").value("file"));
  }

  @Test
  void anUnknownKeyIsNamedWithTheKnownOnesAndTheRestStands() {
    AgentOptions options = AgentOptions.parse("cups=1,modules=irq");
    assertEquals("irq", options.value("modules"));
    assertEquals(
        List.of(
            "unknown option 'cups'; the options are modules, threads, cpus, interface, drain.cpus,"
                + " history, history.last, mode, broker, budget, stats, prepare, start, file,"
                + " duration, trigger, trigger.last, trigger.cooldown, trigger.dir, and the"
                + " commands stop, status"),
        options.problems());
  }

  @Test
  void aFirstCaptureIsPreparedUnlessThatIsOff() {
    assertTrue(AgentOptions.parse("").prepares());
    assertFalse(AgentOptions.parse("prepare=off").prepares());
    AgentOptions odd = AgentOptions.parse("prepare=of");
    assertTrue(odd.prepares());
    assertEquals(List.of("prepare 'of' is neither on nor off; using on"), odd.problems());
  }

  @Test
  void commandsNeedNoValue() {
    AgentOptions options = AgentOptions.parse("stop");
    assertEquals(Set.of("stop"), options.commands());
    assertEquals(List.of(), options.problems());
  }

  @Test
  void timesMayBeWrittenAsJcmdHasThem() {
    assertEquals(Duration.ofMillis(500), AgentOptions.duration("500ms"));
    assertEquals(Duration.ofSeconds(7), AgentOptions.duration("7"));
    assertEquals(Duration.ofMinutes(2), AgentOptions.parse("trigger.last=2m").triggerLast());
    assertEquals(Duration.ofSeconds(60), AgentOptions.parse("").triggerCoolDown());
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775807h", "292472m5", "300000000h", "99999999999999999999"})
  void timesThatNobodyCanWaitForAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AgentOptions.duration(text));
    assertEquals(Duration.ofSeconds(30), AgentOptions.parse("trigger.last=" + text).triggerLast());
  }

  @Test
  void aFolderThatIsNoPathDoesNotKeepTheTriggerFromWorking() {
    AgentOptions options = AgentOptions.parse("trigger=runqueue>1ms,trigger.dir=a\0b");
    assertEquals(
        1_000_000,
        Triggers.asked(options, options.value("trigger"))
            .longerThanNs("latencyscope.RunQueueWait"));
  }

  @Test
  void aKeyThatJcmdHasRobbedOfItsValueIsTold() {
    AgentOptions options = AgentOptions.parse("modules");
    assertEquals(1, options.problems().size());
    assertTrue(options.problems().get(0).startsWith("modules was given without a value"));
  }
}
