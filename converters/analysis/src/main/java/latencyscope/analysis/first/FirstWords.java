package latencyscope.analysis.first;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.Report;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.ShellWord;
import latencyscope.analysis.number.Numbers;
import latencyscope.analysis.top.TopCause;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.ledger.explain.Sorted;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.ledger.lost.Without;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.fact.Scope;

/** The sentences of the first screen, for text, page and Mission Control alike. Immutable. */
public final class FirstWords {
  private static final String ISOLATION = "isolation";

  private final Report report;
  private final Recording recording;

  /** Creates the sentences of a report. */
  public FirstWords(Report report) {
    this.report = report;
    recording = report.recording();
  }

  /** How bad it is. */
  public Severity severity() {
    if (report.violations() > 0) {
      return Severity.FAIL;
    }
    if (report.warnings() > 0) {
      return Severity.WARN;
    }
    return report.notMeasured() - report.outOfScope() > 0 ? Severity.NOT_MEASURED : Severity.PASS;
  }

  /** Which threads' time is shown. */
  public String threads() {
    List<ThreadLoss> losses = report.first().lost().threads();
    if (losses.isEmpty()) {
      return "Time lost: not measured, because the recording has no CPU time of threads.";
    }
    String which =
        switch (losses.get(0).why()) {
          case BUSY -> "busy threads";
          case DECLARED -> "the threads that were asked for";
          case ACTIVE -> "the most active threads (none is busy)";
        };
    String more = report.first().lost().isIncomplete() ? "; some is missing: too many events" : "";
    return "Time lost by " + which + more + ":";
  }

  /** That nothing is known but counts, and why; empty if more is. */
  public Optional<String> accounts() {
    return recording
        .accounts(ISOLATION)
        .map(probe -> "Counts from /proc alone, without culprits: " + probe.reason() + ".");
  }

  /** What one thread lost, and to what. */
  public static String lost(ThreadLoss loss) {
    String all =
        String.format(
            Locale.ROOT,
            "%s lost %s of %s (%.1f %%)",
            loss.thread().name(),
            Numbers.time(loss.lost()),
            Numbers.time(loss.captured()),
            100 * loss.share());
    String parts =
        loss.parts().stream()
            .map(part -> part.kind().words() + " " + Numbers.time(part.ns()))
            .collect(Collectors.joining(", "));
    return parts.isEmpty() ? all : all + ": " + parts;
  }

  /** What a cause did to whom. */
  public static String title(TopCause cause) {
    return cause.processes() > 1
        ? cause.lossTitle() + " (" + Numbers.count(cause.processes()) + " processes)"
        : cause.lossTitle();
  }

  /** How often and how long in all. */
  public static String sum(Cost cost) {
    String times = Numbers.count(cost.count(), "time");
    return cost.totalNs() == null ? times : times + ", " + Numbers.time(cost.totalNs());
  }

  /** The same, and how long at worst. */
  public static String cost(Cost cost) {
    return cost.worstNs() == null || cost.count() == 1
        ? sum(cost)
        : sum(cost) + ", worst " + Numbers.time(cost.worstNs());
  }

  /** The first command against a cause, such as a shell takes; empty if there is none. */
  public static Optional<String> command(TopCause cause) {
    return cause.remedies().stream()
        .filter(remedy -> !remedy.onlyShows())
        .flatMap(remedy -> remedy.commands().stream())
        .findFirst()
        .map(FirstWords::forShell);
  }

  /** What to do about a cause that no command removes; empty if nothing is known. */
  public static Optional<String> sentence(TopCause cause) {
    return cause.remedies().stream().findFirst().map(Remedy::sentence);
  }

  /** The command that shows where a cause is that no command removes; empty if there is none. */
  public Optional<String> showing(TopCause cause) {
    Optional<String> recorded = recorded(cause.worst());
    return recorded.isPresent()
        ? recorded
        : cause.remedies().stream()
            .filter(Remedy::onlyShows)
            .flatMap(remedy -> remedy.commands().stream())
            .findFirst();
  }

  // The program may have ended; its recording has the stacks.
  private Optional<String> recorded(Finding finding) {
    if (report.files().isEmpty() || finding.stack().isEmpty()) {
      return Optional.empty();
    }
    String types =
        switch (finding.kind()) {
          case SLEEP -> "jdk.ThreadSleep";
          case LOCK -> "jdk.ThreadPark,jdk.JavaMonitorEnter";
          case MINOR_FAULT, MAJOR_FAULT -> EventTypes.PAGE_FAULT;
          case CALL -> EventTypes.BLOCKING_SYSCALL;
          default -> null;
        };
    String file = report.files().get(report.files().size() - 1).toString();
    return Optional.ofNullable(types)
        .map(all -> "jfr print --stack-depth 20 --events " + all + " " + ShellWord.of(file));
  }

