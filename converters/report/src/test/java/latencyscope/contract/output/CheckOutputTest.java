package latencyscope.contract.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import latencyscope.Golden;
import latencyscope.contract.Contract;
import latencyscope.contract.Environment;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;
import latencyscope.report.Style;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** What came of a contract in every form. */
class CheckOutputTest {
  private static final CheckResult RESULT =
      new CheckResult(
          new Contract(
              "conf/a,b.yml",
              Environment.DEDICATED,
              Duration.ofSeconds(10),
              Duration.ofSeconds(1),
              List.of(),
              List.of(),
              List.of()),
          List.of(
              clause("feed-*", "preemptions", "max 0", "0", Outcome.PASSED, "feed-1: none", null),
              clause(
                  "feed-*",
                  "runqueue_wait",
                  "max 50.0 µs",
                  "4.20 ms",
                  Outcome.VIOLATED,
                  "feed-1 (4720): 3 waits; 100 % <behind> x|y\u0007",
                  "Move it:\n  taskset -pc 0 812"),
              clause("*", "drops", "max 0", null, Outcome.INCONCLUSIVE, "not captured", null),
              clause("gc*", "locks", "max 0", "7", Outcome.EXCEPTED, "allowed until 2027", null)),
          "pid 4711, engine",
          10_000_000_000L);

  private static ClauseResult clause(
      String threads,
      String key,
      String wanted,
      String measured,
      Outcome outcome,
      String evidence,
      String remedy) {
    return new ClauseResult(threads, key, wanted, measured, outcome, evidence, remedy, 7);
  }

  @Test
  void text() throws Exception {
    Golden.check("check.txt", CheckText.of(RESULT, Style.plain(ZoneId.of("UTC"))));
  }

  @Test
  void asciiWhereNothingElseCanBeWritten() {
    Style style = new Style(80, false, true, ZoneId.of("UTC"));
    assertTrue(CheckText.of(RESULT, style).chars().allMatch(c -> c < 0x80));
  }

  @Test
  void json() throws Exception {
    JsonNode tree = new ObjectMapper().readTree(CheckJson.of(RESULT, false));
    assertEquals("violated", tree.get("outcome").asText());
    assertEquals(2, tree.get("exit_code").asInt());
    assertEquals(1, tree.at("/counts/inconclusive").asInt());
    assertTrue(tree.at("/clauses/2/measured").isNull());
    assertEquals(
        "taskset -pc 0 812", tree.at("/clauses/1/remedy").asText().lines().toList().get(1).strip());
  }

  private static Element junit(boolean strict) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(JunitXml.of(RESULT, strict))))
        .getDocumentElement();
  }

  @Test
  void junitXmlHasATestForEachClause() throws Exception {
    Element suite = junit(false);
    assertEquals("4", suite.getAttribute("tests"));
    assertEquals("1", suite.getAttribute("failures"));
    assertEquals("2", suite.getAttribute("skipped"));
    NodeList failures = suite.getElementsByTagName("failure");
    assertEquals(1, failures.getLength());
    String message = ((Element) failures.item(0)).getAttribute("message");
    assertEquals("violated: feed-1 (4720): 3 waits; 100 % <behind> x|y?", message);
  }

  @Test
  void strictJunitXmlFailsWhatIsInconclusive() throws Exception {
    assertEquals("2", junit(true).getAttribute("failures"));
    assertEquals(2, junit(true).getElementsByTagName("failure").getLength());
  }

  @Test
  void annotationsAreEscaped() {
    List<String> lines = GitHub.annotations(RESULT, false).lines().toList();
    assertEquals(3, lines.size());
    assertTrue(
        lines.get(0).startsWith("::error file=conf/a%2Cb.yml,line=7,title=violated%3A feed-*"),
        lines.get(0));
    assertTrue(lines.get(0).contains("100 %25 <behind>"), lines.get(0));
    assertTrue(lines.get(1).startsWith("::warning "), lines.get(1));
    assertTrue(GitHub.annotations(RESULT, true).lines().toList().get(1).startsWith("::error "));
  }

  @Test
  void markdownShowsNamesAsTheyAre() throws Exception {
    Golden.check("check.md", GitHub.markdown(RESULT));
  }
}
