package latencyscope.analysis.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Remedy;
import latencyscope.analysis.finding.Severity;
import latencyscope.ledger.Segment;
import latencyscope.ledger.lost.LostTime;
import latencyscope.ledger.lost.Stop;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.JvmInfo;

/**
 * What the JVM stopped threads for: no verdict is on it, because every JVM does so, but it costs
 * time as any other cause does.
 */
final class Stopped {
  private static final String MODULE = "jvm";

  private final LostTime lost;
  private final Recording recording;
  private final long starvedNs;

  /**
   * @param others what else was found: pauses that were longer because a worker of the collector
   *     did not run are a cause of their own, whose time is not the collection's
   */
  Stopped(LostTime lost, Recording recording, List<Finding> others) {
    this.lost = lost;
    this.recording = recording;
    starvedNs =
        others.stream()
            .filter(finding -> finding.kind() == Kind.PAUSE)
            .filter(finding -> !Role.of(finding.thread().name()).isStopped())
            .mapToLong(finding -> finding.cost().totalOrZero())
            .sum();
  }

  List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (ThreadLoss loss : lost.threads()) {
      Map<Stop, List<Segment>> byStop = new LinkedHashMap<>();
      for (Segment segment : loss.stretches()) {
        Stop stop = lost.stop(segment);
        if (stop != null && stop.operation() != null) {
          Stop known = stop.isCollection() ? new Stop(null, stop.gcCause()) : stop;
          byStop.computeIfAbsent(known, s -> new ArrayList<>()).add(segment);
        }
      }
      byStop.forEach((stop, segments) -> findings.add(finding(loss, stop, segments)));
    }
    return findings;
  }

  private Finding finding(ThreadLoss loss, Stop stop, List<Segment> segments) {
    long ns = segments.stream().mapToLong(Segment::ns).sum();
    Segment worst = segments.stream().max(Comparator.comparingLong(Segment::ns)).orElseThrow();
    return new Finding(
            MODULE,
            Severity.WARN,
            stop.words() + " stopped " + loss.thread().name(),
            loss.thread(),
            Named.of(stop.words()),
            new Cost(
                segments.size(),
                stop.isCollection() ? Math.max(0, ns - starvedNs) : ns,
                worst.ns(),
                worst.start()),
            null,
            remedies(stop))
        .about(Kind.STOP);
  }

  private List<Remedy> remedies(Stop stop) {
    if (!stop.isCollection()) {
      return List.of();
    }
    if (stop.gcCause().equals("System.gc()")) {
      return List.of(
          Remedy.of(
              "The application asks for collections. Let the JVM ignore System.gc():",
              "-XX:+DisableExplicitGC"));
    }
    boolean pausesShortly =
        recording.jvm().map(JvmInfo::collector).filter(Stopped::isConcurrent).isPresent();
    return pausesShortly
        ? List.of(Remedy.of("Allocate less while trading."))
        : List.of(
            Remedy.of(
                "Allocate less while trading, or choose the collector that pauses for less than a"
                    + " millisecond:",
                "-XX:+UseZGC"));
  }

  private static boolean isConcurrent(String collector) {
    return collector.startsWith("Z") || collector.startsWith("Shenandoah");
  }
}
