package latencyscope.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import latencyscope.audit.Setting.Form;
import latencyscope.cli.console.UserError;
import latencyscope.contract.Contract;
import latencyscope.contract.Environment;
import latencyscope.contract.Outcome;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.ClauseResult;
import latencyscope.tune.Place.KernelValue;
import latencyscope.tune.Place.ThreadCpus;
import latencyscope.tune.Tuned.Fate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What helps stays, what does not is taken back, whatever happens on the way. */
class TunerTest {
  private static final Contract CONTRACT =
      new Contract(
          "x.yml", Environment.AUTO, Duration.ZERO, Duration.ZERO, List.of(), List.of(), List.of());

  @TempDir Path folder;

  private final List<String> said = new ArrayList<>();
  private FakeHost fake;
  private Journal journal;

  @BeforeEach
  void host() throws Exception {
    fake = new FakeHost(folder.resolve("root"));
    fake.write("proc/sys/a", "1");
    fake.write("proc/sys/b", "1");
    fake.thread(4720, 4720, "backup.sh", "0-1", 815, 0);
    journal = Journal.open(folder.resolve("tune.journal"), "boot");
  }

  @AfterEach
  void close() throws Exception {
    journal.close();
  }

  private static Step set(String name) {
    Place place = new KernelValue("proc/sys/" + name, Form.TEXT);
    return new Step(name, "A reason.", false, List.of(new Change(place, "1", "0")));
  }

  private static Step move() {
    Place place = new ThreadCpus(4720, 4720, "815", "backup.sh");
    return new Step("move", "A reason.", true, List.of(new Change(place, "0-1", "0")));
  }

  private boolean is(String name, String value) {
    return fake.host.read("proc/sys/" + name, Form.TEXT).orElseThrow().equals(value);
  }

  private static CheckResult result(ClauseResult... clauses) {
    return new CheckResult(CONTRACT, List.of(clauses), "pid 1", 1);
  }

  private static ClauseResult clause(Outcome outcome, double amount) {
    return new ClauseResult(
        "feed", "sleeps", "max 0", "", outcome, "evidence", null, 7, null, amount);
  }

  private static ClauseResult limit(double amount) {
    return clause(amount > 10 ? Outcome.VIOLATED : Outcome.PASSED, amount);
  }

  private Tuned apply(Supplier<CheckResult> measured, Step... steps) throws Exception {
    Tuner tuner =
        new Tuner(
            fake.host, journal, () -> new Proof(measured.get(), Map.of(), List.of()), said::add);
    return tuner.apply(new Plan(List.of(steps), List.of(), List.of()), measured.get());
  }

  private static List<Fate> fates(Tuned tuned) {
    return List.copyOf(tuned.fates().values());
  }

  @Test
  void whatHelpsStaysAndTheRestIsTakenBack() throws Exception {
    Tuned tuned = apply(() -> result(limit(is("a", "0") ? 0 : 100)), set("a"), set("b"), move());
    assertEquals(List.of(Fate.KEPT, Fate.REVERTED, Fate.REVERTED), fates(tuned));
    assertEquals(Outcome.VIOLATED, tuned.before().outcome());
    assertEquals(Outcome.PASSED, tuned.after().outcome());
    assertTrue(is("a", "0") && is("b", "1"));
    assertEquals("0-1", fake.cpus(4720));
    assertEquals(1, journal.entries().size());
    assertFalse(journal.isInterrupted());
  }

  @Test
  void whatHelpsOnlyTogetherStays() throws Exception {
    Tuned tuned =
        apply(
            () -> result(limit(is("a", "0") && is("b", "0") ? 0 : 100)),
            set("a"),
            set("b"),
            move());
    assertEquals(List.of(Fate.KEPT, Fate.KEPT, Fate.REVERTED), fates(tuned));
    assertEquals(Outcome.PASSED, tuned.after().outcome(), "measured with what stays");
  }

