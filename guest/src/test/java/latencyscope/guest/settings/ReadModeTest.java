package latencyscope.guest.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import latencyscope.jfr.capture.Capture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With real recordings: what they ask for is what counts. */
class ReadModeTest {
  /** What is in force while recordings with these settings run. */
  private static ReadMode inForce(String options, List<Map<String, String>> settings) {
    List<Recording> recordings = new ArrayList<>();
    try {
      for (Map<String, String> each : settings) {
        Recording recording = new Recording();
        recordings.add(recording);
        recording.enable(Capture.class);
        each.forEach((name, value) -> set(recording, name, value));
        recording.start();
      }
      return ReadMode.inForce(AgentOptions.parse(options), RecordedSettings.now());
    } finally {
      recordings.forEach(Recording::close);
    }
  }

  private static void set(Recording recording, String name, String value) {
    Map<String, String> all = recording.getSettings();
    all.put("latencyscope.Capture#" + name, value);
    recording.setSettings(all);
  }

  @Test
  void byDefaultTheLastTwoSeconds() {
    assertEquals(new ReadMode(false, true, 2_000_000_000), inForce("", List.of(Map.of())));
  }

  @Test
  void fromOutsideAllThatThereIs() {
    assertEquals(
        new ReadMode(false, true, ReadMode.ALL), inForce("", List.of(Map.of("pid", "4711"))));
  }

  @ParameterizedTest
  @CsvSource({"stream, true, false", "history, false, true", "neither, false, true"})
  void theModeOfTheRecording(String mode, boolean streams, boolean logs) {
    ReadMode inForce = inForce("", List.of(Map.of("mode", mode)));
    assertEquals(streams, inForce.streams());
    assertEquals(logs, inForce.logs());
  }

  @Test
  void twoRecordingsBothGetWhatTheyAskFor() {
    ReadMode both = inForce("", List.of(Map.of("mode", "stream"), Map.of("mode", "history")));
    assertTrue(both.streams());
    assertTrue(both.logs());
  }

  @Test
  void theRecordingSaysMoreThanTheOption() {
    Map<String, String> five = Map.of("historyLast", "5s");
    assertEquals(5_000_000_000L, inForce("history.last=1s", List.of(five)).lastNs());
    assertEquals(1_000_000_000L, inForce("history.last=1s", List.of(Map.of())).lastNs());
  }

  @Test
  void ofNoTimeNothingIsLogged() {
    assertFalse(inForce("history.last=0s", List.of(Map.of())).logs());
    assertFalse(inForce("", List.of(Map.of("historyLast", "0s"))).logs());
  }
}
