package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Assumptions;

/**
 * Somebody without a capability, whose engines have the released jar as their agent.
 *
 * @param folder that the user may write to, with the engine's class for Java 17
 * @param jar the agent, which the user may read
 */
public record OrdinaryUser(Path folder, Path jar) {
  /** Makes a folder the user's. */
  public static OrdinaryUser in(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path jar = Files.copy(Engine.JAR, folder.resolve("latencyscope.jar"));
    Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
    SpoiledHost.compiledFor("17", NappingEngine.class, folder);
    return new OrdinaryUser(folder, jar);
  }

  /**
   * Starts an engine that naps; the test is skipped if there is no such Java.
   *
   * @param feature version of Java
   * @param options of the agent
   * @param under commands that it runs under
   */
  public Engine start(String feature, String options, String... under) throws IOException {
    Optional<Path> java = Jdk.launcher(feature);
    Assumptions.assumeTrue(java.isPresent(), "no Java " + feature + " under /usr/lib/jvm");
    return Launch.of(NappingEngine.class)
        .on(java.get())
        .from(folder)
        .with("-javaagent:" + jar + "=" + options, "-Xlog:disable")
        .with("-XX:FlightRecorderOptions:repository=" + folder)
        .under(Stream.concat(Stream.of(under), without().stream()).toArray(String[]::new))
        .start(errors());
  }

  private static List<String> without() {
    return List.of(
        "setpriv",
        "--reuid=nobody",
        "--regid=nogroup",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all");
  }

  private Path errors() {
    return folder.resolve("errors.txt");
  }

  /**
   * Has a recording begin; returns when it captures.
   *
   * @param pid of the engine's JVM
   * @param name of the recording
   */
  public static Jcmd record(Engine engine, long pid, String name) throws Exception {
    Jcmd jcmd = new Jcmd(pid);
    jcmd.start(name);
    engine.awaitCapturing();
    return jcmd;
  }

  /** What the agent has said on the engine's standard error. */
  public List<String> complaints() throws IOException {
    return Files.readAllLines(errors()).stream()
        .filter(line -> line.startsWith("LatencyScope: "))
        .toList();
  }
}
