package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import latencyscope.audit.RecordedHost;
import latencyscope.cli.console.Machine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tuning at the command line, on a host that was written by hand. */
class TuneCommandTest {
  private static final String THP = "sys/kernel/mm/transparent_hugepage/enabled";

  @TempDir Path root;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void host() throws Exception {
    RecordedHost.write("bare-metal-64", root);
    RecordedHost.file(root, "proc/sys/kernel/random/boot_id", "boot-1");
  }

  private int tune(String... options) {
    out.reset();
    err.reset();
    String[] arguments =
        Stream.concat(Stream.of("tune"), Stream.of(options)).toArray(String[]::new);
    return Main.run(Consoles.piped(out, err, StandardCharsets.UTF_8), new Machine(root), arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aPlanNamesEveryValueAndWritesNone() throws Exception {
    String before = Files.readString(root.resolve(THP));
    assertEquals(1, tune("--plan"), this::err);
    assertTrue(out().contains("  /" + THP + ": always -> madvise\n"), this::out);
    assertTrue(out().contains("(never written):\n"), this::out);
    assertEquals(before, Files.readString(root.resolve(THP)));
    assertFalse(Files.exists(root.resolve("var")));
  }

  @Test
  void nothingIsDoneWithoutBeingAskedFor() {
    for (String[] options : new String[][] {{}, {"--plan", "--apply"}, {"--revert", "--apply"}}) {
      assertEquals(3, tune(options));
      assertTrue(err().contains("tune needs one of --plan, --apply and --revert"), this::err);
    }
    assertEquals(3, tune("--apply", "--pid", "4711"));
    assertTrue(err().contains("nothing shows what helps"), this::err);
    assertEquals(3, tune("--plan", "x.yml"));
    assertTrue(err().contains("tune needs --pid PID with a contract"), this::err);
  }

  @Test
  void whatAKilledRunWroteIsGivenBack() throws Exception {
    assertEquals(0, tune("--revert"));
    assertTrue(out().startsWith("Nothing to give back"), this::out);
    Path journal = root.resolve("var/lib/latencyscope/tune.journal");
    RecordedHost.file(
        root,
        "var/lib/latencyscope/tune.journal",
        "{\"version\":1,\"boot\":\"boot-1\"}\n{\"begin\":true}\n{\"id\":1,\"file\":\""
            + THP
            + "\",\"form\":\"choice\",\"before\":\"always\",\"after\":\"never\"}");
    Files.writeString(root.resolve(THP), "always madvise [never]\n");
    assertEquals(0, tune("--revert"), this::err);
    assertEquals("1 value is as before tune --apply.\n", out());
    assertEquals("always", Files.readString(root.resolve(THP)).strip());
    assertFalse(Files.exists(journal));
  }

  @Test
  void whatSomebodyElseChangedIsLeft() throws Exception {
    Path journal = root.resolve("mine.journal");
    Files.writeString(
        journal,
        "{\"version\":1,\"boot\":\"boot-1\"}\n{\"id\":1,\"file\":\""
            + THP
            + "\",\"form\":\"choice\",\"before\":\"never\",\"after\":\"madvise\"}\n");
    assertEquals(1, tune("--revert", "--journal", journal.toString()), this::err);
    String words = out().replaceAll("\\s+", " ");
    assertTrue(words.contains("somebody else has changed it since"), words);
    assertEquals(0, tune("--revert", "--force", "--journal", journal.toString()), this::err);
    assertEquals("never", Files.readString(root.resolve(THP)).strip());
  }
}
