package latencyscope.jfr;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.parsers.DocumentBuilderFactory;
import jdk.jfr.Configuration;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.SettingDescriptor;
import latencyscope.jfr.capture.Capture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ProfileTest {
  @ParameterizedTest
  @EnumSource(Profile.class)
  void fileSaysWhatTheAgentSets(Profile profile) throws Exception {
    Map<String, String> read =
        Configuration.create(new StringReader(profile.toXml())).getSettings();
    assertEquals(profile.settings(), read);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void everyEventIsOnAndLeavesTheTargetToTheUser(Profile profile) {
    Map<String, String> settings = profile.settings();
    for (Schema.Type type : Schema.types()) {
      assertEquals("true", settings.get(type.name() + "#enabled"), type.name());
      type.settings().forEach(s -> assertEquals("", settings.get(type.name() + "#" + s)));
    }
  }

  /** A template manager shows a control by its label, and one that nothing follows in vain. */
  @ParameterizedTest
  @EnumSource(Profile.class)
  void everyControlIsDefinedOnceWithALabelAndUsed(Profile profile) throws Exception {
    Document xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(profile.toXml())));
    Set<String> defined = new TreeSet<>();
    for (String kind : List.of("text", "flag")) {
      NodeList controls = xml.getElementsByTagName(kind);
      for (int i = 0; i < controls.getLength(); i++) {
        Element control = (Element) controls.item(i);
        assertTrue(control.getAttribute("label").length() > 10, control.getAttribute("name"));
        assertTrue(defined.add(control.getAttribute("name")), control.getAttribute("name"));
      }
    }
    Set<String> used = new TreeSet<>();
    NodeList settings = xml.getElementsByTagName("setting");
    for (int i = 0; i < settings.getLength(); i++) {
      used.add(((Element) settings.item(i)).getAttribute("control"));
    }
    used.remove("");
    assertEquals(defined, used);
    Schema.modules().forEach(module -> assertTrue(used.contains("module-" + module), module));
  }

  @Test
  void thresholds() {
    String wait = "latencyscope.RunQueueWait#threshold";
    assertEquals("10 us", Profile.PRODUCTION.settings().get(wait));
    assertEquals("0 ns", Profile.FULL.settings().get(wait));
    // A threshold would drop the account of a capture that was short.
    assertNull(Profile.PRODUCTION.settings().get("latencyscope.Capture#threshold"));
    assertEquals("10 us", Profile.PRODUCTION.settings().get("jdk.JavaMonitorEnter#threshold"));
    // It alone tells a futex wait for a lock from one for work.
    assertEquals("10 us", Profile.PRODUCTION.settings().get("jdk.ThreadPark#threshold"));
    assertEquals("1 ms", Profile.PRODUCTION.settings().get("jdk.JavaMonitorWait#threshold"));
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void eventsOfTheJdkExist(Profile profile) {
    List<String> known =
        FlightRecorder.getFlightRecorder().getEventTypes().stream()
            .map(EventType::getName)
            .toList();
    profile.settings().keySet().stream()
        .filter(key -> key.startsWith("jdk."))
        .map(key -> key.substring(0, key.indexOf('#')))
        .forEach(name -> assertTrue(known.contains(name), name));
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
    Schema.types().stream()
        .filter(type -> type.name().equals("latencyscope.Capture"))
        .forEach(type -> assertTrue(known.containsAll(type.settings()), known::toString));
  }
}
