package latencyscope.analysis.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BinaryOperator;
import latencyscope.analysis.Culprits;
import latencyscope.analysis.FindingOrder;
import latencyscope.analysis.ServiceThreads;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.finding.Task;
import latencyscope.analysis.tally.Tally;
import latencyscope.analysis.tally.Timed;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.thread.ThreadId;

/**
 * Names which thread paid for which memory, and who made it.
 *
 * <p>Minor faults and shootdowns are the way memory works: they are findings where a thread was
 * meant to be undisturbed, on CPUs given or isolated for the target (if all its faults together
 * took as long as one slow interrupt does), or where they cost a thread more than a share of its
 * time. The JVM's own threads are held to the latter alone, and never worse than a warning.
 */
final class MemoryFindings {
  /** From this share of the captured time on, minor faults of a thread matter wherever it runs. */
  private static final double SHARE = 0.001;

  /** From here on a single minor fault matters: clearing a page takes a hundredth of it. */
  private static final long LONG_FAULT_NS = Question.LONG_FAULT_NS;

  /** From here on minor faults of a thread matter in all on CPUs that are meant for the target. */
  private static final long GUARDED_NS = 50_000;

  /** From this rate on, shootdowns that a thread receives matter wherever it runs. */
  private static final double SHOOTDOWNS_PER_SECOND = 100;

  /** Senders of fewer shootdowns to a thread are not named, but for the one of most. */
  private static final long OFTEN = 10;

  private static final double SECOND_NS = 1e9;

  // Of as many the costlier, and so on: which came first is another in Mission Control.
  private static final Comparator<Tally.Sum<TlbShootdown>> OFTENEST =
      Comparator.comparingLong((Tally.Sum<TlbShootdown> sum) -> sum.count())
          .thenComparingLong(Tally.Sum::total)
          .thenComparing(Tally.Sum::worst, Timed.byCost(TlbShootdown::duration));

  private final Recording recording;
  private final MemoryFacts facts;
  private final MemoryEvents events;
  private final Culprits culprits;
  private final MemoryRemedy remedy;
  private final List<Finding> majorFaults;
  private final List<Finding> minorFaults;
  private final List<Finding> shootdowns;
  private final List<Finding> stalls;

  MemoryFindings(Recording recording, MemoryFacts facts, MemoryEvents events) {
    this.recording = recording;
    this.facts = facts;
    this.events = events;
    culprits = new Culprits(recording);
    remedy = new MemoryRemedy(recording, culprits);
    majorFaults = findMajorFaults();
    minorFaults = findMinorFaults();
    shootdowns = findShootdowns();
    stalls = findStalls();
  }

