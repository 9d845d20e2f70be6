package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.ExplainedLoad;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.VirtualWorkload;
import org.junit.jupiter.api.Test;

/** What is told of a virtual thread: what its carrier went through, where that is known. */
@KernelTest
class VirtualThreadIT extends ExplainedLoad {
  private static final int WINDOWS = VirtualWorkload.WINDOWS;

  @Test
  void windowIsExplainedOnTheCarrierWhereItIsKnownAndNotOtherwise() throws Exception {
    try (Engine engine = engine(Launch.of(VirtualWorkload.class, recording.toString()))) {
      engine.say("go");
      finish(engine);
    }
    OurAccount ours = OurAccount.read(recording);
    List<RecordedEvent> pins = ours.eventsOf("jdk.VirtualThreadPinned");
    assertEquals(WINDOWS, pins.size());
    JsonNode tree = json("explain", "--event", "test.Order", "--top", "100");
    JsonNode windows = tree.get("windows");
    assertEquals(2 * WINDOWS, windows.size());
    assertAddUp(windows);
    int known = 0;
    for (JsonNode window : windows) {
      assertEquals("order-thread", window.get("thread").asText());
      long length = window.get("duration_ns").asLong();
      if (window.get("carrier").isNull()) {
        assertTrue(window.get("carrier_known_ns").isNull(), window::toString);
        assertEquals(length, window.get("unexplained_ns").asLong(), window::toString);
        continue;
      }
      known++;
      RecordedEvent pin = pinWithin(pins, window);
      long pinned = pin.getDuration().toNanos();
      assertEquals(pin.getThread("carrierThread").getJavaName(), window.get("carrier").asText());
      assertEquals(pinned, window.get("carrier_known_ns").asLong(), window::toString);
      // Only what it did after it was pinned, on whatever carrier, is not known.
      assertEquals(length - pinned, window.get("unexplained_ns").asLong(), window::toString);
      long blocked = 0;
      for (JsonNode part : window.get("parts")) {
        if (part.get("cause").asText().equals("blocked")) {
          assertEquals("Thread.sleep", part.get("within").asText(), window::toString);
          blocked += part.get("ns").asLong();
        }
      }
      // It slept on its carrier; a timer that is late on a busy machine makes that longer.
      assertTrue(blocked >= 19_000_000 && blocked <= pinned, window::toString);
    }
    assertEquals(WINDOWS, known);
    assertTrue(
        tree.at("/unavailable/windows[].carrier")
            .asText()
            .startsWith("a virtual thread: its carrier"),
        tree.get("unavailable")::toString);
    // What the kernel measured is on the carriers: it knows no other threads.
    for (String type : List.of("ContextSwitch", "RunQueueWait")) {
      for (RecordedEvent event : ours.events(type)) {
        assertTrue(event.getThread() == null || !event.getThread().isVirtual(), event::toString);
      }
    }
  }

  private static RecordedEvent pinWithin(List<RecordedEvent> pins, JsonNode window) {
    long start = Instant.parse(window.get("start").asText()).toEpochMilli();
    long end = start + window.get("duration_ns").asLong() / 1_000_000 + 1;
    RecordedEvent found = null;
    for (RecordedEvent pin : pins) {
      long middle = pin.getStartTime().plus(pin.getDuration().dividedBy(2)).toEpochMilli();
      if (middle >= start && middle <= end) {
        assertNull(found, () -> "two pins in " + window);
        found = pin;
      }
    }
    return found;
  }
}
