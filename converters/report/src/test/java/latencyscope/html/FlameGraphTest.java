package latencyscope.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import javax.xml.parsers.DocumentBuilderFactory;
import latencyscope.alpha.CostRate;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.cost.CostCollector;
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

  private static double width(org.w3c.dom.Node rectangle) {
    return Double.parseDouble(((Element) rectangle).getAttribute("width"));
  }
}
