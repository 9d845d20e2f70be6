package latencyscope.guest.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import latencyscope.guest.thread.JavaThreads;
import latencyscope.guest.thread.WatchedThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskAccountsTest {
  private static final long SECOND_NS = 1_000_000_000;

  @TempDir Path process;

  private TaskAccounts accounts(String... globs) {
    return new TaskAccounts(process, new WatchedThreads(List.of(globs)), JavaThreads.none());
  }

  /** A thread's files, with switches and faults of that number. */
  private void task(int id, String name, int startTime, long count) throws IOException {
    Path task = Files.createDirectories(process.resolve("task/" + id));
    String fields =
        " S 1 1 1 0 -1 64 "
            + count
            + " 0 "
            + count
            + " 0 0 0 0 0 20 0 1 0 "
            + startTime
            + " 4096 7";
    Files.writeString(task.resolve("stat"), id + " (" + name + ")" + fields + "\n");
    Files.writeString(task.resolve("comm"), name + "\n");
    Files.writeString(
        task.resolve("status"),
        "Name:\t"
            + name
            + "\nvoluntary_ctxt_switches:\t"
            + count
            + "\nnonvoluntary_ctxt_switches:\t"
            + count
            + "\n");
    Files.writeString(task.resolve("schedstat"), "5000 " + count + " " + count + "\n");
  }

  private void end(int id) throws IOException {
    try (Stream<Path> all = Files.walk(process.resolve("task/" + id))) {
      all.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    }
  }

  private static Map<String, Long> report(TaskAccounts accounts) {
    Map<String, Long> rises = new TreeMap<>();
    accounts.report((id, name, javaId, measure, by) -> rises.put(name + "." + measure, by));
    return rises;
  }

  private static Map<String, Long> all(String name, long by) {
    Map<String, Long> rises = new TreeMap<>();
    TaskCounts.MEASURES.forEach(measure -> rises.put(name + "." + measure, by));
    return rises;
  }

  @Test
  void countsBeginAtTheFirstLook() throws Exception {
    task(7, "trader", 100, 50);
    TaskAccounts accounts = accounts();
    accounts.look(0);
    assertEquals(Map.of(), report(accounts));
    task(7, "trader", 100, 53);
    accounts.look(SECOND_NS);
    assertEquals(all("trader", 3), report(accounts));
    assertEquals(Map.of(), report(accounts));
  }

  @Test
  void countsOfOneThatIsBornLaterBeginAtItsBirth() throws Exception {
    TaskAccounts accounts = accounts();
    accounts.look(0);
    task(8, "born", 200, 4);
    accounts.look(SECOND_NS);
    assertEquals(all("born", 4), report(accounts));
  }

  @Test
  void oneThatHasEndedIsReportedAsItWasLastSeen() throws Exception {
    TaskAccounts accounts = accounts();
    accounts.look(0);
    task(9, "short", 300, 6);
    accounts.look(SECOND_NS);
    end(9);
    accounts.look(2 * SECOND_NS);
    assertEquals(all("short", 6), report(accounts));
    assertEquals(Map.of(), report(accounts));
  }

  @Test
  void anIdThatIsGivenAgainIsAnotherThread() throws Exception {
    TaskAccounts accounts = accounts();
    accounts.look(0);
    task(9, "first", 300, 6);
    accounts.look(SECOND_NS);
    task(9, "second", 400, 2);
    accounts.look(2 * SECOND_NS);
    Map<String, Long> both = all("first", 6);
    both.putAll(all("second", 2));
    assertEquals(both, report(accounts));
  }

  @Test
  void onlyWhatWasAskedForIsReported() throws Exception {
    TaskAccounts accounts = accounts("trader*");
    accounts.look(0);
    task(7, "trader-1", 100, 1);
    task(8, "other", 100, 1);
    accounts.look(SECOND_NS);
    assertEquals(all("trader-1", 1), report(accounts));
  }

  @Test
  void looksAreASecondApart() throws Exception {
    TaskAccounts accounts = accounts();
    accounts.look(0);
    task(7, "trader", 100, 1);
    accounts.lookIfDue(SECOND_NS / 2);
    assertEquals(Map.of(), report(accounts));
    accounts.lookIfDue(SECOND_NS);
    assertEquals(all("trader", 1), report(accounts));
  }
}
