package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import latencyscope.recording.CpuSet;
import latencyscope.recording.Recording;

/** Answers the syscall module's questions: did a thread that matters sleep, contend, or block. */
final class SyscallVerdicts {
  private final SyscallFacts facts;
  private final SyscallEvents events;
  private final SyscallFindings findings;
  private final Recording recording;

  SyscallVerdicts(
      SyscallFacts facts, SyscallEvents events, SyscallFindings findings, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.findings = findings;
    this.recording = recording;
  }

  List<Verdict> all() {
    if (!facts.measured) {
      return List.of(
          Verdict.of(Severity.WARN, "System calls were not watched: see the capture's probes"));
    }
    List<Verdict> verdicts = new ArrayList<>();
    sleeps(verdicts);
    locks(verdicts);
    calls(verdicts);
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return verdicts;
  }

  private void sleeps(List<Verdict> verdicts) {
    List<Finding> sleeps = findings.sleeps();
    if (sleeps.isEmpty()) {
      verdicts.add(Verdict.of(Severity.PASS, "No busy thread slept"));
    }
    of(sleeps, f -> f.severity() == Severity.FAIL, "Sleeps on " + guardedCpus(), verdicts);
    of(sleeps, f -> f.severity() == Severity.WARN, "Sleeps on shared CPUs", verdicts);
  }

  private void locks(List<Verdict> verdicts) {
    List<Finding> locks = findings.locks();
    of(locks, f -> true, "Contended futex waits of busy threads", verdicts);
    if (locks.isEmpty()) {
      // Without the JVM's events silence means little.
      String text =
          events.javaTells() || facts.futexWaits.count() == 0
              ? "No busy thread waited for a lock"
              : "No busy thread waited for a native mutex; of Java's locks only the target's own"
                  + " recording tells";
      verdicts.add(Verdict.of(Severity.PASS, text));
    }
  }

  private void calls(List<Verdict> verdicts) {
    List<Finding> calls = findings.calls();
    of(calls, f -> true, "Blocking calls of busy threads", verdicts);
    if (calls.isEmpty()) {
      verdicts.add(Verdict.of(Severity.PASS, "No busy thread blocked in a system call"));
    }
  }

  private static void of(
      List<Finding> all, Predicate<Finding> filter, String text, List<Verdict> verdicts) {
    List<Finding> some = all.stream().filter(filter).toList();
    some.stream()
        .max(Comparator.comparing(Finding::worstNs))
        .ifPresent(worst ->
            verdicts.add(
                new Verdict(
                    worst.severity(),
                    String.format(
                        Locale.ROOT,
                        "%s: %,d",
                        text,
                        some.stream().mapToLong(Finding::count).sum()),
                    worst,
                    worst.title(),
                    null)));
  }

  private String guardedCpus() {
    CpuSet isolated = recording.host().isolated();
    return isolated.containsAll(facts.guarded) ? "isolated CPUs" : "monitored CPUs";
  }
}