  @Test
  void whatOnlyHelpsInGeneralTakesOneCapture() throws Exception {
    for (String name : List.of("c", "d", "e")) {
      fake.write("proc/sys/" + name, "1");
    }
    int[] captures = {0};
    Tuned tuned =
        apply(
            () -> {
              captures[0]++;
              return result(limit(fake.cpus(4720).equals("0") ? 0 : 100));
            },
            set("a"),
            set("b"),
            set("c"),
            set("d"),
            set("e"),
            move());
    assertEquals(5, fates(tuned).stream().filter(fate -> fate == Fate.REVERTED).count());
    assertEquals("0", fake.cpus(4720));
    // Before, with all, without the five, without the move, and with what is kept.
    assertEquals(5, captures[0]);
  }

  @Test
  void halfAsMuchIsHelpAndLittleLessIsNot() throws Exception {
    Tuned tuned =
        apply(
            () -> result(limit(100 - (is("a", "0") ? 60 : 0) - (is("b", "0") ? 5 : 0))),
            set("a"),
            set("b"));
    assertEquals(List.of(Fate.KEPT, Fate.REVERTED), fates(tuned));
    assertEquals(Outcome.VIOLATED, tuned.after().outcome());
  }

  @Test
  void ifNothingHelpsNothingStays() throws Exception {
    Tuned tuned = apply(() -> result(limit(100)), set("a"), move());
    assertEquals(List.of(Fate.REVERTED, Fate.REVERTED), fates(tuned));
    assertTrue(is("a", "1"));
    assertEquals("0-1", fake.cpus(4720));
    assertEquals(List.of(), journal.entries());
  }

  @Test
  void whatBreaksAnotherClauseIsNoHelp() throws Exception {
    Tuned tuned =
        apply(() -> result(limit(is("a", "0") ? 0 : 100), limit(is("a", "0") ? 100 : 0)), set("a"));
    assertEquals(List.of(Fate.REVERTED), fates(tuned));
  }

  @Test
  void inconclusiveIsNoHelp() throws Exception {
    Tuned tuned =
        apply(() -> result(is("a", "0") ? clause(Outcome.INCONCLUSIVE, 0) : limit(100)), set("a"));
    assertEquals(List.of(Fate.REVERTED), fates(tuned));
  }

  @Test
  void ifTheTargetEndsEverythingIsGivenBack() {
    Tuner tuner =
        new Tuner(
            fake.host,
            journal,
            () -> {
              assertTrue(is("a", "0"), "it was written");
              throw new UserError("process 1 ended");
            },
            said::add);
    Plan plan = new Plan(List.of(set("a"), move()), List.of(), List.of());
    assertThrows(UserError.class, () -> tuner.apply(plan, result(limit(100))));
    assertTrue(is("a", "1"));
    assertEquals("0-1", fake.cpus(4720));
    assertEquals("not finished: 2 values were given back", said.get(said.size() - 1));
    assertFalse(journal.isInterrupted());
  }

  @Test
  void whatCannotBeWrittenIsNamedAndTheRestGoesOn() throws Exception {
    fake.refusing.add(4720L);
    Tuned tuned = apply(() -> result(limit(is("a", "0") ? 0 : 100)), move(), set("a"), set("gone"));
    assertEquals(List.of(Fate.FAILED, Fate.KEPT, Fate.FAILED), fates(tuned));
    assertEquals(
        List.of(
            "CPUs of backup.sh (pid 4720) stays 0-1: Invalid argument",
            "/proc/sys/gone: it has ended, or is gone"),
        tuned.failures());
    assertEquals(1, journal.entries().size());
  }

  @Test
  void aValueThatChangedSinceThePlanIsGivenBackAsItWas() throws Exception {
    fake.write("proc/sys/a", "7");
    apply(() -> result(limit(100)), set("a"));
    assertTrue(is("a", "7"));
  }
}
