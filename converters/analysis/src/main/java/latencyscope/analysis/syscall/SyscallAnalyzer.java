package latencyscope.analysis.syscall;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.analysis.ModuleAnalyzer;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Table;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.event.JvmEvent;

/**
 * Judges whether threads that matter slept, waited for locks, or blocked in the kernel. Not safe
 * for use by several threads.
 */
public final class SyscallAnalyzer extends ModuleAnalyzer<SyscallEvents> {
  /** Creates an analyzer that has seen nothing. */
  public SyscallAnalyzer() {
    super(new SyscallEvents());
  }

  @Override
  public boolean wants(String type) {
    return JavaWait.isReportedBy(type);
  }

  @Override
  public void accept(JvmEvent event) {
    events.add(event);
  }

  @Override
  public void endOfChunk() {
    events.endOfChunk();
  }

  @Override
  public ModuleReport report(Recording recording) {
    events.end();
    SyscallFacts facts = new SyscallFacts(recording, events);
    SyscallFindings syscallFindings = new SyscallFindings(recording, facts, events);
    List<Finding> findings = syscallFindings.all();
    List<Verdict> verdicts = new SyscallVerdicts(facts, events, syscallFindings, recording).all();
    int violations = Verdict.violations(verdicts);
    return new ModuleReport(
        SyscallFacts.MODULE,
        "SYSTEM CALLS",
        verdicts,
        List.of(
            new Quantiles("Futex waits", EventTypes.FUTEX_WAIT, facts.futexWaits),
            new Quantiles("Blocking calls", EventTypes.BLOCKING_SYSCALL, facts.blockingCalls)),
        List.of(table(facts)),
        remarks(facts, findings.size()),
        findings.subList(0, Math.min(MAX_FINDINGS, findings.size())),
        new SyscallMetrics(facts, events, recording).of(violations));
  }

  private List<String> remarks(SyscallFacts facts, int findings) {
    List<String> remarks = new ArrayList<>();
    String reasons =
        Stream.of(WaitReason.values())
            .filter(reason -> events.count(reason) > 0)
            .map(r -> String.format(Locale.ROOT, "%s %,d", r.label(), events.count(r)))
            .collect(Collectors.joining(", "));
    if (!reasons.isEmpty()) {
      remarks.add("Recorded futex waits, all threads: " + reasons + ".");
    }
    if (facts.overslept.count() > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "Sleeps overran by %s on average, by %s at most.",
              Nanos.words(facts.overslept.total() / facts.overslept.count()),
              Nanos.words(facts.overslept.max())));
    }
    if (findings > MAX_FINDINGS) {
      remarks.add(
          String.format(
              Locale.ROOT, "%,d findings; the %,d costliest are listed.", findings, MAX_FINDINGS));
    }
    return remarks;
  }

  private static Table table(SyscallFacts facts) {
    List<SyscallFacts.Call> calls = facts.calls();
    List<List<Object>> rows = new ArrayList<>();
    for (SyscallFacts.Call call : calls.subList(0, Math.min(TABLE_ROWS, calls.size()))) {
      rows.add(
          Arrays.asList(
              call.name(),
              call.blocked().count(),
              Duration.ofNanos(call.blocked().max()),
              Duration.ofNanos(call.blocked().total())));
    }
    return new Table(
        "Calls that blocked, all threads",
        List.of("Call", "Times", "Max", "Total"),
        rows,
        calls.size() - rows.size());
  }
}
