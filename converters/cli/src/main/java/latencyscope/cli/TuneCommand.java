package latencyscope.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.cli.capture.CaptureSession;
import latencyscope.cli.capture.CaptureWait;
import latencyscope.cli.capture.Durations;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.PrivateDirectory;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.contract.Contract;
import latencyscope.contract.Contract.ThreadRule;
import latencyscope.contract.ContractException;
import latencyscope.contract.ContractFile;
import latencyscope.contract.Outcome;
import latencyscope.contract.output.CheckText;
import latencyscope.recording.thread.ThreadId;
import latencyscope.report.Style;
import latencyscope.tune.Host;
import latencyscope.tune.Journal;
import latencyscope.tune.Plan;
import latencyscope.tune.Planner;
import latencyscope.tune.Proof;
import latencyscope.tune.Proof.Culprit;
import latencyscope.tune.Reverter;
import latencyscope.tune.Taskset;
import latencyscope.tune.TuneText;
import latencyscope.tune.Tuned;
import latencyscope.tune.Tuner;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes a host for a contract, keeps what helps, and gives everything back. */
@Command(
    name = "tune",
    description = {
      "Change this host for a contract: interrupt affinities, workqueue masks, governors, huge"
          + " pages, sysctls, CPUs of threads.",
      "",
      "Nothing is written without --apply. Every old value is in a journal before the new one is"
          + " written. What does not help the contract is taken back at once."
    },
    exitCodeList = {
      "0:the contract passes; --plan: nothing to write; --revert: everything is as it was",
      "1:--plan: there is something to write; --revert: a value was left, and is named",
      "2:the contract is violated all the same",
      "3:could not run: usage, privileges, an error in the contract, target gone",
      "4:the contract is inconclusive",
      "130:Ctrl-C, twice; then run tune --revert"
    },
    footer = {
      "",
      "Examples:",
      "  latencyscope tune --plan",
      "  latencyscope tune latencyscope.yml --pid PID --plan",
      "  latencyscope tune latencyscope.yml --pid PID --apply",
      "  latencyscope tune --revert",
      "",
      "docs/tune.md says what is written, and what never is."
    })
final class TuneCommand extends Main.Diagnosed {
  private static final int LEFT = 1;
  private static final int SOMETHING = 1;
  private static final String BOOT = "proc/sys/kernel/random/boot_id";

