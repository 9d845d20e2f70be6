package latencyscope.analysis.network;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.ToLongFunction;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.network.NetworkEvents.Endpoint;
import latencyscope.recording.Recording;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.Subject;
import latencyscope.recording.fact.CounterTotals;
import latencyscope.recording.thread.ThreadId;

/**
 * What the kernel counted for the network module: every occurrence, whatever was lost of the
 * events.
 */
final class NetworkFacts {
  static final String MODULE = "network";

  /** What is dropped without the kernel's giving a reason. */
  static final String NO_REASON = "NOT_SPECIFIED";

  // How the kernel side composes the ids of its subjects.
  private static final int DEVICE_BITS = 44;
  private static final long DEVICE_MASK = (1L << DEVICE_BITS) - 1;
  private static final String[] PROTOCOLS = {"other", "tcp", "udp"};

  /** What a device's CPUs counted, together. */
  record Device(
      String name,
      long packets,
      long polls,
      long work,
      long exhausted,
      long untimed,
      long drops,
      Distribution poll) {}

  /**
   * Packets dropped for one reason at one device.
   *
   * @param device null if there was none, or it is not known
   */
  record Drops(String reason, String device, long count) {
    /** Whether they were dropped because a queue of a device, or of a CPU for devices, was full. */
    boolean ofQueue() {
      return reason.startsWith("QDISC_")
          || reason.startsWith("FQ_")
          || reason.startsWith("CAKE_")
          || reason.startsWith("DUALPI2_")
          || reason.equals("CPU_BACKLOG")
          || reason.equals("FULL_RING");
    }

    /** Whether they were copies of what had arrived before, so that nothing was lost. */
    boolean ofCopies() {
      return COPIES.contains(reason);
    }
  }

  /** Packets dropped for one reason on their way to or from one socket of the target. */
  record SocketDrops(String reason, Endpoint socket, long count) {}

  /** Deliveries to one thread. */
  record Reader(ThreadId thread, Distribution all, Distribution stack, Distribution queue) {}

  // A sender that got no acknowledgment in time sends again, although nothing was lost. Linux's
  // include/net/dropreason-core.h says of these that the data had been received before.
  private static final Set<String> COPIES =
      Set.of("TCP_OLD_DATA", "TCP_OFOMERGE", "TCP_OLD_SEQUENCE");

  final Distribution delivery;
  final Distribution stack;
  final Distribution queue;
  final Distribution polls;
  final List<Device> devices;
  final List<Drops> drops;
  final List<SocketDrops> socketDrops;
  private final Recording recording;
  private final CounterTotals counters;

  NetworkFacts(Recording recording) {
    this.recording = recording;
    counters = recording.counters(MODULE);
    delivery = all("delivery");
    stack = all("delivery_stack");
    queue = all("delivery_queue");
    polls =
        recording.subjectDistributions(MODULE, "poll").values().stream()
            .reduce(Distribution.EMPTY, Distribution::plus);
    Map<Long, String> names = new HashMap<>();
    devices = readDevices(names);
    drops = readDrops(names);
    socketDrops = readSocketDrops();
  }

  private Distribution all(String measure) {
    return recording.distribution(MODULE, measure).orElse(Distribution.EMPTY);
  }

  private static boolean isDevice(Subject subject) {
    return subject.kind().equals("device");
  }

  private List<Device> readDevices(Map<Long, String> names) {
    Map<Long, Device> byId = new LinkedHashMap<>();
    for (String measure : List.of("packets", "polls", "drops")) {
      recording.subjectCounts(MODULE, measure).keySet().stream()
          .filter(NetworkFacts::isDevice)
          .forEach(subject -> {
            names.put(subject.id(), subject.name());
            byId.computeIfAbsent(subject.id(), id -> device(id, subject.name()));
          });
    }
    List<Device> sorted = new ArrayList<>(byId.values());
    ToLongFunction<Device> traffic = device -> Math.max(device.packets(), device.work());
    sorted.sort(Comparator.comparingLong(traffic).reversed().thenComparing(Device::name));
    return List.copyOf(sorted);
  }

  private Device device(long id, String name) {
    return new Device(
        name,
        ofDevice(id, "packets"),
        ofDevice(id, "polls"),
        ofDevice(id, "poll_work"),
        ofDevice(id, "budget_exhausted"),
        ofDevice(id, "polls_untimed"),
        ofDevice(id, "drops"),
        recording.subjectDistributions(MODULE, "poll").entrySet().stream()
            .filter(entry -> isDevice(entry.getKey()) && entry.getKey().id() == id)
            .map(Map.Entry::getValue)
            .reduce(Distribution.EMPTY, Distribution::plus));
  }

