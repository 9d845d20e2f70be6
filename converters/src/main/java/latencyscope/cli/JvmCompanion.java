package latencyscope.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.jfr.EventType;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.attach.AttachChannel;
import latencyscope.attach.AttachException;
import latencyscope.attach.JvmProcess;
import latencyscope.attach.TargetRecording;
import latencyscope.jfr.NamespaceThread;

/**
 * What a JVM that is watched from outside records of itself meanwhile: the names of its threads,
 * its pauses, what its threads wait for. Nothing depends on it.
 *
 * <p>Used by a single thread.
 */
final class JvmCompanion implements AutoCloseable {
  /** After the capture's own time: the probes' start, the programs' end, a machine that is busy. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  private final JvmProcess jvm;
  private final TargetRecording recording;
  private final Map<Long, Long> threads = new HashMap<>();

  private JvmCompanion(JvmProcess jvm, TargetRecording recording) {
    this.jvm = jvm;
    this.recording = recording;
  }

  /**
   * Lets the target record, if it is a JVM; if it cannot, says why.
   *
   * @return empty if there will be nothing of its own
   */
  static Optional<JvmCompanion> start(CaptureRequest request, Console console) {
    Optional<JvmProcess> jvm =
        Optional.ofNullable(request.target()).flatMap(target -> JvmProcess.of(target.pid()));
    if (jvm.isEmpty()) {
      return Optional.empty();
    }
    try {
      TargetRecording recording =
          TargetRecording.start(
              jvm.get(),
              AttachChannel.open(jvm.get()),
              SettingsFile.of(JvmSettings.fromOutside()),
              request.duration(),
              request.duration().plus(MARGIN),
              false);
      JvmCompanion companion = new JvmCompanion(jvm.get(), recording);
      companion.look();
      return Optional.of(companion);
    } catch (AttachException e) {
      sayMissing(console, jvm.get(), e.getMessage());
      return Optional.empty();
    }
  }

  private static void sayMissing(Console console, JvmProcess jvm, String why) {
    console.say(
        "JVM "
            + jvm.pid()
            + " tells nothing of its own (thread names, pauses, locks), because "
            + why
            + "; what the kernel knows is complete");
  }

  // A thread that begins and ends between two looks keeps the name that the kernel has.
  private void look() {
    if (jvm.isInPidNamespace()) {
      threads.putAll(jvm.threads());
    }
  }

  /**
   * Ends it.
   *
   * @param directory directory of ours for its files
   * @return the files to read before the capture's own, since they name its threads; empty if the
   *     JVM has ended, too
   */
  List<Path> finish(Path directory, Console console) {
    Path own = directory.resolve("target.jfr");
    try {
      look();
      recording.stop(own);
      if (hasAgent(own)) {
        sayMissing(console, jvm, "it has the agent already and records by itself: see --attach");
        return List.of();
      }
      return threads.isEmpty() ? List.of(own) : List.of(ids(directory), own);
    } catch (AttachException | IOException e) {
      sayMissing(console, jvm, e.getMessage());
      return List.of();
    }
  }

  // What the agent in it saw would count twice.
  private static boolean hasAgent(Path file) throws IOException {
    try (RecordingFile recording = new RecordingFile(file)) {
      return recording.readEventTypes().stream()
          .map(EventType::getName)
          .anyMatch(name -> name.startsWith("latencyscope."));
    }
  }

  private Path ids(Path directory) throws IOException {
    Path file = directory.resolve("ids.jfr");
    try (Recording ids = new Recording()) {
      ids.enable(NamespaceThread.class);
      ids.start();
      threads.forEach((inside, here) -> {
        NamespaceThread event = new NamespaceThread();
        event.namespaceThreadId = inside;
        event.osThreadId = here;
        event.commit();
      });
      ids.stop();
      ids.dump(file);
    }
    return file;
  }

  @Override
  public void close() {
    recording.close();
  }
}
