package latencyscope.analysis.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.evidence.Evidence;
import latencyscope.analysis.evidence.Question;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.recording.Recording;

/**
 * Answers the network module's questions: were packets of the target dropped, did they reach it in
 * time, was a device emptied whenever it was polled.
 */
final class NetworkVerdicts {
  private final NetworkFacts facts;
  private final NetworkFindings findings;
  private final String watched;
  private final Evidence evidence;

  NetworkVerdicts(NetworkFacts facts, NetworkFindings findings, Recording recording) {
    this.facts = facts;
    this.findings = findings;
    watched = recording.capture().networkInterface();
    evidence = Evidence.of(recording);
  }

  List<Verdict> all() {
    List<Verdict> verdicts = new ArrayList<>();
    drops(verdicts);
    deliveries(verdicts);
    polls(verdicts);
    verdicts.sort(Comparator.comparing(Verdict::severity).reversed());
    return verdicts;
  }

  private void drops(List<Verdict> verdicts) {
    long target = facts.lostPackets().stream().mapToLong(NetworkFacts.SocketDrops::count).sum();
    long copies =
        facts.drops.stream()
            .filter(NetworkFacts.Drops::ofCopies)
            .mapToLong(NetworkFacts.Drops::count)
            .sum();
    long all = facts.drops.stream().mapToLong(NetworkFacts.Drops::count).sum();
    long atInterface = watched.isEmpty() ? 0 : facts.dropsAt(watched);
    if (target > 0) {
      String text = "Packets dropped on the target's sockets: " + Count.words(target);
      verdicts.add(ofFirst(Severity.FAIL, text, findings.atSockets()).about(Question.DROPS));
    }
    if (atInterface > 0) {
      String text = "Packets dropped on " + watched + ": " + Count.words(atInterface);
      // Without a separate finding, all of them were on the target's sockets.
      List<Finding> drops =
          findings.atInterface().isEmpty() ? findings.atSockets() : findings.atInterface();
      verdicts.add(ofFirst(Severity.FAIL, text, drops).about(Question.DROPS));
    }
    if (target + atInterface == 0) {
      List<String> others = new ArrayList<>();
      if (copies > 0) {
        others.add(Count.words(copies, "copy", "copies") + " of received data");
      }
      if (all > copies) {
        others.add(Count.words(all - copies) + " elsewhere");
      }
      String whose = watched.isEmpty() ? "the target's sockets" : watched;
      String besides =
          others.isEmpty() ? "" : " (" + String.join(", ", others) + ", see the table)";
      verdicts.add(none(Question.DROPS, "No packet dropped on " + whose + besides));
    }
  }

  private void deliveries(List<Verdict> verdicts) {
    long slow = facts.ofThreads("deliveries_slow").orElse(0);
    if (slow > 0) {
      String text = "Packets read more than 1 ms after their arrival: " + Count.words(slow);
      verdicts.add(ofFirst(Severity.WARN, text, findings.slow()).about(Question.DELIVERIES));
    } else {
      verdicts.add(none(Question.DELIVERIES, inTime()));
    }
  }

  private String inTime() {
    long untimed = facts.ofThreads("deliveries_untimed").orElse(0);
    return untimed == 0
        ? "Every packet was read within 1 ms of its arrival"
        : "Every packet with a known arrival time was read within 1 ms ("
            + Count.words(untimed)
            + " reads are not timed)";
  }

  private Verdict none(Question question, String text) {
    return Verdict.none(question, evidence, text);
  }

  private void polls(List<Verdict> verdicts) {
    long exhausted = facts.ofDevices(NetworkFacts.Device::exhausted).orElse(0);
    if (exhausted > 0) {
      String text = "Polls that exhausted their budget: " + Count.words(exhausted);
      verdicts.add(ofFirst(Severity.WARN, text, findings.exhausted()).about(Question.POLLS));
    } else {
      verdicts.add(none(Question.POLLS, "No poll exhausted its budget"));
    }
  }

  private static Verdict ofFirst(Severity severity, String text, List<Finding> findings) {
    Finding worst = findings.isEmpty() ? null : findings.get(0);
    return new Verdict(severity, text, worst, worst == null ? null : worst.title(), null);
  }
}
