package latencyscope.recording.fact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class JvmSettingsTest {
  @Test
  void highestThresholdIsTheOneThatHeldThroughout() {
    JvmSettings settings = new JvmSettings();
    assertFalse(settings.areRecorded());
    settings.add("jdk.ThreadPark", "enabled", "true");
    settings.add("jdk.ThreadPark", "threshold", "20 ms");
    settings.add("jdk.ThreadPark", "threshold", "0 ns");
    settings.add("jdk.ThreadPark", "stackTrace", "true");
    assertEquals(OptionalLong.of(20_000_000), settings.keptFrom("jdk.ThreadPark"));
    settings.add("jdk.ThreadPark", "enabled", "false");
    assertEquals(OptionalLong.empty(), settings.keptFrom("jdk.ThreadPark"));
    assertEquals(OptionalLong.empty(), settings.keptFrom("jdk.ThreadSleep"));
    settings.add("jdk.ThreadSleep", "threshold", "ever");
    assertEquals(OptionalLong.of(Long.MAX_VALUE), settings.keptFrom("jdk.ThreadSleep"));
    assertTrue(settings.areRecorded());
  }
}
