package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jdk.jfr.Recording;
import latencyscope.cli.console.Machine;
import latencyscope.jfr.capture.Capture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of two processes are two recordings. */
class SeveralRecordingsTest {
  @TempDir static Path directory;

  private static Path client;
  private static Path server;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void record() throws Exception {
    client = record("client.jfr", 101);
    server = record("server.jfr", 202);
  }

  private static Path record(String name, long pid) throws Exception {
    Path file = directory.resolve(name);
    try (Recording recording = new Recording()) {
      recording.enable("latencyscope.Capture");
      recording.start();
      Capture capture = new Capture();
      capture.begin();
      capture.targetPid = pid;
      capture.commit();
      recording.stop();
      recording.dump(file);
    }
    return file;
  }

  private int run(Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    return Main.run(Consoles.piped(out, err, StandardCharsets.UTF_8), Machine.LOCAL, words);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void onlyATraceShowsBoth() {
    assertEquals(3, run("report", client, server));
    assertTrue(
        err().contains("client.jfr is of process 101, and server.jfr of process 202: only a trace"),
        err());
    assertEquals(3, run("report", client, server, "--json"));
  }

  @Test
  void traceOfBothSaysWhatTiesThemTogether() throws Exception {
    Path trace = directory.resolve("both.pftrace");
    run("report", client, server, "-o", trace);
    assertTrue(
        err().contains("server.jfr is put on the clock of client.jfr by the wall clock"), err());
    assertTrue(Files.size(trace) > 0);
  }

  @Test
  void filesOfOneProcessAreOneRecording() {
    run("report", client, client);
    assertEquals("", err());
  }
}
