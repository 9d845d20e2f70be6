package latencyscope.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.locks.LockSupport;

/**
 * A recording by a JVM's own flight recorder, started and fetched from outside.
 *
 * <p>It cannot outlive us for long: it has its own name and a duration. What it holds when that is
 * over, or when the JVM ends, goes to {@code /dev/null}, and no file is in the JVM's sight but
 * while it is being read; unless it is to be kept.
 *
 * <p>It goes through the recorder's directory, however short it is: a recording in memory cannot be
 * had while another one runs, and to try puts an error on the JVM's standard output (seen with JDK
 * 17.0 and 25.0; {@code PlatformRecorder.stop} writes a recording in memory only if it is the last
 * one). The other way round, one that goes to disk takes from the memory what another one keeps
 * there. Safe for use by several threads.
 */
public final class TargetRecording implements AutoCloseable {
  /** A flight recorder that was not in use yet takes its time to come up on a busy machine. */
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final Duration HURRIED_LIMIT = Duration.ofSeconds(1);

  private static final Duration CHECK_LIMIT = Duration.ofSeconds(10);
  private static final Duration CHUNK_LIMIT = Duration.ofSeconds(1);
  private static final Duration CHUNK_LOOK = Duration.ofMillis(10);

  private static final Duration YOUNG = Duration.ofSeconds(1);

  /** Ending of the file that a recorder writes to. */
  private static final String CHUNK = ".jfr";

  private static final long CHECK_MILLIS = 50;
  private static final String UNKNOWN = "Unknown diagnostic command";

  private static final String STARTED = "Started recording";
  private static final String STOPPED = "Stopped recording";
  private static final String DUMPED = "Dumped recording";
  private static final String REPOSITORY = "Repository path:";
  private static final String RUNNING = "(running)";

  private final JvmProcess jvm;
  private final AttachChannel channel;
  private final String name;
  private final Thread hook = new Thread(this::stopWithoutContent, "latencyscope-target-end");
  private final TemporaryFiles files;
  private Path kept;
  private boolean running;

  private TargetRecording(JvmProcess jvm, AttachChannel channel, String name)
      throws AttachException {
    this.jvm = jvm;
    this.channel = channel;
    this.name = name;
    // Opened now: it stays within reach if the JVM ends.
    this.files = TemporaryFiles.of(jvm);
  }

  /**
   * Starts one.
   *
   * @param settings content of a {@code .jfc} file
   * @param limit after how long it ends by itself
   * @param keep whether it is to be had even if the JVM ends by itself; if we are killed, its file
   *     stays
   * @throws AttachException if the JVM cannot be reached, or has no flight recorder
   */
  public static TargetRecording start(
      JvmProcess jvm, AttachChannel channel, String settings, Duration limit, boolean keep)
      throws AttachException {
    TargetRecording recording = of(jvm, channel);
    recording.start(settings, limit, keep, "");
    return recording;
  }

  /**
   * Starts one of which only the last seconds are held.
   *
   * @param settings content of a {@code .jfc} file
   * @param limit after how long it ends by itself
   * @param last how much it holds at least
   * @throws AttachException if the JVM cannot be reached, or has no flight recorder
   */
  public static TargetRecording startRolling(
      JvmProcess jvm, AttachChannel channel, String settings, Duration limit, Duration last)
      throws AttachException {
    TargetRecording recording = of(jvm, channel);
    recording.start(settings, limit, false, " maxage=" + last.toSeconds() + "s");
    return recording;
  }

  private static TargetRecording of(JvmProcess jvm, AttachChannel channel) throws AttachException {
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    String name =
        "latencyscope-" + ProcessHandle.current().pid() + "-" + HexFormat.of().formatHex(random);
    return new TargetRecording(jvm, channel, name);
  }

  private synchronized void start(String settings, Duration limit, boolean keep, String more)
      throws AttachException {
    try {
      checkOthers();
    } catch (AttachException e) {
      files.close();
      throw e;
    }
    Runtime.getRuntime().addShutdownHook(hook);
    running = true;
    String answer = "";
    try {
      Path jfc = files.create(".jfc", settings.getBytes(StandardCharsets.UTF_8));
      kept = keep ? files.create(".jfr", new byte[0]) : null;
      answer =
          begin(
              String.format(
                  "JFR.start name=%s settings=%s disk=true duration=%ds %s%s",
                  name,
                  jfc,
                  limit.toSeconds(),
                  keep ? "dumponexit=true filename=" + kept : "filename=/dev/null",
                  more));
      files.delete(jfc);
    } finally {
      if (!answer.contains(STARTED)) {
        close();
      }
    }
    if (!answer.contains(STARTED)) {
      throw new AttachException(
          "its flight recorder does not start: " + AttachChannel.firstLine(answer));
    }
  }

