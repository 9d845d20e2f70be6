package latencyscope.diff;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import latencyscope.analysis.finding.Severity;

/** The findings of two reports. */
final class Causes {
  private static final String FAIL = Severity.FAIL.name();
  private static final String WARN = Severity.WARN.name();
  private static final String PASS = Severity.PASS.name();

  private Causes() {}

  /** Findings of a report that another does not have, in order. */
  static List<Comparison.FoundCause> onlyIn(JsonNode report, JsonNode other) {
    Set<String> known = new HashSet<>();
    other.path("findings").forEach(finding -> known.add(identity(finding)));
    List<Comparison.FoundCause> only = new ArrayList<>();
    for (JsonNode finding : report.path("findings")) {
      // What the tool says of itself is in the notes.
      boolean ours = finding.path("module").asText().equals("capture");
      if (!ours
          && !finding.path("severity").asText().equals(PASS)
          && known.add(identity(finding))) {
        only.add(
            new Comparison.FoundCause(
                finding.path("severity").asText().equals(FAIL) ? FAIL : WARN,
                finding.path("title").asText(),
                finding.path("count").asLong(),
                finding.path("worst_ns").isNumber()
                    ? (Long) finding.path("worst_ns").asLong()
                    : null));
      }
    }
    return only;
  }

  // The thread that suffered is the same one in each run. What did it need not be: a kernel worker
  // or
  // a thread of a pool has another number, a process another id.
  private static String identity(JsonNode finding) {
    String thread = finding.path("thread").asText("");
    String title = finding.path("title").asText();
    return finding.path("module").asText()
        + '/'
        + thread
        + '/'
        + (thread.isEmpty() ? title : title.replace(thread, "")).replaceAll("[0-9][0-9,.]*", "#");
  }
}
