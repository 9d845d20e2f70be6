package latencyscope.recording;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;

/** Makes recordings of the network module out of values. */
public final class NetworkFixture {
  private static final String MODULE = "network";
  private static final String[] PROTOCOLS = {"other", "tcp", "udp"};
  private static final Map<String, Long> DEVICES = Map.of("backlog", 0L, "lo", 1L, "eth0", 2L);
  private static final List<String> REASONS =
      List.of(
          "NOT_SPECIFIED",
          "NO_SOCKET",
          "SOCKET_RCVBUFF",
          "QDISC_DROP",
          "TCP_OLD_DATA",
          "TCP_OFOMERGE",
          "TCP_OLD_SEQUENCE");

  private final Fixture fixture = new Fixture();

  /** What was captured: 10 s of process 4711, with all probes, of one interface or "" for all. */
  public NetworkFixture(String networkInterface) {
    this(networkInterface, "attached");
  }

  private NetworkFixture(String networkInterface, String state) {
    fixture.add(
        "Capture",
        "startTime",
        Fixture.START,
        "duration",
        10_000_000_000L,
        "version",
        "0.2.0",
        "targetPid",
        4711L,
        "targetCommand",
        "trading_engine",
        "targetJvm",
        "OpenJDK 25.0.3",
        "modules",
        MODULE,
        "networkInterface",
        networkInterface,
        "targetAlive",
        true,
        "events",
        Fixture.EVERY_EVENT,
        "kernel",
        "6.18.1",
        "onlineCpus",
        "0-7");
    for (String probe : List.of("ls_napi_poll", "ls_sock_recv_length", "ls_kfree_skb")) {
      fixture.probe(MODULE, probe, state, null, null);
    }
  }

  /** A capture on a kernel that has none of the hooks. */
  public static NetworkFixture withoutProbes() {
    return new NetworkFixture("", "unavailable");
  }

  /** Adds reads of one length, the first of them as an event, of which so much is the stack's. */
  public NetworkFixture read(
      ThreadId thread, String protocol, int port, int count, long ns, long stackNs) {
    counter("deliveries", count, "thread", thread.name(), "osThreadId", thread.osTid());
    counter("delivered_bytes", 64L * count, "thread", thread.name(), "osThreadId", thread.osTid());
    if (ns > 1_000_000) {
      counter("deliveries_slow", count, "thread", thread.name(), "osThreadId", thread.osTid());
    }
    Object[] whose = {"thread", thread.name(), "osThreadId", thread.osTid()};
    distribution("delivery", count, ns, whose);
    distribution("delivery_stack", count, stackNs, whose);
    distribution("delivery_queue", count, ns - stackNs, whose);
    return event(
        "SocketDelivery",
        thread,
        ns,
        "arrivalToQueue",
        stackNs,
        "queueToReader",
        ns - stackNs,
        "protocol",
        protocol,
        "localPort",
        (long) port,
        "queuedBehind",
        14L);
  }

  /** Adds polls of a device, of which so many took all that they were allowed to. */
  public NetworkFixture polls(String device, int count, long ns, int exhausted) {
    Object[] whose = {
      "subject", "device", "subjectId", DEVICES.get(device), "subjectName", device, "cpu", 3L
    };
    counter("packets", 2L * count, whose);
    counter("polls", count, whose);
    counter("poll_work", 2L * count, whose);
    distribution("poll", count, ns, whose);
    if (exhausted > 0) {
      counter("budget_exhausted", exhausted, whose);
      event(
          "NapiPoll",
          new ThreadId(0, "", 0),
          ns,
          "device",
          device,
          "work",
          64L,
          "budget",
          64L,
          "exhausted",
          true);
    }
    return this;
  }

  /** Adds packets that were dropped on their way to nobody in particular. */
  public NetworkFixture drops(String reason, String device, int count) {
    long id = (long) REASONS.indexOf(reason) << 44 | DEVICES.get(device);
    counter("drops", count, "subject", "drop", "subjectId", id, "subjectName", reason);
    return counter(
        "drops",
        count,
        "subject",
        "device",
        "subjectId",
        DEVICES.get(device),
        "subjectName",
        device,
        "cpu",
        3L);
  }

  /** Adds packets that were dropped on their way to a socket of the target. */
  public NetworkFixture socketDrops(String reason, String protocol, int port, int count) {
    drops(reason, "eth0", count);
    long id =
        (long) REASONS.indexOf(reason) << 32
            | (long) List.of(PROTOCOLS).indexOf(protocol) << 16
            | port;
    counter("drops", count, "subject", "socket", "subjectId", id, "subjectName", reason);
    return event(
        "PacketDrop",
        new ThreadId(0, "", 0),
        0,
        "reason",
        reason,
        "device",
        "eth0",
        "location",
        "__udp4_lib_rcv",
        "protocol",
        protocol,
        "localPort",
        (long) port,
        "outgoing",
        false,
        "ofTarget",
        true);
  }

  private NetworkFixture counter(String measure, long value, Object... whose) {
    fixture.add("Counter", all(whose, "module", MODULE, "measure", measure, "value", value));
    return this;
  }

  private void distribution(String measure, long count, long ns, Object... whose) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(ns, count);
    fixture.add(
        "Histogram",
        all(
            whose,
            "module",
            MODULE,
            "measure",
            measure,
            "count",
            count,
            "total",
            count * ns,
            "max",
            ns,
            "unbinned",
            0L,
            "distribution",
            Fixture.encode(histogram)));
  }

  private static Object[] all(Object[] whose, Object... more) {
    List<Object> all = new ArrayList<>(List.of(more));
    all.addAll(List.of(whose));
    all.addAll(List.of("startTime", Fixture.START, "duration", 0L));
    return all.toArray();
  }

  private NetworkFixture event(String name, ThreadId thread, long duration, Object... more) {
    fixture.event(MODULE, name, thread, 1_000_000_000L, duration, 3, more);
    return this;
  }

  /** What is to be said of it. */
  public Report report(Limit... limits) {
    return fixture.report(limits);
  }

  /** A bad day: a late reader whose buffer overflowed, a device that was not emptied. */
  public static NetworkFixture badDay() {
    ThreadId receiver = new ThreadId(4722, "md-receiver", 0);
    ThreadId gateway = new ThreadId(4723, "order-gateway", 0);
    return new NetworkFixture("")
        .read(receiver, "udp", 17_717, 400, 12_300, 4_100)
        .read(receiver, "udp", 17_717, 3, 20_140_000, 9_000)
        .read(gateway, "tcp", 9_001, 2, 1_700_000, 1_600_000)
        .polls("eth0", 900, 6_200, 5)
        .polls("lo", 40, 1_500, 0)
        .socketDrops("SOCKET_RCVBUFF", "udp", 17_717, 144)
        .drops("NO_SOCKET", "eth0", 12);
  }

  /** A good day: every packet in time, and some noise that is nobody's. */
  public static NetworkFixture goodDay() {
    return new NetworkFixture("")
        .read(new ThreadId(4722, "md-receiver", 0), "udp", 17_717, 400, 12_300, 4_100)
        .polls("eth0", 900, 6_200, 0)
        .drops("NOT_SPECIFIED", "eth0", 2);
  }
}