  // The launcher of Java takes options from there, too. Within these quotes a line may go on.
  private static String forShell(String command) {
    return command.startsWith("-") ? "export JDK_JAVA_OPTIONS=\"" + command + "\"" : command;
  }

  /** What would remain without some causes; empty if that is all. */
  public Optional<String> without(List<TopCause> causes) {
    List<TopCause> costly = causes.stream().filter(cause -> cause.lostNs() > 0).toList();
    if (costly.isEmpty() || report.first().lost().threads().isEmpty()) {
      return Optional.empty();
    }
    Without without = report.first().without(costly);
    String changes = changes(without);
    String head = "Without " + which(causes, costly) + ": ";
    if (!changes.isEmpty()) {
      return Optional.of(head + without.event() + " " + changes + ".");
    }
    return without.remaining() == without.lost()
        ? Optional.empty()
        : Optional.of(
            head
                + (without.remaining() == 0 ? "nothing" : Numbers.time(without.remaining()))
                + " would be lost instead of "
                + Numbers.time(without.lost())
                + ".");
  }

  private static String which(List<TopCause> causes, List<TopCause> costly) {
    if (costly.size() == causes.size()) {
      return costly.size() == 1 ? "it" : "these " + costly.size();
    }
    return costly.stream()
        .map(cause -> "" + (causes.indexOf(cause) + 1))
        .collect(Collectors.joining(", "));
  }

  private static String changes(Without without) {
    List<String> changes = new ArrayList<>();
    int count = without.with().count();
    for (Percentiles.P p : Percentiles.ALL) {
      if (p.percent() >= 99 && count >= Distribution.needed(p.percent())) {
        change(changes, p.label(), of(without.with(), p), of(without.without(), p));
      }
    }
    if (count > 0) {
      change(changes, "max", without.with().max(), without.without().max());
    }
    return String.join(", ", changes);
  }

  private static long of(Sorted lengths, Percentiles.P p) {
    return lengths.percentile(p.percent());
  }

  // What looks the same in print has not changed.
  private static void change(List<String> changes, String what, long before, long after) {
    if (!Numbers.time(before).equals(Numbers.time(after))) {
      changes.add(what + " " + Numbers.time(before) + " → " + Numbers.time(after));
    }
  }

  private String leftOut() {
    return report.outOfScope() == 0
        ? ""
        : " "
            + Numbers.count(report.outOfScope(), "question")
            + " not answered: "
            + Scope.of(recording.capture()).limits().orElse("out of the capture's scope")
            + ".";
  }

  /** What the recording says of itself; empty if nothing. */
  public String notes() {
    List<String> notes = List.copyOf(recording.notes());
    if (notes.isEmpty()) {
      return "";
    }
    String more = notes.size() == 1 ? "" : " (" + Numbers.count(notes.size() - 1) + " more)";
    return " " + notes.get(0) + more;
  }

  /** Whether the capture can be trusted, in one sentence. */
  public String trust() {
    Metrics capture = report.capture().metrics();
    long lost = capture.get("lost") instanceof Long count ? count : 0;
    long gaps = Math.max(0, recording.intervals().size() - 1);
    long missing = recording.probes().stream().filter(p -> !p.attached()).count();
    long attached = recording.probes().stream().filter(ProbeState::attached).count();
    boolean sound = lost + gaps + missing == 0 && attached > 0;
    String seen =
        Stream.of(
                lost == 0 ? "no record lost" : Numbers.count(lost, "record") + " lost",
                gaps == 0 ? "no gap" : Numbers.count(gaps, "gap"),
                missing == 0
                    ? Numbers.count(attached, "probe") + " attached"
                    : Numbers.count(missing)
                        + " of "
                        + Numbers.count(attached + missing, "probe")
                        + " missing")
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
    String own =
        capture.get("own_wait_ns") instanceof Long ns && ns > 0
            ? "; LatencyScope delayed the target by " + Numbers.time(ns)
            : "";
    return "Capture " + (sound ? "complete: " : "incomplete: ") + seen + own + "." + leftOut();
  }
}