  private long ofDevice(long id, String measure) {
    return recording.subjectCounts(MODULE, measure).entrySet().stream()
        .filter(entry -> isDevice(entry.getKey()) && entry.getKey().id() == id)
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private List<Drops> readDrops(Map<Long, String> names) {
    List<Drops> all = new ArrayList<>();
    recording
        .subjectCounts(MODULE, "drops")
        .forEach((subject, count) -> {
          if (subject.kind().equals("drop")) {
            String device = names.get(subject.id() & DEVICE_MASK);
            all.add(new Drops(reason(subject), device, count));
          }
        });
    all.sort(Comparator.comparingLong(Drops::count).reversed().thenComparing(Drops::reason));
    return List.copyOf(all);
  }

  private List<SocketDrops> readSocketDrops() {
    List<SocketDrops> all = new ArrayList<>();
    recording
        .subjectCounts(MODULE, "drops")
        .forEach((subject, count) -> {
          if (subject.kind().equals("socket")) {
            int protocol = (int) (subject.id() >> 16) & 0xffff;
            String name = protocol < PROTOCOLS.length ? PROTOCOLS[protocol] : PROTOCOLS[0];
            Endpoint socket = new Endpoint(name, (int) subject.id() & 0xffff);
            all.add(new SocketDrops(reason(subject), socket, count));
          }
        });
    all.sort(
        Comparator.comparingLong(SocketDrops::count).reversed().thenComparing(SocketDrops::reason));
    return List.copyOf(all);
  }

  private static String reason(Subject subject) {
    return subject.name() == null ? NO_REASON : subject.name();
  }

  /** Whether a probe is in place, so that what it did not count did not happen. */
  private boolean attached(String probe) {
    return recording.probes().stream()
        .anyMatch(p -> MODULE.equals(p.module()) && probe.equals(p.probe()) && p.attached());
  }

  boolean pollsMeasured() {
    return attached("ls_napi_poll") || !devices.isEmpty();
  }

  boolean dropsMeasured() {
    return attached("ls_kfree_skb") || !drops.isEmpty();
  }

  boolean deliveriesMeasured() {
    return attached("ls_sock_recv_length") || delivery.count() > 0;
  }

  OptionalLong ofDevices(ToLongFunction<Device> measure) {
    return Percentiles.ifMeasured(devices.stream().mapToLong(measure).sum(), pollsMeasured());
  }

  /** A count over all threads; one that never occurred is not written, and is 0. */
  OptionalLong ofThreads(String measure) {
    OptionalLong total = counters.total(measure);
    return total.isEmpty() && deliveriesMeasured() ? OptionalLong.of(0) : total;
  }

  OptionalLong of(ThreadId thread, String measure) {
    OptionalLong count = counters.of(thread, measure);
    return count.isEmpty() && deliveriesMeasured() ? OptionalLong.of(0) : count;
  }

  /** Packets of the target's sockets that were lost: drops without copies. */
  List<SocketDrops> lostPackets() {
    return socketDrops.stream().filter(drops -> !COPIES.contains(drops.reason())).toList();
  }

  /** Packets dropped at one interface, without copies of what had arrived. */
  long dropsAt(String device) {
    return drops.stream()
        .filter(d -> device.equals(d.device()) && !d.ofCopies())
        .mapToLong(Drops::count)
        .sum();
  }

  /** All threads that read sockets, those with the slowest delivery first. */
  List<Reader> readers() {
    Map<ThreadId, Distribution> stacks = recording.distributions(MODULE, "delivery_stack");
    Map<ThreadId, Distribution> queues = recording.distributions(MODULE, "delivery_queue");
    List<Reader> readers = new ArrayList<>();
    recording
        .distributions(MODULE, "delivery")
        .forEach((thread, all) ->
            readers.add(
                new Reader(
                    recording.latest(thread),
                    all,
                    stacks.getOrDefault(thread, Distribution.EMPTY),
                    queues.getOrDefault(thread, Distribution.EMPTY))));
    readers.sort(
        Comparator.comparingLong((Reader reader) -> reader.all().max())
            .reversed()
            .thenComparing(reader -> reader.thread().osTid()));
    return readers;
  }
}
