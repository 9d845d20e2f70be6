package latencyscope.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import latencyscope.audit.Setting.Form;
import latencyscope.cli.console.UserError;
import latencyscope.tune.Place.KernelValue;
import latencyscope.tune.Place.ThreadCpus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a journal knows after its writer has ended, in whatever way. */
class JournalTest {
  private static final String BOOT = "boot-1";
  private static final Place LINE = new KernelValue("proc/irq/25/smp_affinity_list", Form.CPU_LIST);
  private static final Place THREAD = new ThreadCpus(4722, 4720, "815", "a \"name\"\n");

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("state/tune.journal");
  }

  private Journal open() throws UserError {
    return Journal.open(file(), BOOT);
  }

  @Test
  void knowsWhatWasWrittenAndNotTakenBack() throws Exception {
    try (Journal journal = open()) {
      journal.mark(true);
      Journal.Entry line = journal.add(LINE, "0-1", "0");
      journal.add(THREAD, "0-1", "1");
      journal.kept(line, "0,2");
      journal.undone(List.of(journal.add(LINE, "1", "0")));
    }
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file())));
    try (Journal journal = open()) {
      assertEquals(
          List.of(
              new Journal.Entry(1, LINE, "0-1", "0", "0,2"),
              new Journal.Entry(2, THREAD, "0-1", "1", "1")),
          journal.entries());
      assertTrue(journal.isInterrupted());
      journal.mark(false);
      assertEquals(4, journal.add(LINE, "0", "1").id(), "no id is used twice");
    }
    try (Journal journal = open()) {
      assertFalse(journal.isInterrupted());
      journal.undone(journal.entries());
    }
    assertFalse(Files.exists(file()), "there is nothing left to know");
  }

  @Test
  void aLineThatIsNotWholeIsOfAValueThatWasNotWritten() throws Exception {
    try (Journal journal = open()) {
      journal.add(LINE, "0-1", "0");
    }
    Files.writeString(file(), "{\"id\":2,\"file\":\"proc/ir", StandardOpenOption.APPEND);
    try (Journal journal = open()) {
      assertEquals(1, journal.entries().size());
      journal.add(THREAD, "0-1", "1");
    }
    try (Journal journal = open()) {
      assertEquals(2, journal.entries().size());
    }
  }

  @Test
  void whatWasWrittenBeforeTheBootIsVoid() throws Exception {
    try (Journal journal = open()) {
      journal.mark(true);
      journal.add(LINE, "0-1", "0");
    }
    try (Journal journal = Journal.open(file(), "boot-2")) {
      assertEquals(List.of(), journal.entries());
      assertFalse(journal.isInterrupted());
    }
  }

  @Test
  void onlyOneHasIt() throws Exception {
    try (Journal journal = open()) {
      UserError error = assertThrows(UserError.class, this::open);
      assertTrue(error.getMessage().contains("another latencyscope tune is at work"));
      journal.add(LINE, "0-1", "0");
    }
    try (Journal journal = open()) {
      assertEquals(1, journal.entries().size());
    }
  }

  // Root writes what it names: a journal that others could write must not lead it elsewhere.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"file\":\"etc/shadow\",\"form\":\"text\",\"before\":\"x\",\"after\":\"y\"}",
        "{\"id\":1,\"file\":\"proc/../etc/x\",\"form\":\"text\",\"before\":\"x\",\"after\":\"y\"}",
        "{\"id\":1,\"file\":\"proc/x\",\"form\":\"poem\",\"before\":\"x\",\"after\":\"y\"}",
        "{\"kept\":\"0\",\"id\":7}",
        "{\"id\":1,",
        "rubbish"
      })
  void aDamagedLineIsNamed(String line) throws Exception {
    try (Journal journal = open()) {
      journal.add(LINE, "0-1", "0");
      journal.undone(journal.entries());
      journal.add(LINE, "0-1", "0");
    }
    Files.writeString(file(), line + "\n", StandardOpenOption.APPEND);
    String message = assertThrows(UserError.class, this::open).getMessage();
    assertTrue(message.contains("line 5 of the journal"), message);
    // And the lock is free again.
    assertThrows(UserError.class, this::open);
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws Exception {
    Files.writeString(folder.resolve("state"), "a file");
    String message = assertThrows(UserError.class, this::open).getMessage();
    assertTrue(message.contains("cannot be written") && message.contains("as root"), message);
  }
}
