package latencyscope.truth.kernels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import latencyscope.jfr.Schema;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.kernels.KernelCheck.Agreement;

/**
 * What a guest that is about something else than its kernel has brought back: verdicts on an
 * isolated CPU, the time that a quota took, an engine that may lock little memory.
 */
final class ScenarioCheck {
  private static final String MODULE = "isolation";

  /** Less would be chance; the competitor wakes up some twenty times a second. */
  private static final long LEAST = 10;

  /** A thread that hardly ran was not left alone. */
  private static final long LEAST_RUN_MS = 500;

  private static final String QUOTA = "the CPU quota of its control group";

  /** An emulated machine is often too slow for it; a violation it is not. */
  private static final String LATE_DRAIN = "The drain thread was kept from running";

  /** What the engine prints when it is unharmed, and its exit code. */
  private static final String ENGINE_SAYS = "ready\nnapped worker\nsettled\nnapped trader\n7";

  private final Path folder;
  private final List<Agreement> agreements = new ArrayList<>();

  private ScenarioCheck(Path folder) {
    this.folder = folder;
  }

  /** All comparisons of a folder; none if it is of a guest that is only about its kernel. */
  static List<Agreement> of(Path folder) throws Exception {
    ScenarioCheck check = new ScenarioCheck(folder);
    if (check.has("alone.json")) {
      check.alone();
      check.disturbed();
    }
    if (check.has("throttled.json")) {
      check.throttled();
      check.ledger();
    }
    if (check.has("locked.code")) {
      check.locked();
    }
    return check.agreements;
  }

  /** Nothing may take a thread off an isolated CPU, and then the verdict is that nothing did. */
  private void alone() throws IOException {
    JsonNode report = report("alone");
    long ours = involuntary(report);
    long rise = rise("alone", "nonvoluntary_ctxt_switches");
    add(
        MODULE,
        "alone: involuntary switches",
        ours == 0 && rise == 0,
        ours + ", by the kernel " + rise);
    long ranMs = rise("alone", "ran_ns") / 1_000_000;
    add(
        MODULE,
        "alone: time on the isolated CPU, ms",
        ranMs >= LEAST_RUN_MS,
        ranMs + " (at least " + LEAST_RUN_MS + ")");
    List<String> findings = new ArrayList<>();
    report.path("findings").forEach(finding -> findings.add(finding.path("title").asText()));
    boolean late = findings.removeIf(title -> title.startsWith(LATE_DRAIN));
    add(
        MODULE,
        "alone: findings",
        findings.isEmpty(),
        (findings.isEmpty() ? "none" : String.join("; ", findings))
            + (late ? " but that the emulated machine kept the drain thread from running" : ""));
    // That is a warning: what the capture says of itself, not of the thread.
    verdict("alone", report, late ? 1 : 0);
  }

  private void disturbed() throws IOException {
    JsonNode report = report("disturbed");
    involuntarySwitches("disturbed", report);
    String culprit = "sh (pid " + text("disturbed.culprit");
    long blamed = blamed(report, finding -> culpritOf(finding).startsWith(culprit));
    add(
        MODULE,
        "disturbed: waits behind the competitor, by name",
        blamed >= LEAST,
        blamed + " (at least " + LEAST + ")");
    verdict("disturbed", report, 2);
  }

  /** The kernel's account is read before and after the capture, so that it may be more. */
  private void involuntarySwitches(String name, JsonNode report) throws IOException {
    long ours = involuntary(report);
    long rise = rise(name, "nonvoluntary_ctxt_switches");
    add(
        MODULE,
        name + ": involuntary switches",
        ours >= LEAST && ours <= rise,
        ours + " (" + LEAST + " to " + rise + ", which is around the capture)");
  }

  private void verdict(String name, JsonNode report, int expected) throws IOException {
    int code = Integer.parseInt(text(name + ".code"));
    add(MODULE, name + ": exit code", code == expected, code + " (" + expected + ")");
    String isolated = report.at("/host/isolated_cpus").asText("none");
    add(MODULE, name + ": isolated CPUs", isolated.equals("1"), isolated);
  }

