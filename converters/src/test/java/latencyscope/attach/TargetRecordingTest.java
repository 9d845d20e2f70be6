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
    return TargetRecording.start(
        jvm, channel, SETTINGS, Duration.ofSeconds(1), Duration.ofSeconds(60), keep);
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
    JvmProcess jvm = start("-XX:+DisableAttachMechanism");
    AttachException e = assertThrows(AttachException.class, () -> AttachChannel.open(jvm));
    assertTrue(e.getMessage().contains("-XX:+DisableAttachMechanism"), e.getMessage());
    assertEquals(READY + "\n", Files.readString(directory.resolve("said.txt")));
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