  /** All findings, the worst first; application threads before the JVM's own. */
  List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(majorFaults);
    findings.addAll(minorFaults);
    findings.addAll(shootdowns);
    findings.addAll(stalls);
    findings.sort(FindingOrder.COSTLIEST_FIRST);
    return findings;
  }

  /** Major faults: of the engine's threads never to be seen, of the JVM's own worth knowing. */
  List<Finding> majorFaults() {
    return majorFaults;
  }

  private List<Finding> findMajorFaults() {
    List<Finding> findings = new ArrayList<>();
    events
        .faults
        .by(key -> new Where(key.thread(), key.region()), MemoryEvents.FaultKey::major)
        .forEach((where, sum) -> {
          ThreadId thread = recording.latest(where.thread());
          if (!Culprits.isOwn(thread.name())) {
            MemoryEvents.FaultKey key =
                new MemoryEvents.FaultKey(where.thread(), true, where.region());
            String file = sum.worst().file();
            String load = file == null ? null : events.files.of(key, file);
            findings.add(major(thread, where.region(), sum, load));
          }
        });
    return findings;
  }

  /** What distinguishes findings about faults. */
  private record Where(ThreadId thread, String region) {}

  private Finding major(ThreadId thread, String region, Tally.Sum<PageFault> sum, String load) {
    PageFault worst = sum.worst();
    return new Finding(
            MemoryFacts.MODULE,
            ServiceThreads.contains(thread.name()) ? Severity.WARN : Severity.FAIL,
            thread.name() + " waited for major page faults (" + region + ")",
            thread,
            Named.of(worst.file()),
            new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
            String.format(
                    Locale.ROOT,
                    "%,d of the thread's %,d major page faults. The worst, on CPU %d, was a %s of"
                        + " %s.",
                    sum.count(),
                    Math.max(sum.count(), facts.of(thread, "major_faults")),
                    worst.cpu(),
                    worst.access(),
                    worst.place())
                + places(worst.thread(), true),
            remedy.againstMajor(load))
        .about(Kind.MAJOR_FAULT)
        .at(stack(worst.thread(), true));
  }

  /** Minor faults of a thread, where they matter. */
  List<Finding> minorFaults() {
    return minorFaults;
  }

  private List<Finding> findMinorFaults() {
    List<Finding> findings = new ArrayList<>();
    for (ThreadId named : facts.threads()) {
      ThreadId thread = recording.latest(named);
      long count = facts.of(named, "minor_faults");
      Distribution major = facts.of(named, "major_fault", Distribution.EMPTY);
      long total = Math.max(0, facts.faults(named).total() - major.total());
      PageFault worst = events.worstMinor(named);
      boolean service = ServiceThreads.contains(thread.name());
      boolean guarded =
          !service && facts.of(named, "minor_faults_monitored") > 0 && total >= GUARDED_NS;
      boolean costly = total > SHARE * facts.durationNs;
      boolean longOne = !service && worst != null && worst.duration() >= LONG_FAULT_NS;
      if (count > 0 && facts.durationNs > 0 && (guarded || costly || longOne)) {
        findings.add(minor(thread, named, count, total, worst));
      }
    }
    return findings;
  }

  private Finding minor(ThreadId thread, ThreadId named, long count, long total, PageFault worst) {
    String region = costliestRegion(named);
    return new Finding(
            MemoryFacts.MODULE,
            Severity.WARN,
            thread.name() + " took minor page faults (" + region + ")",
            thread,
            null,
            new Cost(
                count,
                total,
                worst == null ? null : (Long) worst.duration(),
                worst == null ? null : (Long) worst.start()),
            String.format(Locale.ROOT, "%,d minor page faults: %s.", count, regions(named))
                + places(named, false),
            remedy.againstMinor(region))
        .about(Kind.MINOR_FAULT)
        .at(stack(named, false));
  }

  private String places(ThreadId thread, boolean isMajor) {
    return events.places.costliest(thread, isMajor).map(place -> " " + place.words()).orElse("");
  }

  private List<String> stack(ThreadId thread, boolean isMajor) {
    return events
        .places
        .costliest(thread, isMajor)
        .map(FaultPlaces.Place::frames)
        .orElse(List.of());
  }

  /** Minor faults of a thread in a region: the kernel's distribution holds major ones, too. */
  private record Share(long count, long totalNs) {}

  private Share minor(ThreadId thread, String region) {
    Distribution all = facts.of(thread, "fault_" + region, Distribution.EMPTY);
    MemoryEvents.FaultKey wanted =
        new MemoryEvents.FaultKey(thread, true, region.replace('_', '-'));
    Tally.Sum<PageFault> major = events.faults.all(wanted::equals);
    return major == null
        ? new Share(all.count(), all.total())
        : new Share(
            Math.max(0, all.count() - major.count()), Math.max(0, all.total() - major.total()));
  }

  private String costliestRegion(ThreadId thread) {
    return MemoryFacts.REGIONS.stream()
        .max(Comparator.comparingLong(region -> minor(thread, region).totalNs()))
        .map(region -> region.replace('_', '-'))
        .orElseThrow();
  }

  private String regions(ThreadId thread) {
    List<String> parts = new ArrayList<>();
    for (String region : MemoryFacts.REGIONS) {
      Share share = minor(thread, region);
      if (share.count() > 0) {
        parts.add(
            String.format(
                Locale.ROOT,
                "%,d in %s (%,d µs)",
                share.count(),
                region.replace('_', '-'),
                share.totalNs() / 1_000));
      }
    }
    return String.join(", ", parts);
  }

  /** What distinguishes findings about shootdowns. */
  private record Shot(ThreadId thread, Task sender) {}

  /** Shootdowns that a thread received, where they matter. */
  List<Finding> shootdowns() {
    return shootdowns;
  }

  private List<Finding> findShootdowns() {
    List<Finding> findings = new ArrayList<>();
    Map<ThreadId, Tally.Sum<TlbShootdown>> most = new HashMap<>();
    Map<Shot, Tally.Sum<TlbShootdown>> shots =
        events.shootdowns.by(
            key -> new Shot(key.thread(), sender(key.sender())), key -> matters(key.thread()));
    shots.forEach((shot, sum) -> most.merge(shot.thread(), sum, BinaryOperator.maxBy(OFTENEST)));
    shots.forEach((shot, sum) -> {
      // Everybody sends one now and then: named are those who do it often, or most often.
      if (sum.count() >= OFTEN || sum == most.get(shot.thread())) {
        findings.add(shootdowns(shot.thread(), sum));
      }
    });
    return findings;
  }

  private Finding shootdowns(ThreadId named, Tally.Sum<TlbShootdown> sum) {
    ThreadId thread = recording.latest(named);
    TlbShootdown worst = sum.worst();
    Task sender = worst.sender() == null ? null : culprits.named(worst.sender());
    return new Finding(
            MemoryFacts.MODULE,
            Severity.WARN,
            (sender == null ? "Another CPU" : sender.name())
                + " sent TLB shootdowns to "
                + thread.name(),
            thread,
            sender,
            new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
            String.format(
                Locale.ROOT,
                "%,d of the %,d shootdowns that the thread received, the worst on CPU %d. Interrupt"
                    + " entry and exit are not included.",
                sum.count(),
                Math.max(sum.count(), facts.of(named, "shootdowns_received")),
                worst.cpu()),
            remedy.againstShootdowns(sender))
        .about(Kind.SHOOTDOWN);
  }

  private Task sender(Task sender) {
    return sender == null ? null : culprits.grouped(sender);
  }

  private boolean matters(ThreadId thread) {
    if (ServiceThreads.contains(recording.latest(thread).name())
        || Culprits.isOwn(thread.name())
        || facts.durationNs == 0) {
      return false;
    }
    double perSecond = facts.of(thread, "shootdowns_received") * SECOND_NS / facts.durationNs;
    return facts.of(thread, "shootdowns_received_monitored") > 0
        || perSecond >= SHOOTDOWNS_PER_SECOND;
  }

  /** Work of the kernel on memory in a thread's own time. */
  List<Finding> stalls() {
    return stalls;
  }

  private List<Finding> findStalls() {
    List<Finding> findings = new ArrayList<>();
    events
        .stalls
        .by(key -> key, key -> !Culprits.isOwn(key.thread().name()))
        .forEach((key, sum) -> {
          ThreadId thread = recording.latest(key.thread());
          MemoryStall worst = sum.worst();
          String what = key.reason() == null ? key.kind() : key.kind() + ", " + key.reason();
          findings.add(
              new Finding(
                      MemoryFacts.MODULE,
                      Severity.WARN,
                      thread.name() + " stalled in memory management (" + what + ")",
                      thread,
                      null,
                      new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
                      "The worst was on CPU " + worst.cpu() + pages(worst) + ".",
                      remedy.againstStalls(worst))
                  .about(Kind.MEMORY_STALL));
        });
    return findings;
  }

  // Of a compaction the kernel does not say how many.
  private static String pages(MemoryStall stall) {
    return stall.pages() == 0 ? "" : String.format(Locale.ROOT, ", of %,d pages", stall.pages());
  }
}
