package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import org.junit.jupiter.api.Test;

class RemediesTest {
  private static final Remedy MOVE =
      Remedy.of("Keep a, b and c off CPU 1:", "taskset -apc 0 7", "taskset -pc 1 4720");
  private static final Remedy BOOT = Remedy.of("To make it permanent, boot with: isolcpus=1");

  private static Finding finding(String title, Remedy... remedies) {
    return new Finding(
        "isolation", Severity.WARN, title, null, null, Cost.times(1), null, List.of(remedies));
  }

  @Test
  void eachStandsBehindWhatItIsAgainst() {
    assertEquals(
        List.of(
            "\na preempted strategy: Keep a, b and c off CPU 1:\n  taskset -apc 0 7\n"
                + "  taskset -pc 1 4720\nTo make it permanent, boot with: isolcpus=1"),
        KernelRule.remedies(List.of(finding("a preempted strategy", MOVE, BOOT))));
  }

  @Test
  void whatHelpsAgainstSeveralIsSaidOnce() {
    Remedy other = Remedy.of("Keep d off CPU 1:", "taskset -apc 0 8");
    assertEquals(
        List.of(
            "\na: Keep a, b and c off CPU 1:\n  taskset -apc 0 7\n  taskset -pc 1 4720\n"
                + "To make it permanent, boot with: isolcpus=1",
            "\nb: Keep d off CPU 1:\n  taskset -apc 0 8"),
        KernelRule.remedies(
            List.of(finding("a", MOVE, BOOT), finding("b", other, BOOT), finding("c", BOOT))));
  }
}
