package latencyscope.cli.capture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Interrupts;
import latencyscope.cli.console.UserError;

/**
 * Captures once, for as long as was asked: what the kernel measures, and of a JVM what it records
 * of itself.
 *
 * @param files parts of one recording, in the order in which to read them
 * @param end how the capture came to its end
 */
public record CaptureRun(List<Path> files, CaptureWait.End end) {
  /** Copies the list. */
  public CaptureRun {
    files = List.copyOf(files);
  }

  /**
   * Captures.
   *
   * @param attach whether the agent is loaded into the target, instead of watching from outside
   * @param jvmRecording whether a target that is a JVM and has no agent records, too
   * @param directory of ours, for the files
   * @throws UserError if nothing can be captured
   */
  public static CaptureRun run(
      CaptureRequest request, boolean attach, boolean jvmRecording, Path directory, Console console)
      throws UserError {
    Interrupts interrupts = Interrupts.install();
    List<Path> files = new ArrayList<>();
    CaptureWait.End end;
    // Before the probes: a flight recorder that comes up is no part of what is to be measured.
    Optional<JvmCompanion> companion =
        attach || !jvmRecording ? Optional.empty() : JvmCompanion.start(request, console);
    try (RunningCapture session = start(request, attach)) {
      Progress progress = new Progress(console, "Capturing", request.duration());
      end = new CaptureWait(session, request).await(interrupts, progress::left);
      progress.done();
      Path file = directory.resolve("capture.jfr");
      session.finish(file);
      companion.ifPresent(jvm -> files.addAll(jvm.finish(directory, file, console)));
      files.add(file);
    } finally {
      companion.ifPresent(JvmCompanion::close);
    }
    return new CaptureRun(files, end);
  }

  private static RunningCapture start(CaptureRequest request, boolean attach) throws UserError {
    try {
      return attach ? AttachedCapture.start(request) : CaptureSession.start(request);
    } catch (UserError e) {
      // If the target has ended, that is the cause of any other error.
      CaptureWait.requireTarget(request);
      throw e;
    }
  }
}