  private final Console console;
  private final Machine machine;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "CONTRACT",
      description = "The contract, such as latencyscope.yml; with it, --pid.")
  private Path contract;

  @Option(names = "--plan", description = "Print what would be written and why; write nothing.")
  private boolean plan;

  @Option(
      names = "--apply",
      description = "Write it, measure the contract before and after, and keep only what helps.")
  private boolean apply;

  @Option(
      names = "--revert",
      description = "Give everything back that was written, also by a run that was killed.")
  private boolean revert;

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      description = "The process that the contract is about.")
  private Long pid;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      converter = Durations.class,
      description = "How long to capture each time (default: the contract's duration, or 10 s).")
  private Duration duration;

  @Option(
      names = "--attach",
      description = "Load the agent into the target JVM, instead of watching it from outside.")
  private boolean attach;

  @Option(
      names = "--force",
      description = "With --revert: also give back what somebody else has changed since.")
  private boolean force;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "Where old values are kept (default: /var/lib/latencyscope/tune.journal).")
  private Path journal;

  TuneCommand(Console console, Machine machine) {
    this.console = console;
    this.machine = machine;
  }

  @Override
  public Integer call() throws UserError {
    int asked = (plan ? 1 : 0) + (apply ? 1 : 0) + (revert ? 1 : 0);
    if (asked != 1) {
      throw new UserError("tune needs one of --plan, --apply and --revert");
    }
    if (revert) {
      return revert();
    }
    if (apply && (contract == null || pid == null)) {
      throw new UserError(
          "tune --apply needs CONTRACT and --pid: without them nothing shows what helps");
    }
    if (contract == null) {
      return print(new Planner(host(), pid == null ? 0 : pid).ofAudit());
    }
    if (pid == null) {
      throw new UserError("tune needs --pid PID with a contract: it measures what is violated");
    }
    return withContract(read());
  }

  private Host host() {
    return new Host(machine.root(), new Taskset());
  }

  private Contract read() throws UserError {
    try {
      return ContractFile.read(contract);
    } catch (ContractException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private int withContract(Contract read) throws UserError {
    if (!attach) {
      CaptureSession.requireAgent();
    }
    Target target = Scope.target(pid, machine);
    if (plan) {
      Proof before = prove(read, target);
      return print(new Planner(host(), pid).of(read, before));
    }
    // Before anything is measured: it may be in use, or its folder not writable.
    try (Journal open = journal()) {
      if (open.isInterrupted()) {
        throw new UserError(
            "the last tune --apply was interrupted; run latencyscope tune --revert first");
      }
      return apply(read, target, open);
    } catch (IOException e) {
      throw new UserError(
          "the journal cannot be written (" + e + "); run latencyscope tune --revert", e);
    }
  }

  private int apply(Contract read, Target target, Journal open) throws UserError, IOException {
    console.say("measuring before any change");
    Proof before = prove(read, target);
    if (before.result().count(Outcome.VIOLATED) == 0) {
      write(style ->
          "No clause is violated; nothing was written.\n\n" + CheckText.of(before.result(), style));
      return before.result().exitCode(false);
    }
    Plan planned = new Planner(host(), pid).of(read, before);
    if (planned.isEmpty()) {
      write(style -> TuneText.of(planned, style) + "\n" + CheckText.of(before.result(), style));
      return before.result().exitCode(false);
    }
    Tuned tuned =
        new Tuner(host(), open, () -> prove(read, target), console::say)
            .apply(planned, before.result());
    write(style -> TuneText.of(tuned, planned, style) + "\n" + CheckText.of(tuned.after(), style));
    return tuned.after().exitCode(false);
  }

  private Proof prove(Contract read, Target target) throws UserError {
    try (PrivateDirectory directory = PrivateDirectory.create()) {
      ContractRun.Checked checked =
          new ContractRun(read, console, machine)
              .capture(
                  target, duration == null ? read.duration() : duration, attach, directory.path());
      if (checked.targetGone()) {
        throw new UserError("process " + pid + " ended before the capture did");
      }
      if (checked.end() == CaptureWait.End.INTERRUPTED) {
        throw new UserError("stopped by Ctrl-C");
      }
      return proof(read, checked);
    }
  }

  private static Proof proof(Contract read, ContractRun.Checked checked) {
    Map<ThreadRule, List<ThreadId>> threads = new HashMap<>();
    Set<Long> tids = new HashSet<>();
    for (ThreadRule rule : read.threads()) {
      List<ThreadId> matching = checked.checker().threads(rule);
      threads.put(rule, matching);
      matching.forEach(thread -> tids.add(thread.osTid()));
    }
    List<Culprit> culprits =
        checked.report().findings().stream()
            .filter(finding -> finding.kind() == Kind.CPU_WAIT && finding.culpritTask() != null)
            .filter(finding -> finding.thread() != null && tids.contains(finding.thread().osTid()))
            .map(TuneCommand::culprit)
            .toList();
    return new Proof(checked.result(), threads, culprits);
  }

  private static Culprit culprit(Finding finding) {
    long worst = finding.worstNs() == null ? 0 : finding.worstNs();
    return new Culprit(finding.culpritTask(), finding.count(), finding.cost().totalOrZero(), worst);
  }

  private int print(Plan planned) throws UserError {
    write(style -> TuneText.of(planned, style));
    return planned.isEmpty() ? 0 : SOMETHING;
  }

  private interface Text {
    String in(Style style);
  }

  private void write(Text text) throws UserError {
    console.result(text.in(console.style()).getBytes(console.charset()));
  }

  private Path journalFile() {
    return journal == null ? machine.file("var/lib/latencyscope/tune.journal") : journal;
  }

  private Journal journal() throws UserError {
    return Journal.open(journalFile(), machine.read(BOOT).orElse(""));
  }

  private int revert() throws UserError {
    if (!Files.exists(journalFile())) {
      write(style -> "Nothing to give back: there is no journal " + journalFile() + ".\n");
      return 0;
    }
    try (Journal open = journal()) {
      Reverter reverter = new Reverter(host(), open, force);
      reverter.all();
      write(style -> TuneText.of(reverter, style));
      return reverter.left().isEmpty() ? 0 : LEFT;
    } catch (IOException e) {
      throw new UserError("the journal cannot be written (" + e + "); run it again", e);
    }
  }
}
