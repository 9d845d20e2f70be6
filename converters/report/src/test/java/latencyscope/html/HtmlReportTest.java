package latencyscope.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.alpha.CostRate;
import latencyscope.analysis.Report;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.first.FirstWords;
import latencyscope.analysis.top.TopCause;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.recording.EventSource;
import latencyscope.recording.Fixture;
import latencyscope.recording.MemoryFixture;
import latencyscope.recording.SyscallFixture;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import latencyscope.report.JsonReport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final String EVIL = "</script><script>document.title='owned'</script>";
  private static final List<String> NAMES =
      List.of(
          EVIL, "<img src=x onerror=\"document.title='owned'\">", "'\"&amp;", "取引-スレッド", "\u0001");

  @TempDir Path directory;

  private static Fixture hostile() {
    Fixture fixture = Fixture.badDay();
    long tid = 6_000;
    for (String name : NAMES) {
      ThreadId thread = new ThreadId(tid++, name, 0);
      fixture.wait(thread, 1_000_000L * tid, 70_000, 2, "preempted", name, tid);
      fixture.program("test." + name, thread, 500, 1_000, name, name);
    }
    return fixture;
  }

  private static String page(Fixture fixture) throws IOException, RecordingException {
    CostCollector costs = new CostCollector();
    fixture.source().read(costs);
    Report report =
        fixture.report().withCosts(costs.report(new CostRate(1e6, 0.5), fixture.recording()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HtmlReport.write(report, fixture.source(), ZoneOffset.UTC, bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static String page(EventSource source, Report report)
      throws IOException, RecordingException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HtmlReport.write(report, source, ZoneOffset.UTC, bytes);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static JsonNode data(String page) throws IOException {
    Matcher matcher =
        Pattern.compile(
                "<script id=\"data\" type=\"application/json\">(.*?)</script>", Pattern.DOTALL)
            .matcher(page);
    assertTrue(matcher.find());
    return new ObjectMapper().readTree(matcher.group(1));
  }

  @Test
  void noNameBecomesMarkup() throws IOException, RecordingException {
    String page = page(hostile());
    assertFalse(page.contains(EVIL));
    assertFalse(page.contains("<img"));
    assertEquals(2, page.split("</script>", -1).length - 1, "the data's and the code's");
    String lanes = data(page).get("lanes").toString();
    assertTrue(lanes.contains("document.title='owned'"), "the name itself is there");
  }

  @Test
  void nothingIsFetched() throws IOException, RecordingException {
    String page = page(Fixture.badDay());
    assertTrue(page.contains("default-src 'none'"));
    assertFalse(page.matches("(?s).*(src|href)=\"(?!#).*"));
  }

  @Test
  void numbersAreTheReports() throws IOException, RecordingException {
    Fixture fixture = Fixture.badDay();
    JsonNode json = new ObjectMapper().readTree(JsonReport.of(fixture.report())).get("isolation");
    JsonNode plot = data(page(fixture)).get("plots").get(0);
    assertEquals(json.get("runqueue_count").asLong(), plot.get("count").asLong());
    assertEquals(json.get("max_runqueue_ns").asLong(), plot.get("max").asLong());
    long binned = 0;
    for (int i = 1; i < plot.get("bins").size(); i += 2) {
      binned += plot.get("bins").get(i).asLong();
    }
    assertEquals(json.get("runqueue_count").asLong(), binned);
  }

  @Test
  void whatToLookAtComesFirst() throws IOException, RecordingException {
    String page = page(Fixture.badDay());
    int first = page.indexOf("<h2>What to look at first</h2>");
    int verdicts = page.indexOf("id=\"verdicts\"");
    assertTrue(first > 0 && first < verdicts && verdicts < page.indexOf("id=\"timeline\""));
    assertTrue(page.contains("<a class=\"card\" href=\"#isolation\">"));
  }

  @Test
  void barsOfTheSlowestAddUp() throws IOException, RecordingException {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    Fixture fixture = Fixture.badDay();
    for (int i = 1; i <= 9; i++) {
      fixture.program("demo.TickToTrade", strategy, 1_000_000_000L * i, 10_000L * i);
    }
    String page = page(fixture);
    Matcher bars =
        Pattern.compile(
                "<div class=\"ledger\" id=\"stall-\\d+\" data-window=\"(\\d+)\">.*?<div class=\"bar\"(.*?)</div>",
                Pattern.DOTALL)
            .matcher(page);
    int longest = 90_000;
    int found = 0;
    while (bars.find()) {
      assertEquals(longest, Long.parseLong(bars.group(1)));
      long sum = 0;
      Matcher pieces = Pattern.compile("data-ns=\"(\\d+)\"").matcher(bars.group(2));
      while (pieces.find()) {
        sum += Long.parseLong(pieces.group(1));
      }
      assertEquals(longest, sum, "the parts of a window are the window");
      longest -= 10_000;
      found++;
    }
    assertEquals(5, found);
    assertTrue(page.contains("demo.TickToTrade <span class=\"hint\">the longest stalls of 9"));
  }

  @Test
  void ordersThatWaitedTogetherAreOneStall() throws IOException, RecordingException {
    ThreadId strategy = new ThreadId(4720, "strategy", 0);
    Fixture fixture = Fixture.badDay();
    int each = 38;
    for (int stall = 0; stall < 6; stall++) {
      long end = 1_000_000_000L * (stall + 1) + 7_900_000L;
      for (int i = 0; i < each; i++) {
        long length = 7_900_000L - 100_000L * stall - 1_000L * i;
        fixture.program("demo.TickToTrade", strategy, end - length, length);
      }
    }
    String page = page(fixture);
    List<String> lengths =
        Pattern.compile("id=\"stall-\\d+\" data-window=\"(\\d+)\"")
            .matcher(page)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertEquals(List.of("7900000", "7800000", "7700000", "7600000", "7500000"), lengths);
    assertEquals(5, page.split("delayed 38 of these events", -1).length - 1);
    assertTrue(page.contains("one stall of 7.90 ms delayed 38 of these events"));
  }

  @Test
  void aFindingInAStallLeadsToIt() throws IOException, RecordingException {
    Fixture fixture = Fixture.badDay();
    Finding found =
        fixture.report().topCauses().stream()
            .map(TopCause::worst)
            .filter(finding -> finding.thread() != null && finding.at() != null)
            .findFirst()
            .orElseThrow();
    fixture.program(
        "demo.TickToTrade", found.thread(), found.at() - Fixture.START - 1_000, 1_000_000L);
    String page = page(fixture);
    assertTrue(page.contains(", in <a href=\"#stall-1\">stall 1</a>"));
    assertTrue(page.contains("id=\"stall-1\""));
  }

  /** Bars are as long as the parts that the JSON has; nobody divides again. */
  @Test
  void theFirstSectionIsTheFirstScreen() throws IOException, RecordingException {
    Report report = Fixture.badDay().report();
    String page = page(Fixture.badDay());
    ThreadLoss loss = report.first().lost().threads().get(0);
    assertTrue(page.indexOf("id=\"first\"") < page.indexOf("id=\"verdicts\""));
    assertTrue(
        page.contains(
            "data-captured=\"" + loss.captured() + "\" data-lost=\"" + loss.lost() + "\""));
    long parts =
        Pattern.compile("data-ns=\"(\\d+)\" style=\"width:[0-9.]+%\" title=\"(?:CPU|inter|page)")
            .matcher(page)
            .results()
            .mapToLong(match -> Long.parseLong(match.group(1)))
            .sum();
    assertEquals(report.first().lost().threads().stream().mapToLong(ThreadLoss::lost).sum(), parts);
    assertTrue(page.contains("<pre>sysctl -w vm.stat_interval=120</pre>"));
    assertTrue(page.contains("Capture complete: no record lost"));
  }

  @Test
  void aCauseThatNoCommandRemovesHasASentence() throws IOException, RecordingException {
    Report report = SyscallFixture.badDay().report();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HtmlReport.write(report, SyscallFixture.badDay().source(), ZoneOffset.UTC, bytes);
    String page = bytes.toString(StandardCharsets.UTF_8);
    List<String> sentences =
        report.topCauses().stream()
            .limit(5)
            .filter(cause -> FirstWords.command(cause).isEmpty())
            .flatMap(cause -> FirstWords.sentence(cause).stream())
            .toList();
    assertFalse(sentences.isEmpty());
    for (String sentence : sentences) {
      assertTrue(page.contains("<p>→ " + sentence.replace("'", "&#39;")), sentence);
    }
  }

  @Test
  void aBrowserShowsIt() throws IOException, RecordingException {
    Optional<Browser> browser = Browser.ifThere();
    assumeTrue(browser.isPresent(), "no chromium here");
    Path file = directory.resolve("report.html");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(page(hostile()).getBytes(StandardCharsets.UTF_8));
    }
    Browser.Rendered rendered = browser.get().render(file);
    assertEquals(List.of(), rendered.console());
    assertTrue(rendered.isReady(), rendered.said());
    assertEquals("LatencyScope report", rendered.only("<title>([^<]*)</title>"));
    JsonNode json = new ObjectMapper().readTree(JsonReport.of(hostile().report())).get("isolation");
    String drawn = rendered.only("<div class=\"curve\"[^>]*data-count=\"(\\d+)\"");
    assertEquals(json.get("runqueue_count").asText(), drawn);
    assertEquals(
        json.get("p99_runqueue_ns").asText(),
        rendered.only("data-p=\"P99\"><span data-ns=\"(\\d+)\""));
    assertEquals(
        json.get("max_runqueue_ns").asText(),
        rendered.only("data-p=\"Max\"><span data-ns=\"(\\d+)\""));
    int curves = rendered.all("(<div class=\"curve\")").size();
    assertTrue(curves >= 2);
    assertEquals(curves, rendered.all("<div class=\"(uplot[^\"]*)\"").size(), "curves");
  }

  @Test
  void distributionsAreCountedInWhatTheyAreOf() throws IOException, RecordingException {
    String memory = page(MemoryFixture.badDay().source(), MemoryFixture.badDay().report());
    assertTrue(memory.contains(" page faults</span>"));
    assertTrue(memory.contains(" TLB shootdowns</span>"));
    assertFalse(memory.contains(" waits</span>"));
  }

  @Test
  void serviceThreadsAreSaidAsInTheText() throws IOException, RecordingException {
    Finding service =
        Fixture.badDay()
            .report()
            .measured()
            .flatMap(module -> module.verdicts().stream())
            .map(Verdict::service)
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
    String page = page(Fixture.badDay());
    assertTrue(page.contains("<div class=\"service\">JVM service threads: 1 time, worst "));
    assertTrue(page.contains(", " + service.title() + "</div>"));
  }
}
