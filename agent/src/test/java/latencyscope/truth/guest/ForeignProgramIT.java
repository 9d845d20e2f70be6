package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import org.h2.tools.RunScript;
import org.h2.tools.Server;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that knows nothing of us, the H2 database server, under load and under the agent. */
@KernelTest
class ForeignProgramIT {
  private static final Path JDK = Path.of(System.getProperty("java.home"), "bin");

  /** Part of the Java name of the threads that serve connections. */
  private static final String SERVING = "H2 TCP Server";

  private static final String LOAD =
      """
      create table fills(id int primary key, price int, quantity int);
      insert into fills select x, mod(x * 7919, 1009), mod(x, 13) from system_range(1, 20000);
      create index on fills(price);
      update fills set quantity = quantity + 1 where mod(price, 3) = 0;
      select count(*), sum(quantity) from fills;
      """;

  @TempDir Path folder;

  private String port;

  @BeforeEach
  void choosePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = String.valueOf(free.getLocalPort());
    }
  }

  /** What a server did in its life, as its users saw it. */
  private record Life(int exitCode, String out, String errors, String answers) {}

  @Test
  void databaseServerRunsAsEverAndItsThreadsAreNamed() throws Exception {
    Path recording = folder.resolve("h2.jfr");
    Launch server = server().with("-XX:StartFlightRecording:filename=" + recording);
    Life alone = live(server, "alone", false);
    Life watched = live(server.withAgent(), "watched", true);
    assertEquals(0, watched.exitCode);
    assertEquals(alone, watched);
    assertTrue(watched.answers.contains("--> 20000"), watched.answers);

    String summary =
        Commands.output(JDK.resolve("jfr").toString(), "summary", recording.toString());
    assertTrue(summary.contains("latencyscope.RunQueueWait"), summary);
    assertServingThreadsAreNamed(recording);
    String report = report(recording);
    assertTrue(report.contains("ISOLATION VERIFIER"), report);
    assertTrue(report.contains(SERVING), report);
  }

  private static void assertServingThreadsAreNamed(Path recording) throws Exception {
    String printed =
        Commands.output(
            JDK.resolve("jfr").toString(),
            "print",
            "--events",
            "latencyscope.RunQueueWait",
            recording.toString());
    List<String> lanes =
        printed.lines().map(String::strip).filter(l -> l.startsWith("eventThread = \"")).toList();
    assertTrue(lanes.stream().anyMatch(lane -> lane.contains(SERVING)), lanes::toString);
    assertFalse(
        OurAccount.read(recording).events("RunQueueWait").stream()
            .filter(event -> event.getThread() != null)
            .anyMatch(event -> !event.getString("thread").equals(event.getThread().getJavaName())),
        "an event is on another thread than it says");
  }

  private Launch server() {
    return new Launch(
        List.of(),
        JDK.resolve("java"),
        List.of(),
        List.of(h2()),
        List.of(
            Server.class.getName(),
            "-tcp",
            "-tcpPort",
            port,
            "-tcpPassword",
            "secret",
            "-ifNotExists",
            "-baseDir",
            folder.toString()));
  }

  private Life live(Launch server, String name, boolean captured) throws Exception {
    Path errors = folder.resolve(name + ".stderr.txt");
    try (Engine engine = server.start(errors)) {
      String greeting = engine.await("TCP server running");
      if (captured) {
        KernelObjects.awaitHeldBy(engine.pid());
      }
      String answers = load(name);
      TimeUnit.MILLISECONDS.sleep(500); // in which the store writes in the background
      client(Server.class, "-tcpShutdown", "tcp://localhost:" + port, "-tcpPassword", "secret");
      int exitCode = engine.finish();
      return new Life(exitCode, greeting + engine.remaining(), Files.readString(errors), answers);
    }
  }

  private String load(String database) throws Exception {
    Path script = Files.writeString(folder.resolve("load.sql"), LOAD);
    return client(
        RunScript.class,
        "-url",
        "jdbc:h2:tcp://localhost:" + port + "/./" + database,
        "-script",
        script.toString(),
        "-showResults");
  }

  private static String client(Class<?> tool, String... arguments) throws Exception {
    return Commands.output(
        Stream.concat(
                Stream.of(JDK.resolve("java").toString(), "-cp", h2().toString(), tool.getName()),
                Stream.of(arguments))
            .toArray(String[]::new));
  }

  private String report(Path recording) throws Exception {
    Path out = folder.resolve("report.txt");
    Process report =
        new ProcessBuilder(
                JDK.resolve("java").toString(),
                "-jar",
                Engine.JAR.toString(),
                "report",
                "--details",
                recording.toString())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertTrue(report.waitFor(60, TimeUnit.SECONDS));
    // Warnings and violations are a matter of this host, an unreadable recording is 3.
    assertTrue(report.exitValue() <= 2, "exit code " + report.exitValue());
    return Files.readString(out);
  }

  private static Path h2() {
    return Path.of(Server.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }
}
