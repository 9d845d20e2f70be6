package latencyscope.analysis;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.top.FirstLook;
import latencyscope.analysis.top.TopCause;
import latencyscope.ledger.lost.LostTime;
import latencyscope.ledger.lost.LostTimeReading;
import latencyscope.recording.EventSource;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventFan;

/**
 * All that there is to say about a recording: the model of which every output format is a function.
 *
 * @param recording what was read
 * @param modules what each module found, the capture itself first
 * @param limits the limits that the user set, and what came of them
 * @param targetEnded whether the target ended before the capture was to
 * @param costs what latency cost in money, if the user said what a microsecond is worth
 * @param first what to look at first
 * @param files the recording's files, which the user can look into; empty if there are none
 */
public record Report(
    Recording recording,
    List<ModuleReport> modules,
    List<Limit.Result> limits,
    boolean targetEnded,
    Optional<CostReport> costs,
    FirstLook first,
    List<Path> files) {
  private static final int TARGET_ENDED = 3;

  /**
   * Reads a recording, as often as the judgement needs, and judges it.
   *
   * @param source a file, or what another program has loaded
   * @param alongside take the same events at the first reading
   * @throws RecordingException if nothing of LatencyScope can be read
   * @throws UnknownKeyException if a limit is on what no report has
   */
  public static Report read(EventSource source, List<Limit> limits, EventConsumer... alongside)
      throws RecordingException, UnknownKeyException {
    Analyzers analyzers = new Analyzers();
    LostTimeReading lost = new LostTimeReading();
    List<EventConsumer> consumers = new ArrayList<>(List.of(analyzers, lost));
    consumers.addAll(List.of(alongside));
    Recording recording = source.read(new EventFan(consumers.toArray(EventConsumer[]::new)));
    List<EventConsumer> again =
        Stream.of(analyzers.secondReading(recording), lost.secondReading(recording))
            .flatMap(Optional::stream)
            .toList();
    if (!again.isEmpty()) {
      source.read(new EventFan(again.toArray(EventConsumer[]::new)));
    }
    return of(recording, analyzers, lost.result(), limits);
  }

  /**
   * Judges a recording whose events the analyzers have seen.
   *
   * @param lost what the threads that matter lost
   * @throws UnknownKeyException if there is no such value in any report
   */
  public static Report of(
      Recording recording, Analyzers analyzers, LostTime lost, List<Limit> limits)
      throws UnknownKeyException {
    List<ModuleReport> modules = analyzers.reports(recording);
    Metrics tree = ReportTree.of(recording, modules);
    Map<String, Number> numbers = tree.numbers();
    Map<String, String> reasons = limits.isEmpty() ? Map.of() : tree.unavailable();
    List<Limit.Result> results = new ArrayList<>();
    for (Limit limit : limits) {
      results.add(limit.check(numbers.get(limit.key()), reasons.get(limit.key())));
    }
    // A module that was not captured has keys, too, only no values.
    checkKeys(limits, numbers, List.of());
    List<Finding> findings =
        modules.stream().skip(1).flatMap(module -> module.findings().stream()).toList();
    FirstLook first = FirstLook.of(findings, lost, recording);
    return new Report(recording, modules, results, false, Optional.empty(), first, List.of());
  }

  /**
   * Checks that limits are on values that there can be, before anything is captured.
   *
   * @param modules modules that could be captured
   * @throws UnknownKeyException if there is no such value in any report
   */
  public static void checkKeys(List<Limit> limits, List<String> modules)
      throws UnknownKeyException {
    checkKeys(limits, Map.of(), modules);
  }

  private static void checkKeys(
      List<Limit> limits, Map<String, Number> present, List<String> modules)
      throws UnknownKeyException {
    for (Limit limit : limits) {
      if (!present.containsKey(limit.key())) {
        List<String> known = new ArrayList<>(possibleKeys(limit, modules));
        if (!known.contains(limit.key())) {
          present.keySet().stream().filter(key -> !known.contains(key)).forEach(known::add);
          throw new UnknownKeyException(limit.key(), known);
        }
      }
    }
  }

  private static List<String> possibleKeys(Limit limit, List<String> modules) {
    List<String> asked = new ArrayList<>(modules);
    asked.add(limit.key().split("\\.")[0]);
    List<ModuleReport> reports = Analyzers.reportsOfNothing(asked);
    return List.copyOf(ReportTree.of(Recording.empty(), reports).numbers().keySet());
  }

  /** Number of violations: failed verdicts, and limits that were exceeded. */
  public int violations() {
    long exceeded = limits.stream().filter(limit -> !limit.passed()).count();
    return count(Severity.FAIL) + (int) exceeded;
  }

  /** Number of warnings. */
  public int warnings() {
    return count(Severity.WARN);
  }

  /** Number of questions that the recording does not answer. */
  public int notMeasured() {
    return count(Severity.NOT_MEASURED);
  }

  /** How many of those are about what the user left out of the capture. */
  public int outOfScope() {
    return (int)
        modules.stream()
            .flatMap(module -> module.verdicts().stream())
            .filter(Verdict::outOfScope)
            .count();
  }

  private int count(Severity severity) {
    return modules.stream().mapToInt(module -> module.count(severity)).sum();
  }

  /** The same with what latency cost. */
  public Report withCosts(CostReport cost) {
    return new Report(recording, modules, limits, targetEnded, Optional.of(cost), first, files);
  }

  /** The same of a capture that was cut short, because its target ended. */
  public Report ofEndedTarget() {
    return new Report(recording, modules, limits, true, costs, first, files);
  }

  /** The same of files that stay where they are, so that commands may name them. */
  public Report ofFiles(List<Path> kept) {
    return new Report(recording, modules, limits, targetEnded, costs, first, List.copyOf(kept));
  }

  /**
   * 3 if the target ended early; else 2 if there are violations, 1 if there are warnings or
   * questions without an answer, or 0. Questions about what the user left out do not count: a limit
   * on their numbers is a violation all the same.
   */
  public int exitCode() {
    if (targetEnded) {
      return TARGET_ENDED;
    }
    if (violations() > 0) {
      return 2;
    }
    return warnings() + notMeasured() - outOfScope() > 0 ? 1 : 0;
  }

  /** The findings of all modules, the worst first. */
  public List<Finding> findings() {
    return modules.stream()
        .map(ModuleReport::findings)
        .flatMap(List::stream)
        .sorted(
            Comparator.comparing(Finding::severity)
                .reversed()
                // What the tool itself did comes after what was asked about.
                .thenComparing(finding -> finding.module().equals(Analyzers.CAPTURE)))
        .toList();
  }

  /** What cost the target most, over all modules; not what the capture says of itself. */
  public List<TopCause> topCauses() {
    return first.causes();
  }

  /** The report of the capture itself. */
  public ModuleReport capture() {
    return modules.get(0);
  }

  /** The reports of all other modules. */
  public Stream<ModuleReport> measured() {
    return modules.stream().skip(1);
  }
}
