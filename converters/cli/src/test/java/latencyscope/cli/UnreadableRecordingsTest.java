package latencyscope.cli;

import static latencyscope.recording.EngineRecording.bytes;
import static latencyscope.recording.EngineRecording.withByte;
import static latencyscope.recording.EngineRecording.withLong;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import jdk.jfr.Recording;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.output.Format;
import latencyscope.jfr.capture.Capture;
import latencyscope.recording.EngineRecording;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever file is given: what of it is good is reported, or one sentence says what is wrong. */
class UnreadableRecordingsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Beyond the file as well as beyond any memory. */
  private static final long HUGE = 1L << 60;

  private static final String ENGINE = "good.jfr";

  /** How many of one type there are in it. */
  private static final int SWITCHES = 854;

  @TempDir static Path inputs;
  @TempDir Path outputs;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void write() throws IOException {
    Files.write(inputs.resolve(ENGINE), bytes());
  }

  /** A file that is no recording, or nothing of it can be read, and what the sentence says. */
  static Stream<Arguments> unreadable() throws IOException {
    byte[] good = bytes();
    List<Integer> events = EngineRecording.events();
    return Stream.of(
        bad("empty", new byte[0], "is empty: a JVM fills it when the recording ends"),
        bad("one-byte", new byte[] {'F'}, "begins with 'F', not with FLR"),
        bad("header-cut", Arrays.copyOf(good, 40), "was cut off within its first 68 bytes"),
        bad("header-only", Arrays.copyOf(good, 68), "was cut off before the end of its first"),
        bad("cut", Arrays.copyOf(good, good.length / 2), "393,598 bytes long; the file has"),
        bad("magic", withByte(0, 'X'), "not a flight recording: it begins with 'XLR.."),
        bad("text", "no recording".getBytes("US-ASCII"), "begins with 'no recording'"),
        bad("gzip", gzipped(good), "compressed with gzip; unpack it first: gunzip"),
        bad("zip", new byte[] {'P', 'K', 3, 4, 20, 0}, "is a zip archive; unpack it first"),
        bad("lz4", new byte[] {4, 0x22, 0x4d, 0x18, 0}, "compressed with LZ4; unpack it first"),
        bad("zstd", new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd}, "compressed with zstd"),
        bad("heap-dump", "JAVA PROFILE 1.0.2\0".getBytes("US-ASCII"), "it is a heap dump"),
        bad("zeros", new byte[100_000], "begins with '............', not with FLR"),
        bad("zeroed", Arrays.copyOf(Arrays.copyOf(good, 68), good.length), "is damaged"),
        bad("newer", withByte(5, 3), "has version 3.1 of the format: this program reads 1.x and"),
        bad("older", withByte(5, 0), "has version 0.1 of the format: JDK 8 and older wrote it"),
        bad("size-huge", withLong(EngineRecording.SIZE, HUGE), "was cut off before the end"),
        bad("size-negative", withLong(EngineRecording.SIZE, -1), "claims to be -1 bytes long"),
        bad("size-zero", withLong(EngineRecording.SIZE, 0), "claims to be 0 bytes long"),
        bad("size-small", withLong(EngineRecording.SIZE, 1000), "no description of its event"),
        bad("metadata-none", withLong(EngineRecording.METADATA, 0), "no description of its ev"),
        bad("metadata-far", withLong(EngineRecording.METADATA, HUGE), "no description of its ev"),
        bad("metadata-other", withLong(EngineRecording.METADATA, events.get(9)), "no description"),
        bad("texts-many", EngineRecording.withTexts(1 << 30), "no description of its event"),
        bad("texts-negative", EngineRecording.withTexts(0), "no description of its event types"),
        bad("constants-far", withLong(EngineRecording.CONSTANTS, HUGE), "no table of constants"),
        bad("constants-before", withLong(EngineRecording.CONSTANTS, -1), "no table of constants"),
        bad("constants-circle", EngineRecording.withConstantsInACircle(), "no table of constants"),
        bad("unflushed", unflushed(good), "a JVM that has not flushed anything yet: jcmd PID"),
        bad("foreign", recording("jdk.JVMInformation"), "holds no latencyscope.* events: record"),
        bad("no-events", recording(), "holds no latencyscope.* events: record with"));
  }

  private static Arguments bad(String name, byte[] content, String expected) {
    return Arguments.of(name, content, expected);
  }

  private static byte[] gzipped(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }

  /** What a JVM writes first. */
  private static byte[] unflushed(byte[] good) {
    byte[] header = Arrays.copyOf(good, 9_000);
    ByteBuffer.wrap(header).putLong(EngineRecording.SIZE, 68);
    ByteBuffer.wrap(header).putLong(EngineRecording.CONSTANTS, 0);
    ByteBuffer.wrap(header).putLong(EngineRecording.METADATA, 0);
    header[EngineRecording.STATE] = 1;
    return header;
  }

  private static byte[] recording(String... types) throws IOException {
    Path file = inputs.resolve("made.jfr");
    try (Recording recording = new Recording()) {
      for (String type : types) {
        recording.enable(type);
      }
      recording.start();
      recording.stop();
      recording.dump(file);
    }
    return Files.readAllBytes(file);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unreadable")
  void isOneSentenceFromEachCommand(String name, byte[] content, String expected)
      throws IOException {
    Path file = Files.write(inputs.resolve(name + ".jfr"), content);
    for (String[] command : commands(file)) {
      assertRefused(file, expected, command);
    }
  }

  /** Every command and format that reads a recording. */
  private List<String[]> commands(Path file) {
    String name = file.toString();
    List<String[]> commands = new ArrayList<>();
    commands.add(new String[] {"report", name});
    commands.add(new String[] {"report", name, "--json"});
    for (Format format : Format.values()) {
      if (format != Format.JFR) {
        String output = outputs.resolve(format.file()).toString();
        commands.add(new String[] {"report", name, "--notional", "1e6", "-o", output});
      }
    }
    commands.add(new String[] {"explain", name, "--event", "demo.TickToTrade"});
    commands.add(new String[] {"explain", name, "--from", "10:00:00", "--json"});
    String good = inputs.resolve(ENGINE).toString();
    String output = outputs.resolve("diff.txt").toString();
    commands.add(new String[] {"diff", name, good, "-o", output});
    commands.add(new String[] {"diff", good, name, "--json"});
    return commands;
  }

  private int run(String... arguments) {
    out.reset();
    err.reset();
    Console console = Consoles.piped(out, err, StandardCharsets.UTF_8);
    return assertTimeoutPreemptively(LIMIT, () -> Main.run(console, Machine.LOCAL, arguments));
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private void assertRefused(Path file, String expected, String... command) throws IOException {
    String context = String.join(" ", command);
    assertEquals(3, run(command), context);
    assertTrue(err().contains(expected), context + ": " + err());
    assertTrue(err().startsWith("latencyscope: " + file + " "), err());
    assertEquals(1, err().lines().count(), err());
    assertFalse(err().contains("Exception"), err());
    assertEquals(0, out.size());
    assertNothingWritten();
  }

  private void assertNothingWritten() throws IOException {
    try (Stream<Path> files = Files.list(outputs)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @Test
  void filesThatAreNone() throws Exception {
    Path fifo = inputs.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    for (String[] given :
        new String[][] {
          {inputs.toString(), "is a directory"},
          {inputs.resolve("none.jfr").toString(), "does not exist"},
        }) {
      for (String[] command : commands(Path.of(given[0]))) {
        assertRefused(Path.of(given[0]), given[1], command);
      }
    }
    for (String file : new String[] {"/dev/null", "/dev/zero", fifo.toString()}) {
      String expected = "is not a regular file: a recording is read more than once";
      assertRefused(Path.of(file), expected, "report", file);
      assertRefused(Path.of(file), expected, "explain", file, "--event", "x");
    }
    assertRefused(
        Path.of("/dev/zero"), "is not a complete report", "diff", "/dev/zero", "/dev/zero");
  }

  @Test
  void fileOfAnother() throws IOException {
    Path file = Files.write(inputs.resolve("others.jfr"), bytes());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "root may read everything");
    for (String[] command : commands(file)) {
      assertRefused(file, "permission denied; its owner is " + Files.getOwner(file), command);
    }
  }

  /** A file of which part is good, and what is said of the rest. */
  static Stream<Arguments> readable() {
    byte[] good = bytes();
    byte[] rubbish = new byte[5_000];
    Arrays.fill(rubbish, (byte) 0x5a);
    byte[] zeroed = Arrays.copyOf(Arrays.copyOf(good, 68), good.length);
    byte[] copy = zeroed.clone();
    zeroed[EngineRecording.START_TICKS] ^= 1; // another chunk, and not a copy of the good one
    List<Integer> events = EngineRecording.events();
    int late = events.get(events.size() - 20);
    byte[] unfinished = withByte(EngineRecording.STATE, 2);
    return Stream.of(
        bad("good", good, null),
        bad("good-bad", joined(good, zeroed), "1 of its 2 chunks were not read to their end"),
        bad("bad-good", joined(zeroed, good), "1 of its 2 chunks were not read to their end"),
        bad("good-damaged-copy", joined(good, copy), "repeats 1 chunk that is there already"),
        bad("damaged-copy-good", joined(copy, good), "repeats 1 chunk that is there already"),
        bad("good-cut", joined(good, Arrays.copyOf(good, 200_000)), "cut off: its last 200,000"),
        bad("good-rubbish", joined(good, rubbish), "5,000 of its bytes belong to no chunk"),
        bad("rubbish-good", joined(rubbish, good), "5,000 of its bytes belong to no chunk"),
        bad("lost-size", joined(withLong(8, HUGE), good), "393,598 of its bytes belong to no"),
        bad("event-zero", EngineRecording.withEventSize(late, 0), "claims to be 0 bytes long"),
        bad("event-long", EngineRecording.withEventSize(late, 1 << 20), "bytes long"),
        bad("unfinished", joined(unfinished, rubbish), "is not finished: its JVM was writing it"));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readable")
  void whatIsGoodIsReportedAndTheRestIsSaid(String name, byte[] content, String expected)
      throws IOException {
    Path file = Files.write(inputs.resolve(name + ".jfr"), content);
    boolean everything = name.equals("good-bad") || name.equals("event-long");
    for (String[] command : everything ? commands(file) : commands(file).subList(0, 2)) {
      assertTrue(run(command) < 3, String.join(" ", command) + ": " + err());
      assertEquals("", err());
    }
    run("report", file.toString(), "--json");
    List<String> said = new ArrayList<>();
    for (JsonNode finding : new ObjectMapper().readTree(out.toByteArray()).get("findings")) {
      if (finding.get("title").asText().startsWith(name + ".jfr ")) {
        said.add(finding.get("title").asText());
      }
    }
    assertEquals(expected == null ? 0 : 1, said.size(), said::toString);
    assertTrue(expected == null || said.get(0).contains(expected), said::toString);
    assertTrue(name.startsWith("event") || switches(file) == SWITCHES);
  }

  private static long switches(Path file) {
    try {
      return latencyscope.recording.Recording.read(file)
          .records()
          .get("latencyscope.ContextSwitch");
    } catch (latencyscope.recording.chunk.RecordingException e) {
      throw new AssertionError(e);
    }
  }

  /** As a JVM leaves it in its repository, which it is still writing to. */
  @Test
  void fileThatAJvmIsWriting() throws Exception {
    try (Recording recording = new Recording()) {
      recording.setToDisk(true);
      recording.enable("latencyscope.Capture");
      recording.start();
      new Capture().commit();
      Path repository = Path.of(System.getProperty("jdk.jfr.repository"));
      Path file = newest(repository);
      long deadline = System.nanoTime() + LIMIT.toNanos();
      int code = 3;
      while (code == 3 && System.nanoTime() < deadline) {
        code = run("report", file.toString());
        // The recorder may have flushed nothing yet, or nothing of ours, or be at it.
        boolean said =
            Stream.of("has not flushed anything yet", "holds no latencyscope.* events", "damaged")
                .anyMatch(err()::contains);
        assertTrue(code < 3 || said, err());
        TimeUnit.MILLISECONDS.sleep(50);
      }
      assertEquals(1, code, err());
      assertTrue(
          out.toString(StandardCharsets.UTF_8)
              .replaceAll("\\s+", " ")
              .contains("is not finished: its JVM"));
    }
  }

  private static Path newest(Path repository) throws IOException {
    try (Stream<Path> files = Files.list(repository)) {
      return files
          .filter(file -> file.toString().endsWith(".jfr"))
          .max((a, b) -> Long.compare(modified(a), modified(b)))
          .orElseThrow();
    }
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two events of a gigabyte each, of which the disk has next to nothing. */
  @Test
  void aChunkLargerThanMemoryIsSaid() throws IOException {
    Path file = Files.write(inputs.resolve("large.jfr"), bytes());
    long event = 1L << 30;
    long length = bytes().length;
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(length + 2 * event);
      large.seek(EngineRecording.SIZE);
      large.writeLong(length + 2 * event);
      for (long position = length; position < length + 2 * event; position += event) {
        large.seek(position);
        large.write(new byte[] {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 4, 99});
      }
    }
    for (String[] command : commands(file)) {
      assertRefused(file, "has a chunk of 2,147 MB; up to 1,789 MB can be read", command);
    }
    Files.delete(file);
  }

  /** Lengths that a file declares are no reason to ask for memory. */
  @Test
  void littleMemoryIsEnoughToRefuse() throws Exception {
    Path said = inputs.resolve("said.txt");
    for (byte[] content :
        List.of(
            withLong(EngineRecording.SIZE, HUGE),
            EngineRecording.withTexts(1 << 30),
            EngineRecording.withConstantsInACircle())) {
      Path file = Files.write(inputs.resolve("declares.jfr"), content);
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx24m",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Main.class.getName(),
                  "report",
                  file.toString())
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
      assertEquals(3, process.exitValue());
      assertEquals(1, Files.readAllLines(said).size(), Files.readString(said));
      assertFalse(Files.readString(said).contains("memory"), Files.readString(said));
    }
  }
}
