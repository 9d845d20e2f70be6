package latencyscope.analysis;

import java.util.Comparator;
import latencyscope.analysis.finding.Finding;

/** In which order findings are read. */
public final class FindingOrder {
  /** The worst first; application threads before the JVM's own, then what cost most in all. */
  public static final Comparator<Finding> COSTLIEST_FIRST =
      Comparator.comparing(Finding::severity)
          .reversed()
          .thenComparing(finding -> ServiceThreads.contains(finding.thread().name()))
          .thenComparing(Comparator.comparingLong((Finding f) -> f.cost().totalOrZero()).reversed())
          .thenComparing(finding -> finding.thread().osTid());

  private FindingOrder() {}
}
