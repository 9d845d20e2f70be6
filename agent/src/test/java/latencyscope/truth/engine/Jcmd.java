package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The JDK's {@code jcmd} to one JVM.
 *
 * @param pid of the JVM
 */
public record Jcmd(long pid) {
  private static final Path TOOL = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private static final int LOOKS = 300;

  /** Starts a recording with these settings, such as {@code event#setting=value}. */
  public void start(String name, String... settings) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("JFR.start", "name=" + name));
    words.addAll(List.of(settings));
    send(words.toArray(String[]::new));
  }

  /** Writes what a recording has so far. */
  public void dump(String name, Path file) throws IOException, InterruptedException {
    send("JFR.dump", "name=" + name, "filename=" + file);
  }

  public void stop(String name) throws IOException, InterruptedException {
    send("JFR.stop", "name=" + name);
  }

  /** Stops a recording and writes it. */
  public void stop(String name, Path file) throws IOException, InterruptedException {
    send("JFR.stop", "name=" + name, "filename=" + file);
  }

  /** What recordings there are. */
  public String check() throws IOException, InterruptedException {
    return send("JFR.check");
  }

  /** The settings of one recording. */
  public String check(String name) throws IOException, InterruptedException {
    return send("JFR.check", "name=" + name, "verbose=true");
  }

  /**
   * Waits until the agent in this JVM captures: its programs are in the kernel some time before it
   * takes their records, on a busy host for seconds.
   */
  public void awaitCapturing() throws IOException, InterruptedException {
    for (int look = 0; look < LOOKS; look++) {
      if (send("VM.system_properties").contains("latencyscope.state=capturing\n")) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("process " + pid + " does not capture: " + check());
  }

  /** Collects garbage. */
  public void collect() throws IOException, InterruptedException {
    send("GC.run");
  }

  /** Loads the agent, or loads it again. */
  public String load(String... options) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("JVMTI.agent_load", Engine.JAR.toString()));
    words.addAll(List.of(options));
    return send(words.toArray(String[]::new));
  }

  private String send(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(TOOL.toString(), String.valueOf(pid)));
    command.addAll(List.of(words));
    return Commands.output(command.toArray(String[]::new));
  }
}
