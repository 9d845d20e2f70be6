package latencyscope.analysis.jvm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.analysis.Analyzer;
import latencyscope.analysis.Analyzers;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.isolation.IsolationFacts;
import latencyscope.analysis.remedy.TaskRemedy;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.autopsy.Autopsy;
import latencyscope.ledger.autopsy.PauseAutopsy;
import latencyscope.ledger.autopsy.SafepointAutopsy;
import latencyscope.ledger.safepoint.Safepoint;
import latencyscope.ledger.safepoint.Safepoints;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;

/**
 * Judges the JVM's pauses by what the kernel did to the threads that made them long. Not safe for
 * use by several threads.
 */
public final class JvmAnalyzer implements Analyzer {
  private static final int DESCRIBED = 3;
  // Shorter ones are shown, but cause no warning.
  private static final long NOTEWORTHY_NS = Question.NOTEWORTHY_NS;
  private static final Pattern GC_THREADS = Pattern.compile("-XX:ParallelGCThreads=(\\d{1,9})");

  private static final int WORST = Autopsy.WORST;
  private static final String TOO_MANY = "there were too many events during the pauses to keep all";

  private final Autopsy autopsy = new Autopsy();
  private final JvmNoise noise = new JvmNoise();

  /** Creates an analyzer that has seen nothing. */
  public JvmAnalyzer() {}

  @Override
  public void accept(KernelEvent event) {
    autopsy.accept(event);
    noise.add(event);
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    autopsy.acceptExemplar(event);
  }

  @Override
  public boolean wants(String type) {
    return autopsy.wants(type);
  }

  @Override
  public void accept(JvmEvent event) {
    autopsy.accept(event);
  }

  @Override
  public Optional<EventConsumer> secondReading(Recording recording) {
    return autopsy.secondReading(recording);
  }

  @Override
  public ModuleReport report(Recording recording) {
    JvmEvidence evidence = new JvmEvidence(recording);
    List<PauseAutopsy> pauses = autopsy.longestPauses();
    List<SafepointAutopsy> safepoints = autopsy.latestSafepoints();
    List<Finding> findings = new ArrayList<>();
    List<Verdict> verdicts = new ArrayList<>();
    lateSafepoints(safepoints, recording, findings, verdicts);
    starvedPauses(pauses, recording, findings, verdicts);
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return new ModuleReport(
        Analyzers.JVM,
        "JVM",
        verdicts,
        List.of(),
        List.of(noise.table(recording)),
        remarks(pauses, safepoints, findings, evidence),
        findings,
        JvmMetrics.of(autopsy, pauses, safepoints, noise.metrics(recording), evidence));
  }

  private List<String> remarks(
      List<PauseAutopsy> pauses,
      List<SafepointAutopsy> safepoints,
      List<Finding> findings,
      JvmEvidence evidence) {
    List<String> remarks = new ArrayList<>();
    for (SafepointAutopsy one : safepoints.subList(0, Math.min(DESCRIBED, safepoints.size()))) {
      long at = one.safepoint().start();
      remarks.add(one.describe(evidence.whyNot(Question.SAFEPOINTS, at)));
    }
    for (PauseAutopsy one : pauses.subList(0, Math.min(DESCRIBED, pauses.size()))) {
      remarks.add(one.describe(evidence.whyNot(Question.GC_WORKERS, one.pause().start())));
    }
    // The findings' own sentences need no repetition.
    findings.forEach(finding -> remarks.remove(finding.evidence()));
    if (autopsy.isIncomplete()) {
      remarks.add("Reasons may be missing: " + TOO_MANY + ".");
    }
    return remarks;
  }

