package latencyscope.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class CausesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ObjectNode report(String thread, String title) {
    ObjectNode report = JSON.createObjectNode();
    report
        .putArray("findings")
        .addObject()
        .put("module", "isolation")
        .put("severity", "WARN")
        .put("title", title)
        .put("thread", thread)
        .put("count", 1);
    return report;
  }

  private static List<String> onlyIn(ObjectNode report, ObjectNode other) {
    return Causes.onlyIn(report, other).stream().map(Comparison.FoundCause::title).toList();
  }

  @Test
  void anotherThreadOfThePoolIsAnotherCause() {
    ObjectNode before = report("feed-1", "sh preempted feed-1");
    ObjectNode after = report("feed-2", "sh preempted feed-2");
    assertEquals(List.of("sh preempted feed-2"), onlyIn(after, before));
  }

  @Test
  void theSameThreadBehindAnotherWorkerOfTheKernelIsTheSameCause() {
    ObjectNode before = report("feed-1", "kworker/4:0 preempted feed-1");
    ObjectNode after = report("feed-1", "kworker/4:2 preempted feed-1");
    assertEquals(List.of(), onlyIn(after, before));
  }
}
