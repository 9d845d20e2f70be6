package latencyscope.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import latencyscope.analysis.NetworkEvents.DeliveryKey;
import latencyscope.analysis.NetworkEvents.Endpoint;
import latencyscope.recording.Recording;
import latencyscope.recording.ThreadId;

/** Names what was dropped where and why, and which deliveries and polls were bad. */
final class NetworkFindings {
  private final Recording recording;
  private final NetworkFacts facts;
  private final NetworkEvents events;
  private final String watched;

  NetworkFindings(Recording recording, NetworkFacts facts, NetworkEvents events) {
    this.recording = recording;
    this.facts = facts;
    this.events = events;
    watched = recording.capture().networkInterface();
  }

  /** All findings, the worst first. */
  List<Finding> all() {
    List<Finding> findings = new ArrayList<>();
    facts.socketDrops.forEach(drops -> findings.add(atSocket(drops)));
    if (!watched.isEmpty()) {
      facts.drops.stream()
          .filter(drops -> watched.equals(drops.device()))
          .filter(drops -> drops.count() > ofTarget(drops.reason()))
          .forEach(drops -> findings.add(atInterface(drops)));
    }
    List<Finding> warnings = new ArrayList<>();
    slow().forEach((key, sum) -> warnings.add(slow(key, sum)));
    facts.devices.stream()
        .filter(device -> device.exhausted() > 0)
        .forEach(device -> warnings.add(exhausted(device)));
    warnings.sort(
        Comparator.comparingLong((Finding f) -> f.worstNs() == null ? 0 : f.worstNs()).reversed());
    findings.addAll(warnings);
    return findings;
  }

  Map<DeliveryKey, Tally.Sum<SocketDelivery>> slow() {
    return events.slow.by(key -> key, key -> true);
  }

  private long ofTarget(String reason) {
    return facts.socketDrops.stream()
        .filter(drops -> drops.reason().equals(reason))
        .mapToLong(NetworkFacts.SocketDrops::count)
        .sum();
  }

  private Finding atSocket(NetworkFacts.SocketDrops drops) {
    Endpoint socket = drops.socket();
    PacketDrop example = events.example(eventReason(drops.reason()), null, socket);
    ThreadId thread = thread(example, socket);
    return drop(
        drops.reason()
            + " dropped packets of "
            + (thread == null ? socket.describe() : thread.name() + " (" + socket.describe() + ")"),
        thread,
        drops.reason(),
        drops.count(),
        example,
        example == null ? null : example.device());
  }

  private Finding atInterface(NetworkFacts.Drops drops) {
    PacketDrop example = events.example(eventReason(drops.reason()), drops.device(), null);
    return drop(
        drops.reason() + " dropped packets on " + drops.device(),
        null,
        drops.reason(),
        drops.count(),
        example,
        drops.device());
  }

  // Who sent it, if it was dropped on its way out; else who reads that socket.
  private ThreadId thread(PacketDrop example, Endpoint socket) {
    boolean sent = example != null && example.outgoing() && example.thread().osTid() != 0;
    ThreadId thread = sent ? example.thread() : events.reader(socket);
    return thread == null ? null : recording.latest(thread);
  }

  private static String eventReason(String reason) {
    return reason.equals(NetworkFacts.NO_REASON) ? null : reason;
  }

  private static Finding drop(
      String title, ThreadId thread, String reason, long count, PacketDrop example, String device) {
    return new Finding(
        NetworkFacts.MODULE,
        Severity.FAIL,
        title,
        thread,
        example == null ? null : example.location(),
        count,
        null,
        null,
        example == null ? null : example.start(),
        evidence(count, example, device),
        NetworkRemedy.againstDrops(reason, device));
  }

  private static String evidence(long count, PacketDrop example, String device) {
    StringBuilder text = new StringBuilder(plural(count, "packet"));
    if (device != null) {
      boolean outgoing = example != null && example.outgoing();
      text.append(outgoing ? " on the way out by " : " that came in by ").append(device);
    }
    if (example != null && example.location() != null) {
      text.append(", dropped by the kernel's ").append(example.location());
    }
    return text.append('.').toString();
  }

  private Finding slow(DeliveryKey key, Tally.Sum<SocketDelivery> sum) {
    SocketDelivery worst = sum.worst();
    ThreadId thread = recording.latest(key.thread());
    String socket = key.socket().describe();
    return new Finding(
        NetworkFacts.MODULE,
        Severity.WARN,
        key.lateInStack()
            ? "the network stack was late with packets of " + thread.name() + " (" + socket + ")"
            : thread.name() + " was late to read " + socket,
        thread,
        key.lateInStack() ? "network stack" : thread.name(),
        sum.count(),
        sum.total(),
        worst.duration(),
        worst.start(),
        String.format(
            Locale.ROOT,
            "%s of more than 1 ms. Of the worst, the network stack took %,d ns, the wait for the"
                + " reader %,d ns; %s left in the queue behind it.",
            sum.count() == 1
                ? "1 delivery"
                : String.format(Locale.ROOT, "%,d deliveries", sum.count()),
            worst.stack(),
            worst.queue(),
            worst.behind() == 1
                ? "1 packet was"
                : String.format(Locale.ROOT, "%,d packets were", worst.behind())),
        NetworkRemedy.againstSlowness(worst));
  }

  private Finding exhausted(NetworkFacts.Device device) {
    Tally.Sum<NapiPoll> seen = events.exhausted.all(device.name()::equals);
    NapiPoll worst = seen == null ? null : seen.worst();
    return new Finding(
        NetworkFacts.MODULE,
        Severity.WARN,
        "polls of " + device.name() + " took all that their budget allowed",
        null,
        device.name(),
        device.exhausted(),
        seen == null ? null : seen.total(),
        worst == null ? null : worst.duration(),
        worst == null ? null : worst.start(),
        String.format(
            Locale.ROOT,
            "%,d of %s, which took %s in all%s.",
            device.exhausted(),
            plural(device.polls(), "poll"),
            plural(device.work(), "packet"),
            worst == null
                ? ""
                : String.format(
                    Locale.ROOT, "; the longest took %,d on CPU %d", worst.work(), worst.cpu())),
        NetworkRemedy.againstExhaustion(device.name()));
  }

  private static String plural(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
  }
}
