package latencyscope.guest.trigger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerConditionTest {
  private final List<String> problems = new ArrayList<>();

  @Test
  void conditionsAreJoinedWithBars() {
    assertEquals(
        List.of(
            new TriggerCondition("runqueue>100us", "latencyscope.RunQueueWait", 100_000),
            new TriggerCondition("gc>5ms", "jdk.GCPhasePause", 5_000_000),
            new TriggerCondition("demo.TickToTrade > 50µs", "demo.TickToTrade", 50_000)),
        TriggerCondition.parse("runqueue>100us|gc>5ms|demo.TickToTrade > 50µs", problems));
    assertEquals(List.of(), problems);
  }

  @Test
  void eventsOfTheKernelAreToldFromThoseOfTheJvm() {
    List<TriggerCondition> both = TriggerCondition.parse("fault>1ms|safepoint>1ms", problems);
    assertEquals(List.of(true, false), both.stream().map(TriggerCondition::isOfKernel).toList());
  }

  @Test
  void latencyIsWhateverKeepsAThreadFromRunning() {
    List<TriggerCondition> any = TriggerCondition.parse("latency>1ms", problems);
    assertTrue(any.stream().anyMatch(c -> c.event().equals("latencyscope.RunQueueWait")));
    assertTrue(any.stream().anyMatch(c -> c.event().equals("jdk.GCPhasePause")));
    assertTrue(any.stream().noneMatch(c -> c.event().equals("latencyscope.ContextSwitch")));
    assertTrue(any.stream().allMatch(c -> c.longerThanNs() == 1_000_000));
    assertEquals(List.of(), problems);
  }

  @Test
  void noneIsNoProblem() {
    assertEquals(List.of(), TriggerCondition.parse("", problems));
    assertEquals(List.of(), problems);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"runqueue", "latencies>5ms", "runqueue>5", "gc>ms", "gc>99999999999999999s"})
  void whatIsNotUnderstoodIsNamedAndTheRestStands(String wrong) {
    List<TriggerCondition> rest = TriggerCondition.parse(wrong + "|gc>1s", problems);
    assertEquals(List.of("gc>1s"), rest.stream().map(TriggerCondition::text).toList());
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).startsWith("trigger '" + wrong + "'"), problems::toString);
  }
}
