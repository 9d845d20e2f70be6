package latencyscope.analysis.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.ledger.safepoint.Role;
import latencyscope.recording.thread.ThreadId;

/**
 * One cause of latency with all threads that it concerned: the findings of one module that name the
 * same culprit. Immutable.
 *
 * @param findings one for each thread, the costliest first; at least one
 * @param cost what it cost all of them
 */
public record TopCause(List<Finding> findings, Cost cost) {
  /** The module that finds in which calls a thread waited. */
  private static final String CALLS = "syscall";

  private static final Comparator<TopCause> COSTLIEST_FIRST =
      Comparator.comparing(TopCause::severity)
          .reversed()
          .thenComparing(TopCause::isOfServiceThreads)
          .thenComparing(TopCause::isOwnCall)
          .thenComparing(cause -> -cause.cost.totalOrZero());

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public TopCause {
    findings = List.copyOf(findings);
    if (findings.isEmpty()) {
      throw new IllegalArgumentException("a cause that nothing was found of");
    }
  }

  /**
   * The causes that are warnings or violations: the severest first, of these the application's
   * threads before the JVM's own, what was done to a thread before the calls in which it chose to
   * wait, then by the time that they cost. What happened to LatencyScope's own threads is none of
   * them.
   */
  public static List<TopCause> of(List<Finding> findings) {
    Map<List<String>, List<Finding>> byCulprit = new LinkedHashMap<>();
    for (Finding finding : findings) {
      boolean weighs = finding.severity().compareTo(Severity.WARN) >= 0 && !finding.isNote();
      if (weighs && role(finding) != Role.PROFILER) {
        byCulprit.computeIfAbsent(key(finding), key -> new ArrayList<>()).add(finding);
      }
    }
    return byCulprit.values().stream().map(TopCause::together).sorted(COSTLIEST_FIRST).toList();
  }

  // What the same culprit did to the JVM's own threads is a separate cause, which weighs less.
  private static List<String> key(Finding finding) {
    String culprit = finding.culpritInWords();
    return List.of(
        finding.module(),
        String.valueOf(isOfServiceThread(finding)),
        culprit == null ? finding.title() : culprit);
  }

  private static TopCause together(List<Finding> findings) {
    List<Finding> ordered =
        findings.stream()
            .sorted(
                Comparator.comparing(Finding::severity)
                    .reversed()
                    .thenComparing(finding -> -finding.cost().totalOrZero()))
            .toList();
    return new TopCause(ordered, sum(ordered));
  }

  private static Cost sum(List<Finding> findings) {
    long count = findings.stream().mapToLong(Finding::count).sum();
    if (findings.stream().allMatch(finding -> finding.totalNs() == null)) {
      return new Cost(count, null, null, findings.get(0).at());
    }
    long total = findings.stream().mapToLong(finding -> finding.cost().totalOrZero()).sum();
    return findings.stream()
        .filter(finding -> finding.worstNs() != null)
        .max(Comparator.comparingLong(Finding::worstNs))
        .map(worst -> new Cost(count, total, worst.worstNs(), worst.at()))
        .orElse(new Cost(count, total, null, null));
  }

  private static Role role(Finding finding) {
    return finding.thread() == null ? Role.APPLICATION : Role.of(finding.thread().name());
  }

  private static boolean isOfServiceThread(Finding finding) {
    return role(finding) != Role.APPLICATION;
  }

  private boolean isOfServiceThreads() {
    return isOfServiceThread(findings.get(0));
  }

  /** Whether the thread made a call that waits, and nobody kept it waiting. */
  private boolean isOwnCall() {
    return worst().module().equals(CALLS) && worst().culprit() == null;
  }

  /** The finding of the thread that it cost most. */
  public Finding worst() {
    return findings.get(0);
  }

  /** The worst of its findings. */
  public Severity severity() {
    return worst().severity();
  }

  /** The threads that it concerned, that which it cost most first; empty if it is no thread's. */
  public List<ThreadId> threads() {
    return findings.stream().map(Finding::thread).filter(Objects::nonNull).distinct().toList();
  }

  /** What happened, and to how many threads. */
  public String title() {
    int more = threads().size() - 1;
    String likewise = more > 0 ? ", and " + Count.words(more, "more thread") : "";
    return worst().title() + likewise;
  }

  /** What to do; empty if nothing is known. */
  public List<Remedy> remedies() {
    return findings.stream()
        .filter(finding -> !finding.remedies().isEmpty())
        .findFirst()
        .map(Finding::remedies)
        .orElse(List.of());
  }
}
