package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import latencyscope.recording.Recording;

/**
 * Answers the network module's questions: were packets of the target dropped, did they reach it in
 * time, was a device emptied whenever it was polled.
 */
final class NetworkVerdicts {
  private final NetworkFacts facts;
  private final List<Finding> findings;
  private final String watched;

  NetworkVerdicts(NetworkFacts facts, List<Finding> findings, Recording recording) {
    this.facts = facts;
    this.findings = findings;
    watched = recording.capture().networkInterface();
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
    if (!facts.dropsMeasured()) {
      verdicts.add(notCounted("Dropped packets"));
      return;
    }
    long target = facts.socketDrops.stream().mapToLong(NetworkFacts.SocketDrops::count).sum();
    long all = facts.drops.stream().mapToLong(NetworkFacts.Drops::count).sum();
    long atInterface = watched.isEmpty() ? 0 : facts.dropsAt(watched);
    if (target > 0) {
      String text = "Packets dropped on the target's sockets: " + count(target);
      verdicts.add(ofFirst(Severity.FAIL, text, f -> f.title().contains(" dropped packets of ")));
    }
    if (atInterface > 0) {
      String text = "Packets dropped on " + watched + ": " + count(atInterface);
      verdicts.add(ofFirst(Severity.FAIL, text, f -> f.severity() == Severity.FAIL));
    }
    if (target + atInterface == 0) {
      String others = all == 0 ? "" : " (" + count(all) + " of others, see the table)";
      String whose = watched.isEmpty() ? "the target's sockets" : watched;
      verdicts.add(Verdict.of(Severity.PASS, "No packet dropped on " + whose + others));
    }
  }

  private void deliveries(List<Verdict> verdicts) {
    if (!facts.deliveriesMeasured()) {
      verdicts.add(notCounted("Deliveries to sockets"));
      return;
    }
    long slow = facts.ofThreads("deliveries_slow").orElse(0);
    if (slow > 0) {
      String text = "Packets read more than 1 ms after their arrival: " + count(slow);
      verdicts.add(
          ofFirst(Severity.WARN, text, f -> f.severity() == Severity.WARN && f.thread() != null));
    } else {
      verdicts.add(Verdict.of(Severity.PASS, "Every packet was read within 1 ms of its arrival"));
    }
  }

  private void polls(List<Verdict> verdicts) {
    if (!facts.pollsMeasured()) {
      verdicts.add(notCounted("NAPI polls"));
      return;
    }
    long exhausted = facts.ofDevices(NetworkFacts.Device::exhausted).orElse(0);
    if (exhausted > 0) {
      String text = "Polls that exhausted their budget: " + count(exhausted);
      verdicts.add(ofFirst(Severity.WARN, text, f -> f.title().startsWith("polls of ")));
    } else {
      verdicts.add(Verdict.of(Severity.PASS, "No poll exhausted its budget"));
    }
  }

  private Verdict ofFirst(Severity severity, String text, Predicate<Finding> about) {
    Finding worst = findings.stream().filter(about).findFirst().orElse(null);
    return new Verdict(severity, text, worst, worst == null ? null : worst.title(), null);
  }

  // Without the kernel's count "none" would be a guess.
  private static Verdict notCounted(String what) {
    return Verdict.of(Severity.WARN, what + " were not counted: see the capture's probes");
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
