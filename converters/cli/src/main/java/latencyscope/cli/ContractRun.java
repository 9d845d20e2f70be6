package latencyscope.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.cli.capture.CaptureRequest;
import latencyscope.cli.capture.CaptureRun;
import latencyscope.cli.capture.CaptureWait;
import latencyscope.cli.capture.ProbeCheck;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.contract.Contract;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.Checker;
import latencyscope.contract.check.Noise;
import latencyscope.contract.check.ThreadSettings;
import latencyscope.proc.CpuSet;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.chunk.RecordingException;

/** Checks a contract on a process, as often as it is asked to, or on a recording. */
final class ContractRun {
  private final Contract contract;
  private final Console console;
  private final Machine machine;

  ContractRun(Contract contract, Console console, Machine machine) {
    this.contract = contract;
    this.console = console;
    this.machine = machine;
  }

  /**
   * A contract that was checked.
   *
   * @param files the recording
   * @param end how the capture ended; null if there was none
   * @param targetGone whether the target ended before the capture did
   */
  record Checked(
      CheckResult result,
      Checker checker,
      Report report,
      List<Path> files,
      CaptureWait.End end,
      boolean targetGone) {}

  /** Captures a process once, and checks. */
  Checked capture(Target target, Duration duration, boolean attach, Path directory)
      throws UserError {
    CaptureRequest request =
        new CaptureRequest(
            duration, target, CpuSet.EMPTY, List.copyOf(contract.modules()), null, false, null);
    ThreadSettings before = settings(target);
    CaptureRun run = CaptureRun.run(request, attach, true, directory, console);
    boolean gone = !target.alive();
    Checked checked = check(run.files(), gone ? before : settings(target));
    ProbeCheck.requireAny(checked.report().recording().probes());
    return new Checked(
        checked.result(),
        checked.checker(),
        checked.report(),
        run.files(),
        run.end(),
        gone || run.end() == CaptureWait.End.TARGET_GONE);
  }

  private ThreadSettings settings(Target target) {
    return ThreadSettings.read(machine.file("proc/" + target.pid()));
  }

  /** Checks a recording. */
  Checked check(List<Path> recording) throws UserError {
    return check(recording, ThreadSettings.NONE);
  }

  private Checked check(List<Path> recording, ThreadSettings settings) throws UserError {
    try {
      Noise noise = new Noise();
      Report report = Report.read(new RecordingFiles(recording), List.of(), noise);
      LocalDate today = LocalDate.now(console.zone());
      Checker checker = new Checker(contract, report, noise, settings, today);
      return new Checked(checker.result(), checker, report, recording, null, false);
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    } catch (UnknownKeyException e) {
      throw new IllegalStateException("there are no limits", e);
    }
  }
}
