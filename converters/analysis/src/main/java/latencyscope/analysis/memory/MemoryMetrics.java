package latencyscope.analysis.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.Instants;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.ServiceThreads;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.Subject;
import latencyscope.recording.thread.ThreadId;

/** Writes the memory module's values under the keys of the JSON report. */
final class MemoryMetrics {
  private static final String NO_COUNTER = "the recording holds no kernel counter for it";
  private static final String NO_FAULTS = "page faults were not measured";
  private static final String NO_SHOOTDOWNS = "shootdowns were not measured";
  private static final String ONE_NODE = "this host has one NUMA node";
  private static final String NO_NODE_OF_PAGE = "no recorded fault has the NUMA node of its page";

  private final MemoryFacts facts;
  private final MemoryEvents events;
  private final Recording recording;

  MemoryMetrics(MemoryFacts facts, MemoryEvents events, Recording recording) {
    this.facts = facts;
    this.events = events;
    this.recording = recording;
  }

  Metrics of(int violations) {
    Metrics metrics = new Metrics();
    metrics.put("minor_fault_count", facts.total("minor_faults"), NO_COUNTER);
    metrics.put("major_fault_count", facts.total("major_faults"), NO_COUNTER);
    for (String measure :
        List.of(
            "minor_faults_monitored",
            "major_faults_monitored",
            "faults_untraced",
            "faults_untimed")) {
      metrics.put(measure, facts.total(measure), NO_COUNTER);
    }
    Percentiles.put(metrics, "fault", facts.faults, facts.faultsMeasured, NO_FAULTS);
    metrics.put("major_fault", Percentiles.of(facts.major, facts.faultsMeasured, NO_FAULTS));
    metrics.put("faults_by_region", regions());
    metrics.put("tlb_shootdown_count", facts.total("shootdowns_sent"), NO_COUNTER);
    metrics.put("tlb_by_reason", flushes());
    metrics.put("tlb_shootdowns_received", facts.total("shootdowns_received"), NO_COUNTER);
    metrics.put(
        "tlb_shootdowns_received_monitored",
        facts.total("shootdowns_received_monitored"),
        NO_COUNTER);
    metrics.put(
        "shootdown",
        Percentiles.of(facts.shootdowns, facts.countedBy("shootdowns_received"), NO_SHOOTDOWNS));
    metrics.put("shootdowns_by_cpu", shootdownsByCpu());
    metrics.put("stalls", stalls());
    metrics.put("huge_pages", hugePages());
    if (recording.host().numaNodes() == 1) {
      metrics.put("numa", (String) null, ONE_NODE);
    } else {
      metrics.put("numa", numa());
    }
    metrics.put("threads", facts.threads().stream().map(this::thread).toList());
    metrics.put(
        "worst",
        events.worstFaults().stream()
            .filter(fault -> !Culprits.isOwn(fault.thread().name()))
            .map(this::fault)
            .toList());
    return metrics.put("violations", violations);
  }

  private List<Metrics> regions() {
    List<Metrics> rows = new ArrayList<>();
    facts.byRegion.forEach((region, faults) -> {
      if (faults.count() > 0) {
        rows.add(summed(new Metrics().put("region", region.replace('_', '-')), faults));
      }
    });
    return rows;
  }

  private List<Metrics> stalls() {
    List<Metrics> rows = new ArrayList<>();
    for (String kind : MemoryFacts.STALLS) {
      Distribution stalls = facts.distribution("stall_" + kind);
      if (stalls.count() > 0) {
        rows.add(summed(new Metrics().put("kind", kind.replace('_', '-')), stalls));
      }
    }
    return rows;
  }

  private static Metrics summed(Metrics row, Distribution distribution) {
    return row.put("count", distribution.count())
        .put("total_ns", distribution.total())
        .put("max_ns", distribution.max());
  }

  private Metrics flushes() {
    Metrics byReason = new Metrics();
    for (String reason : MemoryFacts.FLUSH_REASONS) {
      byReason.put(reason, facts.total("tlb_" + reason), NO_COUNTER);
    }
    return byReason.put("remote_send_ipi", facts.total("shootdowns_sent"), NO_COUNTER);
  }

  private List<Metrics> shootdownsByCpu() {
    return recording.subjectCounts(MemoryFacts.MODULE, "shootdowns_received").entrySet().stream()
        .sorted(Comparator.comparingLong((Map.Entry<Subject, Long> cpu) -> cpu.getKey().id()))
        .map(cpu -> new Metrics().put("cpu", cpu.getKey().id()).put("count", cpu.getValue()))
        .toList();
  }

  private Metrics hugePages() {
    Metrics pages = new Metrics();
    pages.put("collapsed", facts.collapses("huge_pages_collapsed"), NO_COUNTER);
    pages.put("collapses_failed", facts.collapses("huge_page_collapses_failed"), NO_COUNTER);
    // No tracepoint has the process.
    pages.put("split_on_host", facts.onHost("thp_split_page"), NO_COUNTER);
    return pages.put("mappings_split_on_host", facts.onHost("thp_split_pmd"), NO_COUNTER);
  }

  private Metrics numa() {
    Metrics numa = new Metrics();
    numa.put(
        "remote_fault_count",
        events.locatedFaults() > 0 ? OptionalLong.of(events.remoteFaults()) : OptionalLong.empty(),
        NO_NODE_OF_PAGE);
    // Below the threshold a fault has no event, and nobody asks where its page is.
    numa.put("faults_located", events.locatedFaults());
    numa.put("pages_migrated", facts.total("pages_migrated"), NO_COUNTER);
    numa.put("pages_migrated_by_balancing", facts.total("pages_migrated_numa"), NO_COUNTER);
    List<Metrics> placement = new ArrayList<>();
    for (MemoryFacts.Placement one : facts.placements()) {
      one.byNode()
          .forEach((node, pages) ->
              placement.add(
                  new Metrics()
                      .put("region", one.region())
                      .put("node", node)
                      .put("sampled_pages", pages)
                      .put("share", (double) pages / one.sampled())));
    }
    return numa.put("placement", placement);
  }

  private Metrics thread(ThreadId named) {
    ThreadId thread = recording.latest(named);
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("java_tid", thread.isJava() ? (Long) thread.javaId() : null);
    row.put("jvm_service", ServiceThreads.contains(thread.name()));
    row.put("minor_faults", facts.of(named, "minor_faults"));
    row.put("major_faults", facts.of(named, "major_faults"));
    row.put("tlb_shootdowns_received", facts.of(named, "shootdowns_received"));
    row.put("tlb_shootdowns_sent", facts.of(named, "shootdowns_sent"));
    return row.put(
        "faults", Percentiles.ofMany(facts.faults(named), facts.faultsMeasured, NO_FAULTS));
  }

  private Metrics fault(PageFault fault) {
    ThreadId thread = recording.latest(fault.thread());
    Metrics row = new Metrics();
    row.put("thread", thread.name());
    row.put("os_tid", thread.osTid());
    row.put("at", Instants.iso(fault.start()));
    row.put("at_ns", fault.start());
    row.put("duration_ns", fault.duration());
    row.put("cpu", fault.cpu());
    row.put("kind", fault.major() ? "major" : "minor");
    row.put("access", fault.access());
    row.put("region", fault.region());
    row.put("file", fault.file());
    return row.put("file_offset", fault.file() == null ? null : (Long) fault.offset());
  }
}