  private void lateSafepoints(
      List<SafepointAutopsy> safepoints,
      Recording recording,
      List<Finding> findings,
      List<Verdict> verdicts) {
    List<SafepointAutopsy> late =
        safepoints.stream()
            .filter(one -> one.late().isPresent())
            .filter(one -> one.late().get().ledger().stolen() >= NOTEWORTHY_NS)
            .toList();
    if (late.isEmpty()) {
      List<Safepoint> all = autopsy.safepoints().all();
      if (!all.isEmpty()) {
        verdicts.add(noneLate(all, new JvmEvidence(recording)));
      }
      return;
    }
    SafepointAutopsy worst = late.get(0);
    Ledger ledger = worst.late().get().ledger();
    long total = late.stream().mapToLong(one -> one.safepoint().timeToSafepoint()).sum();
    String thread = ledger.window().thread().name();
    findings.add(
        finding(
            "All threads waited for " + thread + " to reach a safepoint",
            ledger.window().thread(),
            late.stream().map(one -> one.late().get().ledger()).toList(),
            late.size(),
            total,
            worst.safepoint().timeToSafepoint(),
            worst.safepoint().start(),
            worst.describe(),
            recording));
    verdicts.add(
        verdict(
            "Safepoints late because a thread was kept from running: ",
            late.size(),
            autopsy.looksIntoSafepointsFrom(NOTEWORTHY_NS),
            findings));
  }

  private Verdict noneLate(List<Safepoint> all, JvmEvidence evidence) {
    long shortest = all.stream().mapToLong(Safepoint::timeToSafepoint).min().orElseThrow();
    Optional<String> whyNot =
        evidence
            .missing(Safepoints.BEGIN, shortest)
            .or(() -> notLookedInto(autopsy.looksIntoSafepointsFrom(NOTEWORTHY_NS)));
    return evidence.none(
        Question.SAFEPOINTS,
        whyNot,
        all.stream().map(Safepoint::start).toList(),
        "No safepoint waited long for a thread off its CPU");
  }

  private Verdict noneStarved(List<PauseAutopsy> pauses, JvmEvidence evidence) {
    Optional<String> whyNot =
        evidence
            .missing(Autopsy.PAUSE, autopsy.shortestPause())
            .or(() -> notLookedInto(autopsy.looksIntoPausesFrom(NOTEWORTHY_NS)));
    return evidence.none(
        Question.GC_WORKERS,
        whyNot,
        pauses.stream().map(one -> one.pause().start()).toList(),
        "No GC worker was kept from running for long");
  }

  private Optional<String> notLookedInto(boolean all) {
    if (!all) {
      return Optional.of(
          String.format(
              Locale.ROOT, "there were more than the %,d longest, which were looked into", WORST));
    }
    return autopsy.isIncomplete() ? Optional.of(TOO_MANY) : Optional.empty();
  }

  private void starvedPauses(
      List<PauseAutopsy> pauses,
      Recording recording,
      List<Finding> findings,
      List<Verdict> verdicts) {
    List<PauseAutopsy> starved =
        pauses.stream()
            .filter(one -> one.starved().isPresent())
            .filter(one -> one.starved().get().stolen() >= NOTEWORTHY_NS)
            .toList();
    if (starved.isEmpty()) {
      if (autopsy.pauses() > 0) {
        verdicts.add(noneStarved(pauses, new JvmEvidence(recording)));
      }
      return;
    }
    PauseAutopsy worst =
        starved.stream().max(Comparator.comparingLong(one -> one.starved().get().stolen())).get();
    Ledger ledger = worst.starved().get();
    long total = starved.stream().mapToLong(one -> one.starved().get().stolen()).sum();
    findings.add(
        finding(
            ledger.window().thread().name() + " was kept from running in a GC pause",
            ledger.window().thread(),
            starved.stream().map(one -> one.starved().get()).toList(),
            starved.size(),
            total,
            ledger.stolen(),
            worst.pause().start(),
            worst.describe(),
            recording));
    verdicts.add(
        verdict(
            "GC pauses with a starved worker: ",
            starved.size(),
            autopsy.looksIntoPausesFrom(NOTEWORTHY_NS),
            findings));
  }

