package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.SettingDescriptor;
import latencyscope.analysis.Analyzers;
import latencyscope.jfr.Capture;
import latencyscope.recording.CpuSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProfileTest {
  static Stream<Profile> profiles() {
    return Stream.of(Profile.PRODUCTION, Profile.FULL);
  }

  private static Map<String, String> settings(Profile profile) throws Exception {
    return Configuration.create(new StringReader(profile.toXml())).getSettings();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void flightRecorderReadsItAndFindsEveryEvent(Profile profile) throws Exception {
    Map<String, String> settings = settings(profile);
    for (Schema.Type type : Schema.types()) {
      assertEquals("true", settings.get(type.name() + "#enabled"), type.name());
      type.settings().forEach(s -> assertEquals("", settings.get(type.name() + "#" + s)));
    }
    assertEquals("true", settings.get("jdk.ThreadStart#enabled"));
  }

  @Test
  void thresholds() throws Exception {
    String key = "latencyscope.RunQueueWait#threshold";
    assertEquals("10 us", settings(Profile.PRODUCTION).get(key));
    assertEquals("0 ns", settings(Profile.FULL).get(key));
  }

  @Test
  void schemaIsDerivedFromTheClasses() {
    List<String> names = Schema.types().stream().map(Schema.Type::name).toList();
    assertTrue(
        names.containsAll(
            List.of(
                "latencyscope.Capture",
                "latencyscope.Histogram",
                "latencyscope.RunQueueWait",
                "latencyscope.ContextSwitch",
                "latencyscope.Migration")),
        names::toString);
    assertTrue(Schema.modules().contains("isolation"));
  }

  @Test
  @DisabledForJreRange(max = JRE.JAVA_24)
  void settingsAreThoseThatTheFlightRecorderKnows() {
    List<String> known =
        EventType.getEventType(Capture.class).getSettingDescriptors().stream()
            .map(SettingDescriptor::getName)
            .toList();
    assertTrue(known.containsAll(captureType().settings()), known::toString);
    CaptureRequest request =
        new CaptureRequest(Duration.ofSeconds(1), null, CpuSet.EMPTY, List.of(), null);
    String prefix = captureType().name() + "#";
    request.settings().keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(key -> assertTrue(known.contains(key.substring(prefix.length())), key));
  }

  private static Schema.Type captureType() {
    return Schema.types().stream()
        .filter(type -> type.name().equals("latencyscope.Capture"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyModuleHasItsAnalyzer() {
    Schema.modules().forEach(module -> assertTrue(Analyzers.exists(module), module));
  }
}
