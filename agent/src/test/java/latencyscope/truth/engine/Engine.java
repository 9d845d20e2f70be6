package latencyscope.truth.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own under test, with the released jar as its agent. */
public final class Engine implements AutoCloseable {
  private static final Path TARGET = Path.of("target").toAbsolutePath();

  /**
   * The released jar, which the build has just made; with {@code -Dlatencyscope.jar=exploded} one
   * that does the same without having been packed. A test whose subject is the jar itself is tagged
   * {@code packed-jar} and always has the released one.
   */
  public static final Path JAR =
      "exploded".equals(System.getProperty("latencyscope.jar"))
          ? ExplodedJar.write(TARGET.resolve("latencyscope-exploded.jar"))
          : TARGET.resolve("latencyscope.jar");

  private static final long LIMIT_S = 90;

  private final Process process;
  private final BufferedReader out;
  private final OutputStream in;
  private final Path errors;

  public Engine(Process process, Path errors) {
    this.process = process;
    this.errors = errors;
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in = process.getOutputStream();
    removeSocketOfAnEarlierOne(process.pid());
  }

  // A JVM that is killed leaves the socket of its attach mechanism. One that gets its id later
  // could not be attached to: jcmd connects to what is there, and nobody listens.
  private static void removeSocketOfAnEarlierOne(long pid) {
    try {
      Files.deleteIfExists(Path.of("/tmp/.java_pid" + pid));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a main class of the tests under the agent; its standard error goes to a file. */
  public static Engine start(Path errors, Class<?> main, String... args) throws IOException {
    return Launch.of(main, args).withAgent().start(errors);
  }

  public long pid() {
    return process.pid();
  }

  /** The JVM itself, where another command was started that runs it as its only child. */
  public long jvmPid() {
    return process.children().mapToLong(ProcessHandle::pid).findFirst().orElse(pid());
  }

  /** Reads lines until one begins with the word; returns the rest of that line. */
  public String await(String word) {
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.startsWith(word)) {
          return line.substring(word.length()).strip();
        }
      }
      throw new AssertionError(
          "the engine ended before it said " + word + ": " + Files.readString(errors));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads lines until one is the word; returns those before it. */
  public List<String> linesUntil(String word) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = out.readLine(); !word.equals(line); line = out.readLine()) {
      if (line == null) {
        throw new AssertionError(
            "the engine ended before it said " + word + ": " + Files.readString(errors));
      }
      lines.add(line);
    }
    return lines;
  }

  /** What the engine, which has ended, said after the last line that was awaited. */
  public String remaining() throws IOException {
    return String.join("\n", out.readAllLines());
  }

  public void say(String word) throws IOException {
    in.write((word + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /**
   * Waits until it captures: its programs are in the kernel some time before their records are
   * taken. For engines that nap.
   */
  public void awaitCapturing() throws IOException {
    say("await capturing");
    String state = await("state");
    if (!state.equals("capturing")) {
      throw new AssertionError("the capture's state is " + state);
    }
  }

  /**
   * Has a thread nap, each time for at least so long by the kernel's clock: it is asked for a fifth
   * more, since a thread that loses its CPU on its way to sleep sleeps that much shorter. Returns
   * when it has napped.
   */
  public void nap(String thread, int count, int millis) throws IOException {
    say("naps " + thread + " " + count + " " + asked(millis));
    await("napped " + thread);
  }

  /** What to ask for, to be off the CPU for so long at least; milliseconds. */
  public static int asked(int millis) {
    return millis + millis / 5;
  }

  /** Waits for the end; returns the exit code. */
  public int finish() throws InterruptedException {
    if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
      throw new AssertionError("the engine did not end within " + LIMIT_S + " s");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
