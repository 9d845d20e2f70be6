package latencyscope.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import latencyscope.audit.Setting.Form;
import latencyscope.tune.Place.KernelValue;
import latencyscope.tune.Place.ThreadCpus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is given back, what is left, and what is passed over. */
class ReverterTest {
  private static final String FILE = "proc/irq/25/smp_affinity_list";
  private static final Place LINE = new KernelValue(FILE, Form.CPU_LIST);
  private static final Place THREAD = new ThreadCpus(4722, 4720, "815", "backup.sh");

  @TempDir Path folder;

  private FakeHost fake;
  private Journal journal;

  @BeforeEach
  void host() throws Exception {
    fake = new FakeHost(folder.resolve("root"));
    fake.write(FILE, "0-1");
    fake.thread(4720, 4722, "backup.sh", "0-1", 815, 0);
    journal = Journal.open(folder.resolve("tune.journal"), "boot");
  }

  @AfterEach
  void close() throws Exception {
    journal.close();
  }

  private void write(Place place, String before, String after) throws Exception {
    journal.add(place, before, after);
    place.write(fake.host, after);
  }

  private Reverter revert(boolean force) throws Exception {
    Reverter reverter = new Reverter(fake.host, journal, force);
    reverter.all();
    return reverter;
  }

  @Test
  void everythingIsGivenBackTheLastFirst() throws Exception {
    write(LINE, "0-1", "0");
    write(THREAD, "0-1", "0");
    write(LINE, "0", "1");
    Reverter reverter = revert(false);
    assertEquals(3, reverter.restored());
    assertEquals("0-1", fake.read(FILE));
    assertEquals("0-1", fake.cpus(4722));
    assertEquals(List.of(), journal.entries());
  }

  /** Killed between the line of the journal and the value. */
  @Test
  void aValueThatWasNotWrittenIsAsItWas() throws Exception {
    journal.add(LINE, "0-1", "0");
    assertEquals(1, revert(false).restored());
    assertEquals("0-1", fake.read(FILE));
  }

  @Test
  void whatTheKernelMadeOfAValueIsOurs() throws Exception {
    journal.kept(journal.add(LINE, "0-1", "0,7"), "0");
    fake.write(FILE, "0");
    assertEquals(1, revert(false).restored());
    assertEquals("0-1", fake.read(FILE));
  }

  @Test
  void whatSomebodyElseHasChangedIsLeftUnlessForced() throws Exception {
    write(LINE, "0-1", "0");
    fake.write(FILE, "1");
    Reverter left = revert(false);
    assertEquals(
        List.of(
            "/"
                + FILE
                + " is 1: somebody else has changed it since (it was 0-1, tune wrote 0);"
                + " --force gives it back all the same"),
        left.left());
    assertEquals("1", fake.read(FILE));
    assertEquals(1, journal.entries().size(), "it can still be forced");
    assertEquals(1, revert(true).restored());
    assertEquals("0-1", fake.read(FILE));
  }

  @Test
  void aThreadThatEndedOrWhoseIdIsAnothersIsPassedOver() throws Exception {
    write(THREAD, "0-1", "0");
    fake.thread(4720, 4722, "innocent", "0", 999, 0);
    Reverter reverter = revert(true);
    assertEquals(0, reverter.restored());
    assertEquals(List.of(), reverter.left());
    assertTrue(reverter.passedOver().get(0).startsWith("CPUs of backup.sh (pid 4720, tid 4722): "));
    assertEquals("0", fake.cpus(4722), "the new one has what it had");
    assertEquals(List.of(), journal.entries());
  }

  @Test
  void whatTheKernelRefusesIsNamedAndKept() throws Exception {
    write(THREAD, "0-1", "0");
    write(LINE, "0-1", "0");
    fake.refusing.add(4722L);
    Reverter reverter = revert(false);
    assertEquals(1, reverter.restored(), "the other one");
    assertTrue(reverter.left().get(0).endsWith("its value 0-1: Invalid argument"));
    assertEquals(1, journal.entries().size());
  }
}
