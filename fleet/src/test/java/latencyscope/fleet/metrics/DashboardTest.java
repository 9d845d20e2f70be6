package latencyscope.fleet.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard and the page have the metrics that are sent, and no others. */
class DashboardTest {
  @Test
  void theDashboardUsesEachMetric() throws Exception {
    JsonNode dashboard =
        new ObjectMapper().readTree(Path.of("../docs/grafana/latencyscope.json").toFile());
    Set<String> used = new TreeSet<>();
    Pattern name = Pattern.compile("\\blatencyscope_\\w+(?=[{\\[])");
    for (JsonNode expression : dashboard.findValues("expr")) {
      Matcher names = name.matcher(expression.asText());
      assertTrue(names.find(), expression.asText());
      do {
        used.add(names.group());
      } while (names.find());
    }
    assertEquals(
        Arrays.stream(Metric.values())
            .map(Metric::inPrometheus)
            .collect(Collectors.toCollection(TreeSet::new)),
        used);
  }

  @Test
  void thePageListsEachMetric() throws Exception {
    String page = Files.readString(Path.of("../docs/metrics.md"));
    for (Metric metric : Metric.values()) {
      String row = "| `" + metric.key() + "` | `" + metric.unit() + "` | `" + metric.inPrometheus();
      assertTrue(page.contains(row), row);
    }
  }
}
