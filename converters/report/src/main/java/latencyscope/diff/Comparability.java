package latencyscope.diff;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import latencyscope.recording.WallClocks;

/** Finds what makes two reports hard to compare. */
final class Comparability {
  private static final Map<String, String> CIRCUMSTANCES = new LinkedHashMap<>();

  static {
    CIRCUMSTANCES.put("host.kernel", "kernel");
    CIRCUMSTANCES.put("host.cpus", "CPUs of the host");
    CIRCUMSTANCES.put("host.isolated_cpus", "isolated CPUs");
    CIRCUMSTANCES.put("target.cpus", "watched CPUs");
    CIRCUMSTANCES.put("target.threads", "watched threads");
    CIRCUMSTANCES.put("target.jvm.version", "JVM");
    CIRCUMSTANCES.put("target.jvm.gc", "garbage collector");
    CIRCUMSTANCES.put("tool.version", "LatencyScope");
  }

  private Comparability() {}

  static List<String> notes(JsonNode before, JsonNode after) {
    List<String> notes = new ArrayList<>();
    CIRCUMSTANCES.forEach(
        (path, name) -> differ(notes, name, before.at(pointer(path)), after.at(pointer(path))));
    TreeSet<String> facts = new TreeSet<>();
    before.at("/host/facts").fieldNames().forEachRemaining(facts::add);
    facts.removeIf(WallClocks::isMomentary);
    facts.forEach(fact ->
        differ(
            notes,
            "host's " + fact,
            before.at("/host/facts").path(fact),
            after.at("/host/facts").path(fact)));
    incomplete(notes, "first", before);
    incomplete(notes, "second", after);
    return notes;
  }

  private static String pointer(String path) {
    return "/" + path.replace('.', '/');
  }

  private static void differ(List<String> notes, String name, JsonNode before, JsonNode after) {
    if (before.isTextual() && after.isTextual() && !before.equals(after)) {
      notes.add("Not the same " + name + ": " + words(before) + ", then " + words(after) + ".");
    }
  }

  private static String words(JsonNode text) {
    return text.asText().isEmpty() ? "none" : text.asText();
  }

  private static void incomplete(List<String> notes, String which, JsonNode report) {
    for (JsonNode finding : report.path("findings")) {
      if (finding.path("module").asText().equals("capture")) {
        String title = finding.path("title").asText();
        notes.add("In the " + which + ": " + title + (title.endsWith(".") ? "" : "."));
      }
    }
    if (!report.has("distributions")) {
      notes.add(
          "The "
              + which
              + " was written by a version that left out the distributions: percentiles are not"
              + " compared; compare the recording instead.");
    }
  }
}
