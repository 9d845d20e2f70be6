package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.finding.Severity;
import latencyscope.jfr.Schema;
import latencyscope.recording.RecordingFiles;
import latencyscope.report.JsonReport;
import org.openjdk.jmc.flightrecorder.rules.IResult;
import org.openjdk.jmc.flightrecorder.rules.ResultToolkit;

/**
 * Compares what Mission Control shows of a recording with the command line. The same things are
 * compared for a recording of the agent and for one from outside.
 */
final class SameNumbers {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int SHOWN = 20;

  private SameNumbers() {}

  /**
   * Compares every finding, number, verdict and table of every module, and what pages add up.
   *
   * @param json the command line's report of the recording
   */
  static void assertSame(Path recording, String json, Judged judged) throws Exception {
    JsonNode said = MAPPER.readTree(json);
    assertEquals(Judged.findings(said), judged.findings());
    Report rules = Judgements.of(judged.items()).orElseThrow();
    List<String> differences = new ArrayList<>();
    compare("", said, MAPPER.readTree(JsonReport.of(rules)), differences);
    assertEquals(List.of(), differences);
    assertModules(said);
    assertVerdicts(said, judged);
    Lanes lanes = new Lanes();
    Report read = Report.read(new RecordingFiles(List.of(recording)), List.of(), lanes.ofTheFile());
    assertEquals(lanes.sums(read.recording()), Lanes.sums(judged.items()));
    Lanes.assertFullNames(judged.items());
    assertTables(read, judged);
    Kernel.assertExact(said, judged);
  }

  /** No two of these are equal because both are missing. */
  private static void assertModules(JsonNode said) {
    for (String module : Schema.modules()) {
      assertTrue(said.at("/captured/" + module + "/duration_ns").asLong() > 0, module);
      assertTrue(said.get(module).isObject(), module);
    }
  }

  private static void compare(String at, JsonNode one, JsonNode other, List<String> differences) {
    boolean objects = one != null && one.isObject() && other != null && other.isObject();
    boolean arrays = one != null && one.isArray() && other != null && other.isArray();
    if (objects) {
      Set<String> keys = new TreeSet<>();
      one.fieldNames().forEachRemaining(keys::add);
      other.fieldNames().forEachRemaining(keys::add);
      keys.forEach(key -> compare(at + "." + key, one.get(key), other.get(key), differences));
    } else if (arrays && one.size() == other.size()) {
      for (int i = 0; i < one.size(); i++) {
        compare(at + "[" + i + "]", one.get(i), other.get(i), differences);
      }
    } else if ((one == null || !one.equals(other)) && differences.size() < SHOWN) {
      differences.add(at + ": " + one + ", in Mission Control " + other);
    }
  }

  /** A rule is as bad as the worst answer to its module's questions, and has each of them. */
  private static void assertVerdicts(JsonNode said, Judged judged) {
    Map<String, Severity> worst = new TreeMap<>();
    for (JsonNode verdict : said.get("verdicts")) {
      String module = verdict.get("module").asText();
      Severity severity = Severity.valueOf(verdict.get("verdict").asText());
      worst.merge(
          module,
          severity,
          (a, b) -> Comparator.<Severity>naturalOrder().compare(a, b) > 0 ? a : b);
      String text = text(judged.result(module));
      String expected = verdict.get("text").asText().replaceFirst("\\.$", "");
      assertTrue(text.contains(expected), () -> verdict + " in " + text);
    }
    Map<String, Object> shown = new TreeMap<>();
    Map<String, Object> expected = new TreeMap<>();
    worst.forEach((module, severity) -> {
      shown.put(module, judged.result(module).getSeverity());
      expected.put(module, Score.of(severity).severity());
    });
    assertEquals(expected, shown);
  }

  private static String text(IResult result) {
    String explanation = result.getExplanation() == null ? "" : result.getExplanation();
    return ResultToolkit.populateMessage(result, result.getSummary(), false)
        + "\n"
        + ResultToolkit.populateMessage(result, explanation, false);
  }

  private static void assertTables(Report read, Judged judged) {
    for (ModuleReport module : read.modules()) {
      if (!module.verdicts().isEmpty()) {
        assertEquals(
            ExactRows.of(module),
            List.copyOf(judged.result(module.module()).getResult(KernelRule.EXACT)),
            module.module());
      }
    }
  }
}
