package latencyscope.cli.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import latencyscope.attach.AttachChannel;
import latencyscope.attach.AttachException;
import latencyscope.attach.JvmProcess;
import latencyscope.attach.TargetRecording;
import latencyscope.cli.console.ReleasedJar;
import latencyscope.cli.console.UserError;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * A recording by the target JVM's own flight recorder, which an agent in the target fills.
 *
 * <p>The agent stays there, as the JVM has no way to unload it, and does nothing from the end of
 * the recording on. Used by a single thread.
 */
public final class AttachedCapture implements RunningCapture {
  private static final int NEEDED_JDK = 25;
  private static final long STATE_MILLIS = 50;
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
  private static final Duration MARGIN = Duration.ofSeconds(60);

  /** Makes an agent that is there already say so, and leaves its options as they are. */
  private static final String AGENT_OPTIONS = "status";

  private final AttachChannel channel;
  private final TargetRecording recording;

  private AttachedCapture(AttachChannel channel, TargetRecording recording) {
    this.channel = channel;
    this.recording = recording;
  }

  /**
   * Loads the agent and starts to record.
   *
   * @throws UserError if the target is no JVM that takes the agent
   */
  public static AttachedCapture start(CaptureRequest request) throws UserError {
    return start(
        request,
        (jvm, channel) ->
            TargetRecording.start(
                jvm,
                channel,
                SettingsFile.of(JvmSettings.withAgent(request)),
                request.duration().plus(MARGIN),
                true));
  }

  /** Starts a recording in a JVM that has the agent. */
  interface Start {
    TargetRecording of(JvmProcess jvm, AttachChannel channel) throws AttachException;
  }

  static AttachedCapture start(CaptureRequest request, Start recording) throws UserError {
    if (request.target() == null) {
      throw new UserError("--attach requires --pid PID, the JVM to load the agent into");
    }
    long pid = request.target().pid();
    JvmProcess jvm =
        JvmProcess.of(pid)
            .orElseThrow(() ->
                new UserError(
                    "--attach: process "
                        + pid
                        + " is no JVM, or not yours; without --attach, any process can be"
                        + " watched"));
    Path jar = ReleasedJar.path("--attach: the agent");
    try {
      AttachChannel channel = AttachChannel.open(jvm);
      requireJdk(channel, pid);
      requireSight(jar, pid);
      load(jar, pid);
      return new AttachedCapture(channel, recording.of(jvm, channel));
    } catch (AttachException e) {
      throw CaptureWait.causeOf(
          new UserError("--attach: JVM " + pid + " cannot be used: " + e.getMessage(), e), request);
    }
  }

  private static void requireJdk(AttachChannel channel, long pid)
      throws AttachException, UserError {
    String version = channel.property("java.specification.version", ANSWER_LIMIT);
    if (version == null || version.startsWith("1.") || Integer.parseInt(version) < NEEDED_JDK) {
      throw new UserError(
          "--attach: the agent needs Java "
              + NEEDED_JDK
              + ", JVM "
              + pid
              + " is Java "
              + version
              + "; without --attach it is watched from outside");
    }
  }

  // In a container, the same path may be another file, or none.
  private static void requireSight(Path jar, long pid) throws UserError {
    Path seen = Path.of("/proc/" + pid + "/root").resolve(jar.toString().substring(1));
    try {
      if (Files.isSameFile(jar, seen)) {
        return;
      }
    } catch (IOException e) {
      // It is not there, which is said below.
    }
    throw new UserError(
        "--attach: JVM "
            + pid
            + " cannot see "
            + jar
            + ", because it runs in a container; copy the jar there, and run jcmd PID"
            + " JVMTI.agent_load");
  }

  private static void load(Path jar, long pid) throws UserError {
    try {
      ByteBuddyAgent.attach(jar.toFile(), Long.toString(pid), AGENT_OPTIONS);
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new UserError(
          "--attach: the agent could not be loaded into JVM " + pid + ": " + cause.getMessage(), e);
    }
  }

  TargetRecording recording() {
    return recording;
  }

  @Override
  public String state() throws UserError {
    try {
      String state = channel.property(CaptureSession.STATE, ANSWER_LIMIT);
      return state == null ? "" : state;
    } catch (AttachException e) {
      throw new UserError("--attach: the target no longer answers: " + e.getMessage(), e);
    }
  }

  @Override
  public long stateMillis() {
    return STATE_MILLIS;
  }

  @Override
  public void finish(Path file) throws UserError {
    try {
      recording.stop(file);
    } catch (AttachException e) {
      throw new UserError("the target's recording could not be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    recording.close();
  }
}
