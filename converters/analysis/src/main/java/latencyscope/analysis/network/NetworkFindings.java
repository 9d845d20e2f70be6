package latencyscope.analysis.network;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import latencyscope.analysis.finding.Cost;
import latencyscope.analysis.finding.Count;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.HostSettings;
import latencyscope.analysis.finding.Kind;
import latencyscope.analysis.finding.Named;
import latencyscope.analysis.finding.Severity;
import latencyscope.analysis.network.NetworkEvents.DeliveryKey;
import latencyscope.analysis.network.NetworkEvents.Endpoint;
import latencyscope.analysis.tally.Tally;
import latencyscope.recording.Nanos;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/** Names what was dropped where and why, and which deliveries and polls were bad. */
final class NetworkFindings {
  private static final Comparator<Finding> WORST =
      Comparator.comparingLong((Finding f) -> f.worstNs() == null ? 0 : f.worstNs()).reversed();

  private final Recording recording;
  private final NetworkFacts facts;
  private final NetworkEvents events;
  private final NetworkRemedy remedy;
  private final String watched;
  private final List<Finding> atSockets;
  private final List<Finding> atInterface;
  private final List<Finding> slow;
  private final List<Finding> exhausted;

  NetworkFindings(Recording recording, NetworkFacts facts, NetworkEvents events) {
    this.recording = recording;
    this.facts = facts;
    this.events = events;
    remedy = new NetworkRemedy(new HostSettings(recording.hostFacts()));
    watched = recording.capture().networkInterface();
    atSockets = facts.lostPackets().stream().map(this::atSocket).toList();
    atInterface = findAtInterface();
    slow = findSlow();
    exhausted = findExhausted();
  }

  /** All findings, the worst first. */
  List<Finding> all() {
    return Stream.of(
            atSockets,
            atInterface,
            Stream.of(slow, exhausted).flatMap(List::stream).sorted(WORST).toList())
        .flatMap(List::stream)
        .toList();
  }

  /** Drops on sockets of the target. */
  List<Finding> atSockets() {
    return atSockets;
  }

  /** Other drops on the interface that is watched; none if none is. */
  List<Finding> atInterface() {
    return atInterface;
  }

  /** Deliveries that were late, the worst first. */
  List<Finding> slow() {
    return slow;
  }

  /** Devices whose polls ended before they were empty, the worst first. */
  List<Finding> exhausted() {
    return exhausted;
  }

  private List<Finding> findAtInterface() {
    return facts.drops.stream()
        .filter(drops -> !watched.isEmpty() && watched.equals(drops.device()))
        .filter(drops -> !drops.ofCopies() && drops.count() > ofTarget(drops.reason()))
        .map(this::atInterface)
        .toList();
  }

  private List<Finding> findSlow() {
    return events.slow.by(key -> key, key -> true).entrySet().stream()
        .map(slow -> slow(slow.getKey(), slow.getValue()))
        .sorted(WORST)
        .toList();
  }

  private List<Finding> findExhausted() {
    return facts.devices.stream()
        .filter(device -> device.exhausted() > 0)
        .map(this::exhausted)
        .sorted(WORST)
        .toList();
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

  private Finding drop(
      String title, ThreadId thread, String reason, long count, PacketDrop example, String device) {
    return new Finding(
            NetworkFacts.MODULE,
            Severity.FAIL,
            title,
            thread,
            example == null ? null : Named.of(example.location()),
            new Cost(count, null, null, example == null ? null : (Long) example.start()),
            evidence(count, example, device),
            remedy.againstDrops(reason, device))
        .about(Kind.DROP);
  }

  private static String evidence(long count, PacketDrop example, String device) {
    StringBuilder text = new StringBuilder(Count.words(count, "packet"));
    if (device != null) {
      boolean outgoing = example != null && example.outgoing();
      text.append(outgoing ? " sent through " : " received on ").append(device);
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
                ? "the network stack delayed packets of " + thread.name() + " (" + socket + ")"
                : thread.name() + " was slow to read " + socket,
            thread,
            Named.of(key.lateInStack() ? "network stack" : thread.name()),
            new Cost(sum.count(), sum.total(), worst.duration(), worst.start()),
            String.format(
                Locale.ROOT,
                "%s longer than 1 ms. In the worst, the network stack took %s and the wait for"
                    + " the reader %s; %s queued behind it.",
                Count.words(sum.count(), "delivery", "deliveries"),
                Nanos.words(worst.stack()),
                Nanos.words(worst.queue()),
                worst.behind() == 1
                    ? "1 packet was"
                    : String.format(Locale.ROOT, "%,d packets were", worst.behind())),
            remedy.againstSlowness(worst))
        .about(Kind.DELIVERY);
  }

  private Finding exhausted(NetworkFacts.Device device) {
    Tally.Sum<NapiPoll> seen = events.exhausted.all(device.name()::equals);
    NapiPoll worst = seen == null ? null : seen.worst();
    return new Finding(
        NetworkFacts.MODULE,
        Severity.WARN,
        "polls of " + device.name() + " exhausted their budget",
        null,
        Named.of(device.name()),
        new Cost(
            device.exhausted(),
            seen == null ? null : (Long) seen.total(),
            worst == null ? null : (Long) worst.duration(),
            worst == null ? null : (Long) worst.start()),
        String.format(
            Locale.ROOT,
            "%,d of %s; all polls together took %s%s.",
            device.exhausted(),
            Count.words(device.polls(), "poll"),
            Count.words(device.work(), "packet"),
            worst == null
                ? ""
                : String.format(
                    Locale.ROOT, "; the largest took %,d on CPU %d", worst.work(), worst.cpu())),
        remedy.againstExhaustion(device.name()));
  }
}
