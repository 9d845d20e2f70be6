package latencyscope.analysis.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.proc.Role;
import latencyscope.recording.event.CodeStack;
import latencyscope.recording.thread.ThreadId;

/**
 * One cause of latency with all threads that it concerned: the findings of one module that name the
 * same culprit. Immutable.
 *
 * @param findings one for each thread, the costliest first; at least one
 * @param cost what it cost all of them
 * @param losses those of the findings whose cost is time that threads lost which matter, the
 *     costliest first
 */
public record TopCause(List<Finding> findings, Cost cost, List<Finding> losses) {
  private static final int HOLDERS = 3;
  private static final String HELD_BY = " that ";
  private static final String HELD = " held";

  private static final Comparator<TopCause> COSTLIEST_FIRST =
      Comparator.comparing((TopCause cause) -> !cause.isLossOfData())
          .thenComparing(cause -> -cause.lostNs())
          .thenComparing(TopCause::severity, Comparator.reverseOrder())
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
    losses = List.copyOf(losses);
    if (findings.isEmpty()) {
      throw new IllegalArgumentException("a cause that nothing was found of");
    }
  }

  /**
   * The causes that are warnings or violations, in this order: what lost data; then by the time
   * that threads lost that matter; then what cost no such time, the severest first, of these the
   * application's threads before the JVM's own, what was done to a thread before the calls in which
   * it chose to wait. What happened to LatencyScope's own threads is none of them.
   *
   * @param findings of all modules
   * @param isLoss whether its cost is time that a thread lost which matters
   */
  public static List<TopCause> of(List<Finding> findings, Predicate<Finding> isLoss) {
    Map<List<String>, List<Finding>> byCulprit = new LinkedHashMap<>();
    for (Finding finding : findings) {
      boolean weighs = finding.severity().compareTo(Severity.WARN) >= 0 && !finding.isNote();
      if (weighs && role(finding) != Role.PROFILER) {
        byCulprit.computeIfAbsent(key(finding), key -> new ArrayList<>()).add(finding);
      }
    }
    return byCulprit.values().stream()
        .map(together -> together(together, isLoss))
        .sorted(COSTLIEST_FIRST)
        .toList();
  }

  // What the same culprit did to the JVM's own threads is a separate cause, which weighs less.
  private static List<String> key(Finding finding) {
    return List.of(finding.module(), String.valueOf(isOfServiceThread(finding)), culprit(finding));
  }

  // Processes of one program that come and go are one culprit. A thread's name says less. Threads
  // that queue for one lock hand it on to each other: who was last is one of them only. But within
  // a wait for a lock of Java's, a thread may wait for a mutex of the JVM's, too.
  private static String culprit(Finding finding) {
    Task task = finding.culpritTask();
    Optional<String> place = CodeStack.place(finding.stack());
    if (finding.kind() == Kind.LOCK && place.isPresent()) {
      return finding.object() + " at " + place.get();
    }
    if (task != null && task.tid() == task.pid() && finding.kind() == Kind.CPU_WAIT) {
      return task.name();
    }
    String culprit = finding.culpritInWords();
    return culprit == null ? finding.title() : culprit;
  }

  private static TopCause together(List<Finding> findings, Predicate<Finding> isLoss) {
    List<Finding> ordered =
        findings.stream()
            .sorted(
                Comparator.comparing(Finding::severity)
                    .reversed()
                    .thenComparing(finding -> -finding.cost().totalOrZero()))
            .toList();
    List<Finding> losses =
        ordered.stream()
            .filter(isLoss.and(finding -> finding.cost().totalOrZero() > 0))
            .sorted(Comparator.comparingLong(finding -> -finding.cost().totalOrZero()))
            .toList();
    return new TopCause(ordered, sum(ordered), losses);
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
    return worst().kind().isOwnCall() && worst().culprit() == null;
  }

  /** Whether what was lost is data, which has no length. */
  public boolean isLossOfData() {
    return worst().kind() == Kind.DROP;
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
    return withHolders(findings) + likewise;
  }

  /** The title of the first, which names those who held a lock, the longest first. */
  private static String withHolders(List<Finding> findings) {
    Finding first = findings.get(0);
    List<String> holders =
        findings.stream()
            .filter(finding -> finding.kind() == Kind.LOCK && finding.culpritTask() != null)
            .map(finding -> finding.culpritTask().name())
            .distinct()
            .limit(HOLDERS)
            .toList();
    return holders.size() < 2
        ? first.title()
        : first
            .title()
            .replace(HELD_BY + holders.get(0) + HELD, HELD_BY + String.join(", ", holders) + HELD);
  }

  /** What the threads that matter lost to it; what it cost all threads where none of them did. */
  public Cost lost() {
    return losses.isEmpty() ? cost : sum(losses);
  }

  /** Time that threads lost which matter, nanoseconds; 0 if that is no thread's. */
  public long lostNs() {
    return losses.stream().mapToLong(finding -> finding.cost().totalOrZero()).sum();
  }

  /** What happened, and to how many of the threads that matter, if it did to any. */
  public String lossTitle() {
    if (losses.isEmpty()) {
      return title();
    }
    long more = losses.stream().map(Finding::thread).distinct().count() - 1;
    return withHolders(losses) + (more > 0 ? ", and " + Count.words(more, "more thread") : "");
  }

  /** How many processes did it together; 0 if it was not done by tasks. */
  public int processes() {
    return (int)
        findings.stream()
            .map(Finding::culpritTask)
            .filter(Objects::nonNull)
            .map(Task::pid)
            .distinct()
            .count();
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
