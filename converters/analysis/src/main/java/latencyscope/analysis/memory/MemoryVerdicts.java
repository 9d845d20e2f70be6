package latencyscope.analysis.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;

/** Answers the memory module's questions: did the target wait for its memory, and how long. */
final class MemoryVerdicts {
  private final MemoryFacts facts;
  private final MemoryFindings source;
  private final Evidence evidence;

  MemoryVerdicts(MemoryFacts facts, MemoryFindings source, Evidence evidence) {
    this.facts = facts;
    this.source = source;
    this.evidence = evidence;
  }

  List<Verdict> all() {
    List<Verdict> verdicts = new ArrayList<>();
    long major = facts.total("major_faults").orElse(0);
    verdicts.add(verdict(Question.MAJOR_FAULTS, major, source.majorFaults(), true));
    long minor = facts.total("minor_faults").orElse(0);
    verdicts.add(verdict(Question.MINOR_FAULTS, minor, source.minorFaults(), false));
    long shootdowns = facts.total("shootdowns_received").orElse(0);
    verdicts.add(verdict(Question.SHOOTDOWNS, shootdowns, source.shootdowns(), false));
    List<Finding> stalls = source.stalls();
    if (!stalls.isEmpty()) {
      long count = sum(stalls);
      String text =
          "Reclaim, compaction and page moves: " + String.format(Locale.ROOT, "%,d", count);
      verdicts.add(seen(text, stalls, false));
    }
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return verdicts;
  }

  private static long sum(List<Finding> findings) {
    return findings.stream().mapToLong(Finding::count).sum();
  }

  /** A count that is never right, or one that is as long as nothing is found with it. */
  private Verdict verdict(
      Question question, long counted, List<Finding> findings, boolean neverRight) {
    boolean complete = evidence.proof(question).isPresent();
    // Without the kernel's count there may be events nevertheless.
    long count = complete ? counted : Math.max(counted, sum(findings));
    String text =
        String.format(
            Locale.ROOT, "%s: %s%,d", question.title(), complete ? "" : "at least ", count);
    return findings.isEmpty() && (!neverRight || count == 0)
        ? Verdict.none(question, evidence, text)
        : seen(text, findings, neverRight && count > 0).about(question);
  }

  private static Verdict seen(String text, List<Finding> findings, boolean neverRight) {
    Severity severity =
        findings.stream()
            .map(Finding::severity)
            .max(Comparator.naturalOrder())
            // Counted in the kernel, and no event says whose.
            .orElse(neverRight ? Severity.FAIL : Severity.PASS);
    Finding worst = worst(findings, false);
    String cause = worst == null ? null : cause(worst);
    return new Verdict(severity, text, worst, cause, worst(findings, true));
  }

  private static String cause(Finding finding) {
    // The title of a finding on shootdowns begins with the sender: its ids are all that is new.
    boolean said = finding.culprit() instanceof Task task && task.task() == null;
    return finding.culprit() == null || said
        ? finding.title()
        : finding.title() + ": " + finding.culpritInWords();
  }

  private static Finding worst(List<Finding> findings, boolean service) {
    return findings.stream()
        .filter(finding -> ServiceThreads.contains(finding.thread().name()) == service)
        .max(
            Comparator.comparing(Finding::severity)
                .thenComparing(f -> f.totalNs() == null ? 0 : f.totalNs()))
        .orElse(null);
  }
}
