package latencyscope.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A file of settings for the flight recorder, written from the event classes. */
final class Profile {
  /** For production: few events, all counts. */
  static final Profile PRODUCTION =
      new Profile(
          "latencyscope.jfc",
          "LatencyScope",
          "Kernel latency of the JVM's threads, for production",
          "10 us",
          """
            Every occurrence is counted in the kernel and is in the histograms and counters,
            whatever the threshold; single events, which name the culprit, are kept from 10 us on:
            above what a wakeup takes on an idle CPU, so that a sound machine writes next to
            nothing, and below anything that an order would wait for.
          """);

  /** For the laboratory: every event. */
  static final Profile FULL =
      new Profile(
          "latencyscope-full.jfc",
          "LatencyScope full",
          "Kernel latency of the JVM's threads, every single event",
          "0 ns",
          """
            Every single event is kept, also those of some 100 ns. A machine that switches threads
            100,000 times a second writes several megabytes a second.
          """);

  // What readers need to give threads their Java names and to describe the JVM; all of them rare.
  private static final List<String> JDK_EVENTS =
      List.of(
          "jdk.DataLoss",
          "jdk.GCConfiguration",
          "jdk.JVMInformation",
          "jdk.ThreadEnd",
          "jdk.ThreadStart");

  private final String file;
  private final String label;
  private final String description;
  private final String threshold;
  private final String reason;

  private Profile(String file, String label, String description, String threshold, String reason) {
    this.file = file;
    this.label = label;
    this.description = description;
    this.threshold = threshold;
    this.reason = reason;
  }

  /** Name of the file. */
  String file() {
    return file;
  }

  /** The file's content. */
  String toXml() {
    StringBuilder xml = new StringBuilder();
    xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<!--\n").append(reason.indent(2));
    xml.append("    Combine it with a profile of the JDK: settings=profile settings=")
        .append(file)
        .append("\n-->\n");
    xml.append(
        String.format(
            "<configuration version=\"2.0\" label=\"%s\" description=\"%s\""
                + " provider=\"LatencyScope\">%n",
            label, description));
    Schema.types().forEach(type -> event(xml, type.name(), settings(type)));
    JDK_EVENTS.forEach(name -> event(xml, name, Map.of()));
    return xml.append("</configuration>\n").toString();
  }

  private Map<String, String> settings(Schema.Type type) {
    Map<String, String> settings = new TreeMap<>();
    type.threshold().ifPresent(byDefault -> settings.put("threshold", threshold));
    type.settings().forEach(name -> settings.put(name, ""));
    return settings;
  }

  private static void event(StringBuilder xml, String name, Map<String, String> settings) {
    xml.append("\n  <event name=\"").append(name).append("\">\n");
    setting(xml, "enabled", "true");
    settings.forEach((setting, value) -> setting(xml, setting, value));
    xml.append("  </event>\n");
  }

  private static void setting(StringBuilder xml, String name, String value) {
    xml.append("    <setting name=\"").append(name).append("\">").append(value);
    xml.append("</setting>\n");
  }
}
