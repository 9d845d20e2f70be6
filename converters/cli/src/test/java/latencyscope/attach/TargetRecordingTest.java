package latencyscope.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recordings of a JVM of its own, as a capture from outside makes them. */
class TargetRecordingTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String SETTINGS =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <configuration version="2.0">
        <event name="jdk.ThreadSleep">
          <setting name="enabled">true</setting>
          <setting name="threshold">0 ns</setting>
        </event>
      </configuration>
      """;

  private static final String READY = "ready";
  private static final String FORBIDDEN = "-XX:+DisableAttachMechanism";

  @TempDir Path directory;
  private Process process;

  /** Sleeps all day. */
  public static final class Sleeper {
    private Sleeper() {}

    /** Ends by itself, should nobody end it. */
    public static void main(String[] arguments) throws InterruptedException {
      System.out.println(READY);
      for (int i = 0; i < 6_000; i++) {
        Thread.sleep(10);
      }
    }
  }

  private JvmProcess start(String... options) throws Exception {
    Path said = directory.resolve("said.txt");
    List<String> command =
        Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                Stream.of(options),
                Stream.of("-cp", System.getProperty("java.class.path"), Sleeper.class.getName()))
            .flatMap(s -> s)
            .toList();
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    long giveUp = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < giveUp) {
      Optional<JvmProcess> jvm = JvmProcess.of(process.pid());
      if (jvm.isPresent() && Files.readString(said).contains(READY)) {
        return jvm.get();
      }
      Thread.sleep(10);
    }
    throw new AssertionError("no JVM: " + Files.readString(said));
  }

  @AfterEach
  void end() throws InterruptedException {
    process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
  }

  private static Set<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
      return files
          .filter(f -> f.getFileName().toString().matches("latencyscope-[0-9a-f]{16}\\..*"))
          .collect(Collectors.toSet());
    }
  }

  private TargetRecording record(JvmProcess jvm, AttachChannel channel, boolean keep)
      throws AttachException {
    return TargetRecording.start(jvm, channel, SETTINGS, Duration.ofSeconds(60), keep);
  }

  @Test
  void fetchesWhatTheJvmRecordedAndLeavesNothing() throws Exception {
    JvmProcess jvm = start();
    Set<Path> before = temporaryFiles();
    AttachChannel channel = AttachChannel.open(jvm);
    Path file = directory.resolve("own.jfr");
    try (TargetRecording recording = record(jvm, channel, false)) {
      assertTrue(channel.command("JFR.check", LIMIT).contains("latencyscope-"));
      Thread.sleep(300);
      recording.stop(file);
    }
    assertTrue(
        RecordingFile.readAllEvents(file).stream()
            .anyMatch(event -> event.getEventType().getName().equals("jdk.ThreadSleep")));
    assertFalse(channel.command("JFR.check", LIMIT).contains("latencyscope-"));
    Set<Path> after = temporaryFiles();
    after.removeAll(before);
    assertEquals(Set.of(), after);
  }

  @Test
  void closedWithoutBeingFetchedItIsGone() throws Exception {
    JvmProcess jvm = start();
    AttachChannel channel = AttachChannel.open(jvm);
    record(jvm, channel, false).close();
    assertFalse(channel.command("JFR.check", LIMIT).contains("latencyscope-"));
  }

  @Test
  void whatIsToBeKeptIsThereAlsoWhenTheJvmEnds() throws Exception {
    JvmProcess jvm = start();
    Path file = directory.resolve("kept.jfr");
    try (TargetRecording recording = record(jvm, AttachChannel.open(jvm), true)) {
      Thread.sleep(200);
      process.destroy();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      recording.stop(file);
    }
    assertFalse(RecordingFile.readAllEvents(file).isEmpty());
  }

  @Test
  void aJvmThatEndedIsSaidToHave() throws Exception {
    JvmProcess jvm = start();
    try (TargetRecording recording = record(jvm, AttachChannel.open(jvm), false)) {
      process.destroy();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      AttachException e =
          assertThrows(AttachException.class, () -> recording.stop(directory.resolve("none.jfr")));
      assertTrue(e.getMessage().contains("it has ended"), e.getMessage());
    }
  }

  /** The signal that opens the door would make such a JVM print all its threads. */
  @Test
  void aJvmThatForbidsItIsLeftAlone() throws Exception {
    assertLeftAlone(FORBIDDEN);
  }

  /** What its command line says is not all: files and variables hold options, too. */
  @ParameterizedTest
  @ValueSource(strings = {"@", "-XX:VMOptionsFile=", "-XX:-UsePerfData\n@"})
  void aJvmThatForbidsItElsewhereIsLeftAlone(String before) throws Exception {
    Path file = Files.writeString(directory.resolve("options"), FORBIDDEN + "\n");
    assertLeftAlone((before + file).split("\n"));
  }

  private void assertLeftAlone(String... options) throws Exception {
    JvmProcess jvm = start(options);
    AttachException e = assertThrows(AttachException.class, () -> AttachChannel.open(jvm));
    assertTrue(e.getMessage().contains(FORBIDDEN), e.getMessage());
    assertEquals(READY + "\n", Files.readString(directory.resolve("said.txt")));
  }

  @Test
  void aJvmPublishesWhetherItTakesRequests() throws Exception {
    start();
    Path counters =
        Path.of("/tmp/hsperfdata_" + System.getProperty("user.name"), "" + process.pid());
    assertTrue(PerfData.text(counters, "sun.rt.jvmCapabilities").orElseThrow().startsWith("1"));
    assertEquals(Optional.empty(), PerfData.text(counters, "no.such.counter"));
    assertThrows(IOException.class, () -> PerfData.text(directory.resolve("said.txt"), "any"));
  }

  /** The JDK cannot write a recording in memory while another one runs. */
  @Test
  void aRecordingBesideAnotherIsHadAndTheJvmSaysNothing() throws Exception {
    JvmProcess jvm = start("-XX:StartFlightRecording");
    AttachChannel channel = AttachChannel.open(jvm);
    Path file = directory.resolve("own.jfr");
    try (TargetRecording first = record(jvm, channel, false);
        TargetRecording second = record(jvm, channel, false)) {
      Thread.sleep(300);
      second.stop(directory.resolve("second.jfr"));
      first.stop(file);
    }
    assertFalse(RecordingFile.readAllEvents(file).isEmpty());
    assertFalse(RecordingFile.readAllEvents(directory.resolve("second.jfr")).isEmpty());
    String said = Files.readString(directory.resolve("said.txt"));
    assertFalse(said.contains("[error]"), said);
    assertTrue(channel.command("JFR.check", LIMIT).contains("(running)"));
  }

  @Test
  void aRecordingInMemoryKeepsWhatItHas() throws Exception {
    JvmProcess jvm = start("-XX:StartFlightRecording:disk=false");
    AttachChannel channel = AttachChannel.open(jvm);
    AttachException e = assertThrows(AttachException.class, () -> record(jvm, channel, false));
    assertTrue(e.getMessage().contains("in-memory"), e.getMessage());
    assertFalse(channel.command("JFR.check", LIMIT).contains("latencyscope-"));
  }

  @Test
  void propertiesAndRefusals() throws Exception {
    JvmProcess jvm = start("-Dlatencyscope.state=capturing");
    AttachChannel channel = AttachChannel.open(jvm);
    assertEquals("capturing", channel.property("latencyscope.state", LIMIT));
    AttachException e =
        assertThrows(AttachException.class, () -> channel.command("No.such", LIMIT));
    assertTrue(e.getMessage().contains("it refused: "), e.getMessage());
  }

  @Test
  void aProcessThatIsNoJvmIsNone() throws Exception {
    process = new ProcessBuilder("sleep", "60").start();
    assertEquals(Optional.empty(), JvmProcess.of(process.pid()));
  }
}
