package latencyscope.truth.account;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two accounts of the same switches are recognized, and one with a switch too many is not. */
class SameSwitchesTest {
  private static final int SWITCHES = 3_000;

  private final Random random = new Random(18);

  /** Some 100 µs apart. */
  private List<Instant> switches() {
    List<Instant> switches = new ArrayList<>();
    Instant at = Instant.EPOCH;
    for (int i = 0; i < SWITCHES; i++) {
      at = at.plusNanos(20_000 + random.nextInt(160_000));
      switches.add(at);
    }
    return switches;
  }

  /** The same by a clock that is wrong, to a microsecond and with interrupts in between. */
  private List<Instant> traced(List<Instant> switches, long wrongNs) {
    return switches.stream()
        .map(at -> at.plusNanos(wrongNs + random.nextInt(1_000)))
        .map(at -> random.nextInt(20) == 0 ? at.plusNanos(50_000) : at)
        .sorted()
        .toList();
  }

  private static int between(List<Instant> traced, List<Instant> events) {
    return SameSwitches.end(traced, events) - SameSwitches.begin(traced, events);
  }

  @Test
  void areFoundWhereTheClocksDisagree() {
    List<Instant> events = switches();
    for (long wrongNs : new long[] {0, 300_000, -900_000, 3_000_000}) {
      List<Instant> traced = traced(events.subList(100, SWITCHES - 100), wrongNs);
      assertEquals(100, SameSwitches.begin(traced, events));
      assertEquals(traced.size(), between(traced, events));
      assertEquals(traced.size(), SameSwitches.firstApart(traced, events, 100));
    }
  }

  @Test
  void oneTooManyOrTooFewIsSeen() {
    List<Instant> events = switches();
    List<Instant> traced = new ArrayList<>(traced(events.subList(100, SWITCHES - 100), 300_000));
    traced.remove(1_000);
    assertEquals(traced.size() + 1, between(traced, events));
    int apart = SameSwitches.firstApart(traced, events, 100);
    assertNotEquals(traced.size(), apart);
    assertEquals(1_000, apart, 150);
    traced.add(1_500, traced.get(1_500));
    traced.add(1_500, traced.get(1_500));
    assertEquals(traced.size() - 1, between(traced, events));
  }
}