  // Only so many of the worst are looked into: there may be more.
  private static Verdict verdict(String text, int count, boolean all, List<Finding> findings) {
    Finding finding = findings.get(findings.size() - 1);
    String counted = text + count + (all ? "" : " or more");
    return new Verdict(Severity.WARN, counted, finding, finding.evidence(), null);
  }

  /**
   * A finding.
   *
   * @param thread of the worst time
   * @param ledgers what kept a thread from running, each time. The culprit is the task that took
   *     most of all these times.
   */
  private Finding finding(
      String title,
      ThreadId thread,
      List<Ledger> ledgers,
      int count,
      long total,
      long worst,
      long at,
      String evidence,
      Recording recording) {
    Blame blame = blame(ledgers);
    return new Finding(
            Analyzers.JVM,
            Severity.WARN,
            title,
            thread,
            blame.part().culprit() == null
                ? null
                : new Named(blame.part().culprit(), blame.part().task()),
            new Cost(count, total, worst, at),
            evidence,
            remedy(blame.part(), blame.ledger(), recording))
        .about(Kind.PAUSE);
  }

  /** The longest time that a culprit took, and from which thread. */
  private record Blame(Part part, Ledger ledger) {}

  private static Blame blame(List<Ledger> ledgers) {
    Map<Part.Key, Long> taken = new HashMap<>();
    Map<Part.Key, Blame> longest = new HashMap<>();
    for (Ledger ledger : ledgers) {
      for (Part part : ledger.parts()) {
        if (part.cause().isStolen()) {
          taken.merge(part.key(), part.ns(), Long::sum);
          longest.merge(
              part.key(),
              new Blame(part, ledger),
              (one, other) -> one.part().ns() >= other.part().ns() ? one : other);
        }
      }
    }
    Part.Key most =
        taken.entrySet().stream()
            .max(
                Map.Entry.<Part.Key, Long>comparingByValue()
                    .thenComparing(entry -> String.valueOf(entry.getKey().culprit())))
            .orElseThrow()
            .getKey();
    return longest.get(most);
  }

  /** What helps here: a culprit from elsewhere is to go, the JVM's own are to be fewer or away. */
  private static List<Remedy> remedy(Part reason, Ledger ledger, Recording recording) {
    Task culprit = reason.task();
    if (culprit == null) {
      return List.of();
    }
    if (culprit.pid() == recording.capture().targetPid()) {
      if (!ServiceThreads.contains(culprit.name())) {
        return List.of();
      }
      if (isGc(culprit.name())) {
        return fewerCollectors(recording);
      }
    }
    return remedy(culprit, reason, ledger, recording);
  }

  // By itself HotSpot starts one for each of up to 8 CPUs, and fewer than CPUs above: never more.
  private static List<Remedy> fewerCollectors(Recording recording) {
    int cpus = recording.host().online().size();
    Matcher set = GC_THREADS.matcher(recording.hostFacts().getOrDefault("jvm_flags", ""));
    int fewer = cpus - 1;
    if (fewer < 1 || set.find() && Long.parseLong(set.group(1)) <= fewer) {
      return List.of();
    }
    return List.of(
        Remedy.of(
            "Give the JVM fewer GC threads than the host has CPUs:",
            "-XX:ParallelGCThreads=" + fewer));
  }

  private static boolean isGc(String thread) {
    Role role = Role.of(thread);
    return role == Role.GC_WORKER || role == Role.GC_SERVICE;
  }

  private static List<Remedy> remedy(
      Task culprit, Part reason, Ledger ledger, Recording recording) {
    if (reason.cpu() < 0) {
      return List.of();
    }
    IsolationFacts facts = new IsolationFacts(recording);
    return new TaskRemedy(recording, facts.guarded)
        .against(culprit, ledger.window().thread(), reason.cpu());
  }
}
