package latencyscope.fleet.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import latencyscope.fleet.metrics.Metric;
import latencyscope.fleet.metrics.Receiver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts of a process arrive while it runs, whatever the receiver does meanwhile. */
@Tag("packed-jar")
class LiveMetricsIT {
  private static final Path JAR = Path.of("../agent/target/latencyscope.jar").toAbsolutePath();
  private static final Path FLEET_JAR = Path.of("target/latencyscope-fleet.jar").toAbsolutePath();

  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir private Path directory;

  @BeforeEach
  void kernel() {
    assumeTrue(
        "root".equals(System.getProperty("user.name"))
            || System.getenv("LATENCYSCOPE_REQUIRE_KERNEL") != null,
        "needs root");
  }

  /** The released command on a process; what it prints goes to a file. */
  private static Process metrics(Process target, Receiver receiver, Path said, String... options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(JAVA, "-Dlatencyscope.fleet=" + FLEET_JAR, "-jar", JAR.toString()));
    command.addAll(metricsOf(target, receiver, options));
    return started(said, command);
  }

  private static List<String> metricsOf(Process target, Receiver receiver, String... options) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("metrics", "--pid", Long.toString(target.pid())));
    command.addAll(List.of("--otlp", receiver.address()));
    command.addAll(List.of(options));
    return command;
  }

  private static Process started(Path said, List<String> command) throws IOException {
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
  }

  /** The count of switches in each push, in their order. */
  private static List<Long> switches(Receiver receiver) {
    List<Long> switches = new ArrayList<>();
    for (var request : receiver.requests()) {
      switches.add(
          Receiver.sums(request, Metric.OCCURRENCES.key(), "isolation", "voluntary_switches")
              .stream()
              .mapToLong(NumberDataPoint::getAsInt)
              .sum());
    }
    return switches;
  }

  @Test
  void totalsRiseWhileTheReceiverFailsAndRecovers() throws Exception {
    Process sleeper = new ProcessBuilder("sh", "-c", "while :; do sleep 0.01; done").start();
    Path said = directory.resolve("said");
    try (Receiver receiver = new Receiver()) {
      receiver.failsFirst(1);
      Process metrics = metrics(sleeper, receiver, said, "--interval", "1s", "-d", "6s");
      try {
        assertTrue(metrics.waitFor(60, TimeUnit.SECONDS), "ends");
      } finally {
        metrics.destroyForcibly();
      }
      String text = Files.readString(said);
      assertEquals(0, metrics.exitValue(), text);
      assertEquals(1, text.lines().count(), text);
      assertTrue(text.contains("HTTP 500"), text);
      List<Long> switches = switches(receiver);
      assertTrue(switches.size() >= 3, switches.toString());
      for (int i = 1; i < switches.size(); i++) {
        assertTrue(switches.get(i) >= switches.get(i - 1), "cumulative: " + switches);
      }
      assertTrue(switches.get(switches.size() - 1) > switches.get(0), switches.toString());
      var last = receiver.requests().get(receiver.requests().size() - 1);
      assertEquals(
          1,
          last.getResourceMetrics(0).getResource().getAttributesList().stream()
              .filter(attribute -> attribute.getKey().equals("process.pid"))
              .filter(attribute -> attribute.getValue().getIntValue() == sleeper.pid())
              .count());
    } finally {
      sleeper.destroyForcibly();
    }
  }

  @Test
  void anAgentInTheTargetCountsForEachPush() throws Exception {
    Path source = directory.resolve("Sleeper.java");
    Files.writeString(
        source,
        "class Sleeper { public static void main(String[] a) throws Exception {"
            + " while (true) Thread.sleep(5); } }");
    Process sleeper = new ProcessBuilder(JAVA, "-XX:+UseSerialGC", source.toString()).start();
    Path said = directory.resolve("said");
    try (Receiver receiver = new Receiver()) {
      // A push takes up to 3 s beside the interval.
      Process metrics =
          metrics(sleeper, receiver, said, "--attach", "--interval", "2s", "-d", "12s");
      assertTrue(metrics.waitFor(90, TimeUnit.SECONDS), "ends");
      assertEquals(0, metrics.exitValue(), Files.readString(said));
      List<Long> switches = switches(receiver);
      assertTrue(switches.size() >= 2, switches.toString());
      assertTrue(switches.get(switches.size() - 1) > switches.get(0), switches.toString());
    } finally {
      sleeper.destroyForcibly();
    }
  }

  /** Neither the target nor the command that pushes has a privilege: a broker captures for them. */
  @Test
  void anOrdinaryUserPushesThroughABroker() throws Exception {
    Path run = Files.createTempDirectory(Path.of("/run"), "latencyscope-test");
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path socket = run.resolve("broker.sock");
    Path said = directory.resolve("said");
    Path brokerSaid = directory.resolve("broker");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    for (Path jar : List.of(JAR, FLEET_JAR)) {
      Path copy = Files.copy(jar, directory.resolve(jar.getFileName()));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
    }
    List<String> nobody =
        List.of(
            "setpriv",
            "--reuid=nobody",
            "--regid=nogroup",
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all");
    List<Process> started = new ArrayList<>();
    try (Receiver receiver = new Receiver()) {
      started.add(
          started(
              brokerSaid,
              List.of(JAVA, "-jar", JAR.toString(), "broker", "--socket", socket.toString())));
      for (int i = 0; i < 600 && !Files.readString(brokerSaid).contains("listening"); i++) {
        TimeUnit.MILLISECONDS.sleep(50);
      }
      Process sleeper =
          started(
              directory.resolve("sleeper"),
              joined(nobody, List.of("sh", "-c", "while :; do sleep 0.01; done")));
      started.add(sleeper);
      List<String> command = joined(nobody, List.of("env", "LATENCYSCOPE_BROKER=" + socket, JAVA));
      command.addAll(List.of("-jar", directory.resolve(JAR.getFileName()).toString()));
      command.addAll(metricsOf(sleeper, receiver, "--interval", "1s", "-d", "4s"));
      Process metrics = started(said, command);
      started.add(metrics);
      assertTrue(metrics.waitFor(60, TimeUnit.SECONDS), "ends");
      assertEquals(0, metrics.exitValue(), Files.readString(said));
      List<Long> switches = switches(receiver);
      assertTrue(switches.size() >= 2, switches + Files.readString(said));
      assertTrue(switches.get(switches.size() - 1) > switches.get(0), switches.toString());
      String served = Files.readString(brokerSaid);
      assertTrue(served.contains(" is served"), served);
    } finally {
      started.forEach(Process::destroyForcibly);
      for (Process process : started) {
        process.waitFor();
      }
      delete(run);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static List<String> joined(List<String> first, List<String> then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }
}
