package demo.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import demo.book.Instrument;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MarketSimulatorTest {
  private final MarketSimulator market = new MarketSimulator(3);
  private final Tick tick = new Tick();

  @Test
  void aLongDayStaysOnTheLadderAndCancelsOnlyWhatWasAdded() {
    Set<Long> added = new HashSet<>();
    Map<Tick.Kind, Integer> kinds = new EnumMap<>(Tick.Kind.class);
    for (int i = 1; i <= 300_000; i++) {
      market.next(tick);
      assertEquals(i, tick.sequence);
      kinds.merge(tick.kind, 1, Integer::sum);
      if (tick.kind == Tick.Kind.CANCEL) {
        assertTrue(added.remove(tick.orderId), "cancelled twice or never added");
      } else {
        assertTrue(tick.price >= 1 && tick.price <= Instrument.MAX_PRICE, "off the ladder");
        assertTrue(tick.orderId > 0 && tick.quantity > 0);
        if (tick.kind == Tick.Kind.ADD) {
          added.add(tick.orderId);
        }
      }
    }
    assertEquals(Set.of(Tick.Kind.ADD, Tick.Kind.CANCEL, Tick.Kind.EXECUTE), kinds.keySet());
  }

  @Test
  void aMessageSurvivesTheWire() {
    market.next(tick);
    tick.sentNs = 123;
    ByteBuffer packet = ByteBuffer.allocate(Tick.LENGTH);
    tick.encode(packet);
    assertEquals(Tick.LENGTH, packet.position());
    Tick received = new Tick();
    received.decode(packet.flip());
    assertEquals(tick.sequence, received.sequence);
    assertEquals(tick.sentNs, received.sentNs);
    assertEquals(tick.orderId, received.orderId);
    assertEquals(tick.kind, received.kind);
    assertEquals(tick.instrument, received.instrument);
    assertEquals(tick.side, received.side);
    assertEquals(tick.price, received.price);
    assertEquals(tick.quantity, received.quantity);
  }
}
