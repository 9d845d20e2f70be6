package latencyscope.cli.capture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jdk.jfr.EventType;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.attach.AttachChannel;
import latencyscope.attach.AttachException;
import latencyscope.attach.JvmProcess;
import latencyscope.attach.TargetRecording;
import latencyscope.cli.console.Console;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.ChunkClock;
import latencyscope.jfr.capture.NamespaceThread;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.ClockMatch;
import latencyscope.recording.chunk.JoinableChunks;
import latencyscope.recording.chunk.RecordingException;

/**
 * What a JVM that is watched from outside records of itself meanwhile: the names of its threads,
 * its pauses, what its threads wait for. Nothing depends on it.
 *
 * <p>Used by a single thread.
 */
public final class JvmCompanion implements AutoCloseable {
  /** After the capture's own time: the probes' start, the programs' end, a machine that is busy. */
  private static final Duration MARGIN = Duration.ofSeconds(60);

  private static final String IDS = NamespaceThread.class.getAnnotation(Name.class).value();

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
   * @return empty if the JVM will record nothing
   */
  public static Optional<JvmCompanion> start(CaptureRequest request, Console console) {
    Optional<JvmProcess> jvm =
        Optional.ofNullable(request.target())
            .filter(target -> target.pid() != ProcessHandle.current().pid())
            .flatMap(target -> JvmProcess.of(target.pid()));
    if (jvm.isEmpty()) {
      return Optional.empty();
    }
    try {
      TargetRecording recording =
          TargetRecording.start(
              jvm.get(),
              AttachChannel.open(jvm.get()),
              SettingsFile.of(JvmSettings.fromOutside()),
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
            + " provides no data (thread names, pauses, locks): "
            + why
            + "; the kernel's data is complete");
  }

  private void look() {
    if (jvm.isInPidNamespace()) {
      threads.putAll(jvm.threads());
    }
  }

  /**
   * Ends it.
   *
   * @param directory directory of ours for its files
   * @param capture what was captured meanwhile
   * @return the files to read before the capture's own, since they name its threads; empty if the
   *     JVM has ended, too
   */
  public List<Path> finish(Path directory, Path capture, Console console) {
    Path own = directory.resolve("target.jfr");
    try {
      look();
      recording.stop(own);
      if (hasAgent(own)) {
        sayMissing(console, jvm, "it has the agent already and records by itself: see --attach");
        return List.of();
      }
      JoinableChunks.mark(own);
      List<Path> files = new ArrayList<>();
      if (!threads.isEmpty()) {
        addThreadsOf(capture);
        files.add(written(directory.resolve("ids.jfr"), this::commitThreads));
      }
      clock(files, own, capture, console)
          .ifPresent(
              offsets -> files.add(written(directory.resolve("clock.jfr"), () -> commit(offsets))));
      files.add(own);
      return files;
    } catch (AttachException | IOException | UncheckedIOException e) {
      sayMissing(console, jvm, e.getMessage());
      return List.of();
    } catch (RecordingException e) {
      sayMissing(console, jvm, "its recording cannot be read: " + e.getMessage());
      return List.of();
    }
  }

  private Optional<List<ClockMatch.Offset>> clock(
      List<Path> before, Path own, Path capture, Console console) throws RecordingException {
    if (!ClockMatch.isNeeded(own)) {
      return Optional.empty();
    }
    List<ClockMatch.Offset> offsets = ClockMatch.of(before, own, capture);
    if (offsets.isEmpty()) {
      console.say(
          "JVM "
              + jvm.pid()
              + " records the times of its events to a millisecond only, and there were too few"
              + " waits to correct them: its pauses may be shown up to 1 ms early");
    }
    return Optional.of(offsets);
  }

  // What the agent in it saw would count twice.
  private static boolean hasAgent(Path file) throws IOException {
    try (RecordingFile recording = new RecordingFile(file)) {
      return recording.readEventTypes().stream()
          .map(EventType::getName)
          .anyMatch(name -> name.startsWith(EventDescription.PREFIX));
    }
  }

  // One that began and ended between two looks is known to the kernel's side only.
  private void addThreadsOf(Path capture) throws IOException {
    try (RecordingFile recording = new RecordingFile(capture)) {
      while (recording.hasMoreEvents()) {
        RecordedEvent event = recording.readEvent();
        if (event.getEventType().getName().equals(IDS)) {
          threads.put(
              event.getLong(EventFields.NAMESPACE_THREAD_ID.name()),
              event.getLong(EventFields.OS_THREAD_ID.name()));
        }
      }
    }
  }

  /** A recording of our own of events about the target's, and of nothing else: no capture. */
  private static Path written(Path file, Runnable commit) {
    try (Recording recording = new Recording()) {
      Schema.types().forEach(type -> recording.disable(type.name()));
      recording.enable(NamespaceThread.class);
      recording.enable(ChunkClock.class);
      recording.start();
      commit.run();
      recording.stop();
      recording.dump(file);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("its recording cannot be described: " + e.getMessage(), e);
    }
  }

  private void commitThreads() {
    threads.forEach((inside, here) -> {
      NamespaceThread event = new NamespaceThread();
      event.namespaceThreadId = inside;
      event.osThreadId = here;
      event.commit();
    });
  }

  private static void commit(List<ClockMatch.Offset> offsets) {
    for (ClockMatch.Offset offset : offsets) {
      ChunkClock event = new ChunkClock();
      event.chunkStart = offset.chunkStart();
      event.offset = offset.offset();
      event.matches = offset.matches();
      event.waits = offset.waits();
      event.commit();
    }
  }

  @Override
  public void close() {
    recording.close();
  }
}
