package latencyscope.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import latencyscope.alpha.CostNode;
import latencyscope.alpha.CostRate;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.analysis.flame.FlameKind;
import latencyscope.recording.Fixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class FlameGraphTest {
  @Test
  void widthsAreShares() throws Exception {
    Fixture fixture = new Fixture().capture("", "");
    fixture.wait(new ThreadId(1, "<&\"'\u0001取引", 0), 0, 3_000, 1, "preempted", "a", 9);
    fixture.wait(new ThreadId(2, "other", 0), 0, 1_000, 1, "preempted", "b", 9);
    CostCollector costs = new CostCollector();
    fixture.source().read(costs);
    CostReport report = costs.report(new CostRate(1e6, 0.5), fixture.recording());
    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(
                new ByteArrayInputStream(FlameGraph.svg(report).getBytes(StandardCharsets.UTF_8)));
    NodeList rectangles = svg.getElementsByTagName("rect");
    NodeList titles = svg.getElementsByTagName("title");
    assertEquals(7, rectangles.getLength());
    assertEquals(899.5, width(rectangles.item(3)), 0.01);
    assertEquals(299.5, width(rectangles.item(5)), 0.01);
    assertTrue(titles.item(0).getTextContent().startsWith("all: $200.00 (100.0 %)"));
    assertTrue(
        titles.item(4).getTextContent().startsWith("<&\"'\uFFFD取引: $150.00 (75.0 %), 1 times"),
        titles.item(4).getTextContent());
  }

  @Test
  void linesOfCodeAreByTimeOrDollars() {
    CostNode root = new CostNode("all");
    List<String> frames = List.of("demo.<init>:1", "java.util.Map.put:9", "[minor fault]");
    root.add(3_000, 2, Stream.concat(Stream.of("strategy"), frames.stream()).toList());
    root.add(1_000, 1, List.of("feed", "[no stack]", "[minor fault]"));
    String svg = FlameGraph.svg(FlameKind.FAULTS, root, null);
    assertTrue(svg.contains("Page faults: 4.00 µs (width = time)"), svg);
    assertTrue(svg.contains("demo.&lt;init&gt;:1: 3.00 µs (75.0 %), 2 times, 3.0 µs</title>"), svg);
    assertTrue(
        FlameGraph.svg(FlameKind.FAULTS, root, new CostRate(1e6, 0.5))
            .contains("Page faults: $200.00 (width = dollars)"));
  }

  private static double width(org.w3c.dom.Node rectangle) {
    return Double.parseDouble(((Element) rectangle).getAttribute("width"));
  }
}
