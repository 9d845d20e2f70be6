package latencyscope.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.List;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.top.FirstLook;
import latencyscope.html.HtmlReport;
import latencyscope.ledger.lost.LostTime;
import latencyscope.recording.Fixture;
import org.junit.jupiter.api.Test;

/** What to do is shown alike by text, HTML and JSON; for Mission Control see RemediesTest there. */
class RemedyOutputTest {
  private static final String SENTENCE = "Keep a, b and <c> off CPU 1, and pin strategy there:";
  private static final String FIRST = "for i in 1 2; do echo '<0>' > /proc/irq/$i/x && true; done";
  private static final String SECOND = "taskset -pc 1 4720";
  private static final String LAST = "Or, if that is refused, wait.";

  private static Report report(Fixture fixture) throws Exception {
    Report report = fixture.report();
    Finding finding =
        new Finding(
            "isolation",
            Severity.WARN,
            "a, b and <c> preempted strategy",
            null,
            null,
            Cost.times(1),
            "Seen once.",
            List.of(Remedy.of(SENTENCE, FIRST, SECOND), Remedy.of(LAST)));
    ModuleReport module =
        new ModuleReport(
            "isolation",
            "CPU ISOLATION",
            List.of(),
            List.of(),
            List.of(),
            List.of("One remark."),
            List.of(finding),
            new Metrics());
    return new Report(
        report.recording(),
        List.of(report.capture(), module),
        List.of(),
        false,
        report.costs(),
        FirstLook.of(List.of(finding), LostTime.NONE, report.recording()),
        List.of());
  }

  private static String html(Fixture fixture) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HtmlReport.write(report(fixture), fixture.source(), ZoneOffset.UTC, bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void textMarksAdviceAndIndentsCommands() throws Exception {
    String text =
        TextReport.of(report(new Fixture()), new Style(120, false, false, ZoneOffset.UTC));
    List<String> lines = text.lines().map(line -> line.replaceFirst(" *│$", "")).toList();
    int at = lines.indexOf("│     → " + SENTENCE);
    assertTrue(at > 0, text);
    assertEquals(
        List.of("│         " + FIRST, "│         " + SECOND, "│     → " + LAST),
        lines.subList(at + 1, at + 4));
  }

  @Test
  void jsonHasTheTextAndTheCommands() throws Exception {
    JsonNode finding =
        new ObjectMapper().readTree(JsonReport.of(report(new Fixture()))).at("/findings/0");
    assertEquals(
        SENTENCE + "\n  " + FIRST + "\n  " + SECOND + "\n" + LAST, finding.get("remedy").asText());
    assertEquals(2, finding.get("remedy_commands").size());
    assertEquals(FIRST, finding.at("/remedy_commands/0").asText());
    assertEquals(SECOND, finding.at("/remedy_commands/1").asText());
  }

  @Test
  void htmlEscapesCommands() throws Exception {
    String html = html(new Fixture());
    assertFalse(html.contains("<c>"), "markup from a name");
    assertFalse(html.contains("'<0>'"), "markup from a command");
    assertTrue(
        html.contains(
            "<pre>Keep a, b and &lt;c&gt; off CPU 1, and pin strategy there:\n"
                + "  for i in 1 2; do echo '&lt;0&gt;' &gt; /proc/irq/$i/x &amp;&amp; true;"
                + " done\n  "
                + SECOND
                + "\n"
                + LAST
                + "</pre>"),
        html);
  }
}
