package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.ledger.Autopsy;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.PauseAutopsy;
import latencyscope.ledger.Role;
import latencyscope.ledger.SafepointAutopsy;
import latencyscope.recording.EventConsumer;
import latencyscope.recording.JvmEvent;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.Recording;

/**
 * Judges the JVM's pauses by what the kernel did to the threads that made them long. Not safe for
 * use by several threads.
 */
public final class JvmAnalyzer implements Analyzer {
  private static final int DESCRIBED = 3;
  // Shorter ones are told, but nobody is to be warned of them.
  private static final long NOTEWORTHY_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final Pattern PROCESS = Pattern.compile("(.*) \\(pid (\\d+)\\)");

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
        remarks(pauses, safepoints, findings),
        findings,
        JvmMetrics.of(autopsy, pauses, safepoints, noise.metrics(recording)));
  }

  private List<String> remarks(
      List<PauseAutopsy> pauses, List<SafepointAutopsy> safepoints, List<Finding> findings) {
    List<String> remarks = new ArrayList<>();
    safepoints.stream().limit(DESCRIBED).forEach(one -> remarks.add(one.describe()));
    pauses.stream().limit(DESCRIBED).forEach(one -> remarks.add(one.describe()));
    // What a finding tells already needs no repetition.
    findings.forEach(finding -> remarks.remove(finding.evidence()));
    if (autopsy.isIncomplete()) {
      remarks.add(
          "There were too many events during the pauses to keep all: reasons may be missing.");
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
      if (!autopsy.safepoints().all().isEmpty()) {
        verdicts.add(
            Verdict.of(Severity.PASS, "No safepoint waited long for a thread off its CPU"));
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
            ledger,
            late.size(),
            total,
            worst.safepoint().timeToSafepoint(),
            worst.safepoint().start(),
            worst.describe(),
            recording));
    verdicts.add(
        verdict("Safepoints late because a thread was kept from running: ", late.size(), findings));
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
        verdicts.add(Verdict.of(Severity.PASS, "No GC worker was kept from running for long"));
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
            ledger,
            starved.size(),
            total,
            ledger.stolen(),
            worst.pause().start(),
            worst.describe(),
            recording));
    verdicts.add(verdict("GC pauses with a starved worker: ", starved.size(), findings));
  }

  // Only so many of the worst are looked into: there may be more.
  private static Verdict verdict(String text, int count, List<Finding> findings) {
    Finding finding = findings.get(findings.size() - 1);
    String counted = text + count + (count >= Autopsy.WORST ? " or more" : "");
    return new Verdict(Severity.WARN, counted, finding, finding.evidence(), null);
  }

  private Finding finding(
      String title,
      Ledger ledger,
      int count,
      long total,
      long worst,
      long at,
      String evidence,
      Recording recording) {
    Part reason = ledger.parts().stream().filter(p -> p.cause().isStolen()).findFirst().get();
    return new Finding(
        Analyzers.JVM,
        Severity.WARN,
        title,
        ledger.window().thread(),
        reason.culprit(),
        count,
        total,
        worst,
        at,
        evidence,
        remedy(reason, ledger, recording));
  }

  /** What helps here: a culprit from elsewhere is to go, the JVM's own are to be fewer or away. */
  private static String remedy(Part reason, Ledger ledger, Recording recording) {
    String culprit = reason.culprit();
    Matcher process = PROCESS.matcher(String.valueOf(culprit));
    if (process.matches()) {
      long pid = Long.parseLong(process.group(2));
      return remedy(new Task(process.group(1), pid, pid, null), reason, ledger, recording);
    }
    if (culprit == null || !ServiceThreads.contains(culprit)) {
      return null;
    }
    int cpus = recording.host().online().size();
    if (isGc(culprit)) {
      return cpus == 0
          ? null
          : "Give the JVM no more GC threads than it has CPUs for:\n  -XX:ParallelGCThreads="
              + cpus;
    }
    long pid = recording.capture().targetPid();
    return recording.threads().stream()
        .filter(thread -> thread.name().equals(culprit) && thread.osTid() > 0)
        .findFirst()
        .map(thread ->
            remedy(new Task(culprit, thread.osTid(), pid, null), reason, ledger, recording))
        .orElse(null);
  }

  private static boolean isGc(String thread) {
    Role role = Role.of(thread);
    return role == Role.GC_WORKER || role == Role.GC_SERVICE;
  }

  private static String remedy(Task culprit, Part reason, Ledger ledger, Recording recording) {
    if (reason.cpu() < 0) {
      return null;
    }
    IsolationFacts facts = new IsolationFacts(recording);
    return new Remedy(recording.host(), recording.capture(), facts.guarded)
        .against(culprit, ledger.window().thread(), reason.cpu());
  }
}