  /** Between two chunks, and while a recording starts, none is open for a moment. */
  private boolean hasChunk() {
    long until = System.nanoTime() + CHUNK_LIMIT.toNanos();
    while (!jvm.hasOpen(CHUNK)) {
      if (System.nanoTime() - until > 0) {
        return false;
      }
      LockSupport.parkNanos(CHUNK_LOOK.toNanos());
    }
    return true;
  }

  private void checkOthers() throws AttachException {
    String others;
    try {
      others = channel.command("JFR.check", CHECK_LIMIT);
    } catch (AttachException young) {
      return; // it does not know the command yet, or never will, which the start says
    }
    if (others.contains(RUNNING) && !hasChunk()) {
      throw new AttachException(
          "it already has an in-memory recording (disk=false), and a second recording would take"
              + " its events; record to disk there, or use --no-jvm-recording");
    }
  }

  // A JVM that is just starting takes requests before it knows this one.
  private String begin(String command) throws AttachException {
    long giveUp = System.nanoTime() + YOUNG.toNanos();
    while (true) {
      try {
        return channel.command(command, START_LIMIT);
      } catch (AttachException e) {
        if (!e.getMessage().contains(UNKNOWN) || System.nanoTime() > giveUp) {
          throw e;
        }
      }
      try {
        Thread.sleep(CHECK_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AttachException("the wait for it was interrupted", e);
      }
    }
  }

  /**
   * Ends it and fetches what was recorded.
   *
   * @param target file of ours, which must not exist
   * @throws AttachException if the JVM has ended, or the recording is not there any more
   */
  public synchronized void stop(Path target) throws AttachException {
    try {
      Path file = kept != null ? kept : files.create(".jfr", new byte[0]);
      if (kept == null || jvm.runs()) {
        stopTo(file);
      }
      files.copy(file, target);
    } catch (IOException e) {
      throw new AttachException("its recording cannot be read: " + e.getMessage(), e);
    } finally {
      close();
    }
  }

  /**
   * The directory that its flight recorder writes to, as seen from here.
   *
   * @throws AttachException if the JVM does not say
   */
  public Path repository() throws AttachException {
    String answer = channel.command("JFR.configure", CHECK_LIMIT);
    String path =
        answer
            .lines()
            .filter(line -> line.startsWith(REPOSITORY))
            .findFirst()
            .map(line -> line.substring(REPOSITORY.length()).strip())
            .orElseThrow(() ->
                new AttachException(
                    "it does not say where its flight recorder writes: "
                        + AttachChannel.firstLine(answer)));
    return jvm.seen(Path.of(path));
  }

  /**
   * Fetches what it holds, and goes on.
   *
   * @param target file of ours, which must not exist
   * @throws AttachException if the JVM has ended, or the recording is not there any more
   */
  public synchronized void dump(Path target) throws AttachException {
    Path file = files.create(".jfr", new byte[0]);
    try {
      String answer = channel.command("JFR.dump name=" + name + " filename=" + file, STOP_LIMIT);
      if (!answer.contains(DUMPED)) {
        throw new AttachException(
            "its recording could not be written: " + AttachChannel.firstLine(answer));
      }
      files.copy(file, target);
    } catch (IOException e) {
      throw new AttachException("its recording cannot be read: " + e.getMessage(), e);
    } finally {
      files.delete(file);
    }
  }

  /**
   * Has the recorder begin a new file now: what is committed at a file's end, such as exact counts,
   * comes then.
   *
   * @throws AttachException if the JVM has ended, or the recording is not there any more
   */
  public synchronized void rotate() throws AttachException {
    String answer = channel.command("JFR.dump name=" + name + " filename=/dev/null", STOP_LIMIT);
    if (!answer.contains(DUMPED)) {
      throw new AttachException(
          "its recorder does not begin a new file: " + AttachChannel.firstLine(answer));
    }
  }

  private void stopTo(Path file) throws AttachException {
    String answer = channel.command("JFR.stop name=" + name + " filename=" + file, STOP_LIMIT);
    if (!answer.contains(STOPPED)) {
      throw new AttachException(
          "its recording could not be written:" + " " + AttachChannel.firstLine(answer));
    }
    running = false;
  }

  // Without its content, and without waiting for a JVM that does not answer: it ends by itself.
  private synchronized void stopWithoutContent() {
    try {
      if (running && jvm.runs()) {
        channel.command("JFR.stop name=" + name, HURRIED_LIMIT);
      }
    } catch (AttachException e) {
      // Nothing more can be done.
    } finally {
      running = false;
      files.close();
    }
  }

  /** Ends it, if it still runs. */
  @Override
  public void close() {
    stopWithoutContent();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process is ending, and the hook is at work.
    }
  }
}
