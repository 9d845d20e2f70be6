package latencyscope.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import latencyscope.cli.capture.CaptureRequest;
import latencyscope.cli.capture.CaptureSession;
import latencyscope.cli.capture.CaptureWait;
import latencyscope.cli.capture.Prerequisite;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Interrupts;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.PrivateDirectory;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.proc.CpuSet;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.fact.ProbeState;
import picocli.CommandLine.Command;

/** Lists what a capture needs, whether it is present, and what to do if it is not. */
@Command(
    name = "doctor",
    description =
        "List the prerequisites of a capture: present or not, why, and the command"
            + " that fixes it.",
    exitCodeList = {"0:a capture can work here", "3:it cannot, and the list says why"},
    footer = {"", "First run it with the privileges of the capture: sudo latencyscope doctor"})
final class DoctorCommand extends Main.Common implements Callable<Integer> {
  private static final Duration TRIAL = Duration.ofMillis(300);

  private final Console console;
  private final Machine machine;

  DoctorCommand(Console console, Machine machine) {
    this.console = console;
    this.machine = machine;
  }

  @Override
  public Integer call() {
    List<Prerequisite> rows = new ArrayList<>(Prerequisite.of(machine));
    boolean ready = rows.stream().allMatch(Prerequisite::present);
    List<Prerequisite> probes = probes();
    boolean attached = probes.stream().anyMatch(Prerequisite::present);
    rows.addAll(probes);
    int width = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    rows.forEach(row -> print(row, width));
    boolean works = ready && attached;
    console.out().println();
    console
        .out()
        .println(works ? "A capture can work here." : "A capture cannot work here, see above.");
    console.out().flush();
    return works ? 0 : Main.COULD_NOT_RUN;
  }

  private void print(Prerequisite row, int width) {
    String format = "%-4s  %-" + width + "s  %s%n";
    String state = row.present() ? "ok" : "MISS";
    console.out().printf(format, state, row.name(), row.detail() == null ? "" : row.detail());
    if (row.remedy() != null) {
      console.out().printf(format, "", "", "fix: " + row.remedy());
    }
  }

  /** The probes, as a trial on this process finds them. */
  private List<Prerequisite> probes() {
    try {
      return trial().probes().stream().map(DoctorCommand::row).toList();
    } catch (UserError | RecordingException e) {
      return List.of(new Prerequisite("agent and its probes", false, e.getMessage(), null));
    }
  }

  private static Prerequisite row(ProbeState probe) {
    String name = probe.module() + (probe.probe() == null ? "" : ": " + probe.probe());
    String detail = probe.attached() ? "attached" : probe.state() + ": " + probe.reason();
    return new Prerequisite(name, probe.attached(), detail, probe.remedy());
  }

  private Recording trial() throws UserError, RecordingException {
    Target self = Target.of(ProcessHandle.current().pid(), Machine.LOCAL);
    CaptureRequest request =
        new CaptureRequest(TRIAL, self, CpuSet.EMPTY, List.of(), null, false, null);
    try (PrivateDirectory directory = PrivateDirectory.create();
        CaptureSession session = CaptureSession.start(request)) {
      Path file = directory.path().resolve("doctor.jfr");
      new CaptureWait(session, request).await(new Interrupts(), left -> {});
      session.finish(file);
      return Recording.read(file);
    }
  }
}