  private void throttled() throws IOException {
    JsonNode report = report("throttled");
    involuntarySwitches("throttled", report);
    long blamed = blamed(report, finding -> culpritOf(finding).equals(QUOTA));
    long stopped = rise("throttled", "nr_throttled");
    add(
        MODULE,
        "throttled: waits that the quota made, by name",
        blamed >= LEAST && blamed <= stopped,
        blamed + " (" + LEAST + " to " + stopped + ", nr_throttled of cpu.stat)");
  }

  /** The thread is alone in its group: all that the group was throttled, it waited. */
  private void ledger() throws Exception {
    long theirs = number(folder.resolve("ledger.cpu.stat"), "throttled_usec") * 1_000;
    long waited =
        OurAccount.read(folder.resolve("ledger.jfr")).events("RunQueueWait").stream()
            .filter(wait -> "limited".equals(wait.getString("thread")))
            .mapToLong(wait -> wait.getLong("throttled"))
            .sum();
    add(
        MODULE,
        "limited: time in waits that the quota took, ns",
        theirs > 0 && Math.abs(waited - theirs) <= 0.02 * theirs,
        waited + ", throttled_usec of cpu.stat " + theirs);
    long explained = 0;
    long length = 0;
    for (JsonNode window : explained().path("windows")) {
      length += window.path("duration_ns").asLong();
      for (JsonNode part : window.path("parts")) {
        explained += part.path("cause").asText().equals("throttled") ? part.path("ns").asLong() : 0;
      }
    }
    // Not all of it is in windows; and in them it also waits for others.
    add(
        "ledger",
        "limited: time in windows that the quota took, ns",
        explained > 0.2 * length && explained <= waited,
        explained + " of " + length + " in windows, at most " + waited);
    String errors = text("stderr.txt");
    add(
        "agent",
        "nothing on standard error",
        errors.isEmpty(),
        errors.isEmpty() ? "nothing" : errors);
  }

  private JsonNode explained() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String recording = folder.resolve("ledger.jfr").toString();
    return new ObjectMapper()
        .readTree(
            Commands.output(
                java,
                "-jar",
                Engine.JAR.toString(),
                "explain",
                recording,
                "--json",
                "--event",
                "test.Window",
                "--top",
                "1000"));
  }

  private void locked() throws IOException {
    String said = Files.readString(folder.resolve("locked.stdout")) + text("locked.code");
    add(
        "agent",
        "64 KiB may be locked: the engine's own output and exit code",
        said.equals(ENGINE_SAYS),
        said.replace("\n", ", "));
    String line = text("locked.stderr");
    add(
        "agent",
        "64 KiB may be locked: one line that says what to do",
        line.lines().count() == 1 && line.contains("ulimit -l unlimited"),
        line);
    long told =
        OurAccount.read(folder.resolve("locked.jfr")).events("ProbeStatus").stream()
            .filter(status -> status.getString("probe") == null)
            .filter(status -> status.getString("state").equals("refused"))
            .filter(status -> status.getString("reason").contains("EPERM"))
            .filter(status -> line.endsWith(status.getString("remedy")))
            .count();
    int modules = Schema.modules().size();
    add(
        "agent",
        "64 KiB may be locked: modules with reason and remedy in the recording",
        told == modules,
        told + " of " + modules);
  }

  private boolean has(String file) {
    return Files.exists(folder.resolve(file));
  }

  private String text(String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(name + ".json").toFile());
  }

  /** -1 if it was not counted. */
  private static long involuntary(JsonNode report) {
    return report.at("/isolation/involuntary_switches").asLong(-1);
  }

  private long rise(String name, String key) throws IOException {
    return number(folder.resolve(name + ".after"), key)
        - number(folder.resolve(name + ".before"), key);
  }

  /** Of a file with a key and a number in each line. */
  private static long number(Path file, String key) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.split("[:\\s]+"))
        .filter(words -> words[0].equals(key))
        .mapToLong(words -> Long.parseLong(words[1]))
        .findFirst()
        .orElseThrow();
  }

  private static long blamed(JsonNode report, Predicate<JsonNode> filter) {
    long count = 0;
    for (JsonNode finding : report.path("findings")) {
      count += filter.test(finding) ? finding.path("count").asLong() : 0;
    }
    return count;
  }

  private static String culpritOf(JsonNode finding) {
    return finding.path("culprit").asText("");
  }

  private void add(String module, String measure, boolean agrees, String figures) {
    agreements.add(new Agreement(module, measure, agrees, figures));
  }
}
