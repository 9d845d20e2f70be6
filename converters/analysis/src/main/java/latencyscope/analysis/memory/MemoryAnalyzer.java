package latencyscope.analysis.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import latencyscope.analysis.GroupRemarks;
import latencyscope.analysis.ModuleAnalyzer;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Table;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.finding.Finding;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/** Judges what the target paid for its memory. Not safe for use by several threads. */
public final class MemoryAnalyzer extends ModuleAnalyzer<MemoryEvents> {
  /** Creates an analyzer that has seen nothing. */
  public MemoryAnalyzer() {
    super(new MemoryEvents());
  }

  @Override
  public ModuleReport report(Recording recording) {
    MemoryFacts facts = new MemoryFacts(recording);
    MemoryFindings source = new MemoryFindings(recording, facts, events);
    List<Finding> findings = source.all();
    List<Verdict> verdicts = new MemoryVerdicts(facts, source, Evidence.of(recording)).all();
    int violations = Verdict.violations(verdicts);
    return new ModuleReport(
        MemoryFacts.MODULE,
        "MEMORY",
        verdicts,
        List.of(
            new Quantiles("Page faults", EventTypes.PAGE_FAULT, facts.faults),
            new Quantiles("Major page faults", EventTypes.PAGE_FAULT, facts.major),
            new Quantiles("TLB shootdowns received", EventTypes.TLB_SHOOTDOWN, facts.shootdowns)),
        List.of(
            regions(facts),
            recording.accounts(MemoryFacts.MODULE).isPresent()
                ? counted(facts, recording)
                : threads(facts, recording)),
        remarks(facts, events, recording),
        findings.subList(0, Math.min(MAX_FINDINGS, findings.size())),
        new MemoryMetrics(facts, events, recording).of(violations));
  }

  /** What the kernel did to the size of pages while the target ran, if it did. */
  private static List<String> remarks(MemoryFacts facts, MemoryEvents events, Recording recording) {
    List<String> remarks = GroupRemarks.of(recording, MemoryFacts.MODULE);
    facts.collapses("huge_pages_collapsed").stream()
        .filter(count -> count > 0)
        .forEach(count ->
            remarks.add(
                String.format(
                    Locale.ROOT,
                    "Huge pages that the kernel assembled from the target's small pages: %,d"
                        + " (each delays threads that fault in that memory).",
                    count)));
    facts.onHost("thp_split_pmd").stream()
        .filter(count -> count > 0)
        .forEach(count ->
            remarks.add(
                String.format(
                    Locale.ROOT,
                    "Huge pages that were split on this host during the capture: %,d.",
                    count)));
    if (events.remoteFaults() > 0) {
      remarks.add(
          String.format(
              Locale.ROOT,
              "Recorded faults whose page was on another NUMA node than their CPU: %,d of %,d.",
              events.remoteFaults(),
              events.locatedFaults()));
    }
    for (MemoryFacts.Placement placement : facts.placements()) {
      remarks.add(placed(placement));
    }
    return remarks;
  }

  private static String placed(MemoryFacts.Placement placement) {
    String shares =
        placement.byNode().entrySet().stream()
            .map(node ->
                String.format(
                    Locale.ROOT,
                    "%.0f %% on node %d",
                    100.0 * node.getValue() / placement.sampled(),
                    node.getKey()))
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "NUMA placement of %s: %s (%,d pages sampled).",
        placement.region(),
        shares,
        placement.sampled());
  }

  private static Table regions(MemoryFacts facts) {
    List<List<Object>> rows = new ArrayList<>();
    facts.byRegion.entrySet().stream()
        .filter(region -> region.getValue().count() > 0)
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Distribution> r) -> r.getValue().total())
                .reversed())
        .forEach(region ->
            rows.add(
                Arrays.asList(
                    region.getKey().replace('_', '-'),
                    region.getValue().count(),
                    Duration.ofNanos(region.getValue().max()),
                    Duration.ofNanos(region.getValue().total()))));
    return new Table("Page faults by region", List.of("Region", "Faults", "Max", "Total"), rows, 0);
  }

  /** The kernel's own counts, where that is all there is. */
  private static Table counted(MemoryFacts facts, Recording recording) {
    List<ThreadId> threads = new ArrayList<>(facts.threads());
    threads.sort(
        Comparator.comparingLong((ThreadId thread) -> facts.of(thread, "major_faults"))
            .thenComparingLong(thread -> facts.of(thread, "minor_faults"))
            .reversed());
    List<List<Object>> rows = new ArrayList<>();
    for (ThreadId named : threads.subList(0, Math.min(TABLE_ROWS, threads.size()))) {
      rows.add(
          Arrays.asList(
              recording.latest(named).name(),
              facts.of(named, "minor_faults"),
              facts.of(named, "major_faults")));
    }
    return new Table(
        "Threads by page faults",
        List.of("Thread", "Minor", "Major"),
        rows,
        threads.size() - rows.size());
  }

  private static Table threads(MemoryFacts facts, Recording recording) {
    List<ThreadId> threads = facts.threads();
    List<List<Object>> rows = new ArrayList<>();
    for (ThreadId named : threads.subList(0, Math.min(TABLE_ROWS, threads.size()))) {
      Distribution faults = facts.faults(named);
      rows.add(
          Arrays.asList(
              recording.latest(named).name(),
              facts.counted(named, "minor_faults"),
              facts.counted(named, "major_faults"),
              faults.count() == 0 ? null : Duration.ofNanos(faults.max()),
              Duration.ofNanos(faults.total()),
              facts.counted(named, "shootdowns_received")));
    }
    return new Table(
        "Threads by time in page faults",
        List.of("Thread", "Minor", "Major", "Max", "Total", "Shootd."),
        rows,
        threads.size() - rows.size());
  }
}
