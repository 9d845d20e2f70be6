package latencyscope.cli.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import latencyscope.cli.Consoles;
import latencyscope.cli.Main;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.ProbeStatus;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every writer with no room or no right to write: a sentence, and what was there before. */
class OutputFailureTest {
  private static final String BEFORE = "what was there before";

  @TempDir static Path directory;

  private static Path recording;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void record() throws Exception {
    recording = directory.resolve("a.jfr");
    try (Recording own = new Recording()) {
      own.enable("latencyscope.Capture");
      own.enable("latencyscope.ProbeStatus");
      own.start();
      Capture capture = new Capture();
      capture.begin();
      capture.commit();
      ProbeStatus status = new ProbeStatus();
      status.module = "isolation";
      status.probe = "ls_sched_switch";
      status.state = "attached";
      status.commit();
      own.stop();
      own.dump(recording);
    }
  }

  private int run(String... arguments) {
    Console console = Consoles.piped(out, err, StandardCharsets.UTF_8);
    return Main.run(console, Machine.LOCAL, arguments);
  }

  private int report(Path output, String format) {
    return run(
        "report",
        recording.toString(),
        "--notional",
        "1000000",
        "--format",
        format,
        "-o",
        output.toString());
  }

  private void assertOneSentence(String... words) {
    String said = err.toString(StandardCharsets.UTF_8);
    assertEquals(1, said.lines().count(), said);
    for (String word : words) {
      assertTrue(said.contains(word), said);
    }
  }

  private static void mount(String... words) throws IOException, InterruptedException {
    Process mount = new ProcessBuilder(words).inheritIO().start();
    assertEquals(0, mount.waitFor(), List.of(words)::toString);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static void fill(Path file) throws IOException {
    try (OutputStream filler = Files.newOutputStream(file)) {
      byte[] page = new byte[4096];
      for (; ; ) {
        filler.write(page);
      }
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("No space left"), e::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "json", "perfetto", "chrome", "html", "hlog", "flamegraph"})
  void aDeviceThatIsFull(String format) {
    assertEquals(3, report(Path.of("/dev/full"), format));
    assertOneSentence("/dev/full", "No space left");
  }

  @Test
  void aDiskThatIsFullOrReadOnlyKeepsWhatWasThere() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small disk takes root");
    Path disk = Files.createDirectory(directory.resolve("disk"));
    mount("mount", "-t", "tmpfs", "-o", "size=64k", "none", disk.toString());
    try {
      List<String> problems = new ArrayList<>();
      List<String> formats = List.of("text", "json", "perfetto", "chrome", "html", "flamegraph");
      for (String format : formats) {
        Files.writeString(disk.resolve(format), BEFORE);
      }
      fill(disk.resolve("filler"));
      List<String> names = names(disk);
      tryAll(disk, formats, names, "No space left", problems);
      mount("mount", "-o", "remount,ro", disk.toString());
      tryAll(disk, formats, names, "", problems);
      err.reset();
      if (run("profiles", disk.toString()) != 3 || err.toString().lines().count() != 1) {
        problems.add("profiles: " + err);
      }
      assertEquals(List.of(), problems);
    } finally {
      mount("umount", disk.toString());
    }
  }

  private void tryAll(
      Path disk, List<String> formats, List<String> names, String why, List<String> problems)
      throws IOException {
    for (String format : formats) {
      err.reset();
      int exit = report(disk.resolve(format), format);
      String said = err.toString(StandardCharsets.UTF_8);
      boolean kept =
          Files.readString(disk.resolve(format)).equals(BEFORE) && names(disk).equals(names);
      if (exit != 3 || !kept || said.lines().count() != 1 || !said.contains(why)) {
        problems.add(format + ": exit " + exit + ", kept " + kept + ", said " + said);
      }
    }
  }

  @Test
  void whatAKilledWriterLeftIsDeletedByTheNext() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("outputs"));
    long dead = 4_194_305; // one more than any process has
    Path old = Files.writeString(folder.resolve(".latencyscope-" + dead + "-1.tmp"), "half");
    Path fresh = Files.writeString(folder.resolve(".latencyscope-" + dead + "-2.tmp"), "half");
    long own = ProcessHandle.current().pid();
    Path busy = Files.writeString(folder.resolve(".latencyscope-" + own + "-3.tmp"), "half");
    for (Path path : List.of(old, busy)) {
      Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(90)));
    }
    assertTrue(report(folder.resolve("a.json"), "json") < 3, err::toString);
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(fresh), "it may be another machine's");
    assertTrue(Files.exists(busy));
  }
}
