package latencyscope.cli.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import jdk.jfr.EventType;
import jdk.jfr.SettingDescriptor;
import latencyscope.analysis.Analyzers;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Capture;
import latencyscope.proc.CpuSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

class CaptureRequestTest {
  private static final CaptureRequest EVERYTHING =
      new CaptureRequest(Duration.ofSeconds(1), null, CpuSet.EMPTY, List.of(), null, false, null);

  @Test
  @DisabledForJreRange(max = JRE.JAVA_24)
  void settingsAreThoseThatTheFlightRecorderKnows() {
    List<String> known =
        EventType.getEventType(Capture.class).getSettingDescriptors().stream()
            .map(SettingDescriptor::getName)
            .toList();
    String prefix = "latencyscope.Capture#";
    List<String> asked =
        EVERYTHING.settings().keySet().stream()
            .filter(key -> key.startsWith(prefix))
            .map(key -> key.substring(prefix.length()))
            .toList();
    assertTrue(known.containsAll(asked), asked::toString);
    assertEquals("all", EVERYTHING.settings().get(prefix + "pid"));
  }

  @Test
  void everyModuleHasItsAnalyzer() {
    Schema.modules().forEach(module -> assertTrue(Analyzers.exists(module), module));
  }
}
