package latencyscope.cli.capture;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Settings of the flight recorder in the form of a {@code .jfc} file, which every JVM reads. */
final class SettingsFile {
  private SettingsFile() {}

  /**
   * The content of the file.
   *
   * @param settings values by keys like {@code jdk.ThreadStart#enabled}
   */
  static String of(Map<String, String> settings) {
    Map<String, Map<String, String>> events = new LinkedHashMap<>();
    settings.forEach((key, value) -> {
      int hash = key.indexOf('#');
      events
          .computeIfAbsent(key.substring(0, hash), event -> new TreeMap<>())
          .put(key.substring(hash + 1), value);
    });
    StringBuilder xml = new StringBuilder();
    xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append(
        "<configuration version=\"2.0\" label=\"LatencyScope\" provider=\"LatencyScope\">\n");
    events.forEach((event, ofEvent) -> {
      xml.append("  <event name=\"").append(event).append("\">\n");
      ofEvent.forEach((name, value) ->
          xml.append("    <setting name=\"")
              .append(name)
              .append("\">")
              .append(escape(value))
              .append("</setting>\n"));
      xml.append("  </event>\n");
    });
    return xml.append("</configuration>\n").toString();
  }

  private static String escape(String value) {
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
