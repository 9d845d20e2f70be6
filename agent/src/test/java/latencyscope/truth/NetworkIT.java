package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.account.TracedCount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.engine.VethPair;
import latencyscope.truth.workload.NetworkWorkload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network module's numbers against the kernel's own, with an engine in a namespace. */
@KernelTest
class NetworkIT {
  private static final int MESSAGES = 2_000;
  private static final int MESSAGE_BYTES = 64;
  private static final Pattern QDISC_DROPPED = Pattern.compile("dropped (\\d+),");

  @TempDir Path folder;

  private VethPair pair;
  private Path recording;
  private Path stamps;

  @BeforeEach
  void connect() throws Exception {
    pair = new VethPair();
    recording = folder.resolve("recording.jfr");
    stamps = folder.resolve("stamps.txt");
  }

  @AfterEach
  void disconnect() throws Exception {
    pair.delete();
  }

  private Engine engine(String load, String options) throws IOException {
    return Launch.of(
            NetworkWorkload.class,
            load,
            String.valueOf(MESSAGES),
            recording.toString(),
            stamps.toString())
        .withAgent("modules=network" + options)
        .under(pair.inTarget())
        .start(folder.resolve("stderr.txt"));
  }

  private void send(String protocol, String... under) throws Exception {
    Launch.Outcome outcome =
        Launch.of(
                NetworkWorkload.Sender.class, protocol, VethPair.ADDRESS, String.valueOf(MESSAGES))
            .under(under)
            .run(folder);
    assertEquals(0, outcome.exitCode(), outcome.errors());
  }

  private OurAccount finish(Engine engine) throws Exception {
    engine.say("stop");
    assertEquals(0, engine.finish());
    assertEquals("", Files.readString(folder.resolve("stderr.txt")), "the agent said something");
    return OurAccount.read(recording);
  }

  @Test
  void everyDatagramIsDeliveredBetweenItsSendingAndItsReading() throws Exception {
    long packets;
    Map<String, Long> polls;
    OurAccount ours;
    try (Engine engine = engine("udp", "");
        TracedCount count = TracedCount.begin("napi:napi_poll", "str(args->dev_name)")) {
      engine.await("ready");
      packets = pair.statistic("rx_packets");
      send("udp", pair.inPeer());
      engine.say("go");
      engine.await("done");
      packets = pair.statistic("rx_packets") - packets;
      ours = finish(engine);
      polls = count.byKey();
    }
    assertEquals(MESSAGES, packets, "something else was sent, too");
    assertEquals(MESSAGES, device(ours, VethPair.DEVICE, "packets"));
    assertEquals(MESSAGES, device(ours, VethPair.DEVICE, "poll_work"));
    assertEquals(polls.get(VethPair.DEVICE), device(ours, VethPair.DEVICE, "polls"));
    assertEquals(polls.get(VethPair.DEVICE), polls(ours));
    assertEquals(0, device(ours, VethPair.PEER_DEVICE, "polls"), "another namespace's device");
    assertDelivered(ours, MESSAGES, "udp");
    assertEquals(0, counted(ours, event -> measures(event, "drops")));
  }

  @Test
  void everyDatagramIsDeliveredToAReaderThatSpins() throws Exception {
    OurAccount ours;
    try (Engine engine = engine("spin", "")) {
      engine.await("ready");
      send("udp", pair.inPeer());
      engine.say("go");
      engine.await("done");
      ours = finish(engine);
    }
    assertDelivered(ours, MESSAGES, "udp", MESSAGES / 2);
  }

  @Test
  void everyReadOfAStreamIsADelivery() throws Exception {
    OurAccount ours;
    try (Engine engine = engine("tcp", "")) {
      engine.await("ready");
      send("tcp", pair.inPeer());
      engine.say("go");
      engine.await("done");
      ours = finish(engine);
    }
    int reads = Files.readAllLines(stamps).size();
    // How many messages a reader on a busy machine finds at once is bounded by the sender's
    // waiting.
    assertTrue(reads >= MESSAGES / NetworkWorkload.BATCH, reads + " reads");
    assertDelivered(ours, reads, "tcp");
  }

  private void assertDelivered(OurAccount ours, int reads, String protocol) throws IOException {
    assertDelivered(ours, reads, protocol, MESSAGES / 100);
  }

  /**
   * Each read is a delivery that begins after its sending and ends before its stamp.
   *
   * @param early how many may have been read before the kernel said that they were queued
   */
  private void assertDelivered(OurAccount ours, int reads, String protocol, int early)
      throws IOException {
    List<RecordedEvent> deliveries = new ArrayList<>(ours.events("SocketDelivery"));
    deliveries.sort(Comparator.comparing(RecordedEvent::getStartTime));
    long reader = deliveries.get(0).getLong("osThreadId");
    assertEquals(reads, ours.counter(reader, "deliveries"));
    assertEquals((long) MESSAGES * MESSAGE_BYTES, ours.counter(reader, "delivered_bytes"));
    // The reader's CPU and the packet's meet without a lock: of one that is interrupted right then
    // it is counted that nothing is known.
    long untimed = ours.counter(reader, "deliveries_untimed");
    assertTrue(untimed <= MESSAGES / 1_000, untimed + " untimed of " + reads);
    assertEquals(reads - untimed, deliveries.size(), "lost: " + ours.lost("SocketDelivery"));
    List<String> lines = Files.readAllLines(stamps);
    assertEquals(reads, lines.size());
    int unknownParts = 0;
    int line = 0;
    for (RecordedEvent delivery : deliveries) {
      while (delivery.getEndTime().isAfter(instant(ours, lines.get(line).split(" ")[2]))) {
        line++;
      }
      String[] words = lines.get(line).split(" ");
      assertEquals("md-reader", delivery.getThread().getJavaName());
      assertEquals(protocol, delivery.getString("protocol"));
      assertEquals(NetworkWorkload.PORT, delivery.getInt("localPort"));
      assertEquals(Long.parseLong(words[3]), delivery.getLong("bytes"));
      String told = lines.get(line) + " against " + delivery;
      assertFalse(delivery.getStartTime().isBefore(instant(ours, words[1])), told);
      Duration parts =
          delivery.getDuration("arrivalToQueue").plus(delivery.getDuration("queueToReader"));
      if (parts.isZero()) {
        unknownParts++; // read before the kernel's next statement told that it was queued
      } else {
        assertEquals(delivery.getDuration("kernelDuration"), parts, told);
      }
      line++;
    }
    assertTrue(line - deliveries.size() <= untimed, "a delivery ends after its read");
    assertTrue(unknownParts <= early, unknownParts + " of " + reads);
  }

  private static Instant instant(OurAccount ours, String stamp) {
    return ours.instant(Long.parseLong(stamp));
  }

  @Test
  void whatDoesNotFitIntoTheSocketsBufferIsItsDrop() throws Exception {
    OurAccount ours;
    long read;
    long dropped;
    try (Engine engine = engine("overflow", "")) {
      engine.await("ready");
      send("flood", pair.inPeer());
      dropped = socketDrops();
      engine.say("go");
      read = Long.parseLong(engine.await("done"));
      ours = finish(engine);
    }
    assertTrue(read > 0 && dropped > 0, read + " read, " + dropped + " dropped");
    assertEquals(MESSAGES - read, dropped);
    assertEquals(dropped, drops(ours, "drop", "SOCKET_RCVBUFF"));
    assertEquals(dropped, drops(ours, "socket", "SOCKET_RCVBUFF"));
    List<RecordedEvent> events = ours.events("PacketDrop");
    assertEquals(dropped, events.size());
    for (RecordedEvent event : events) {
      assertTrue(event.getBoolean("ofTarget"), event::toString);
      assertFalse(event.getBoolean("outgoing"), event::toString);
      assertEquals("SOCKET_RCVBUFF", event.getString("reason"));
      assertEquals(VethPair.DEVICE, event.getString("device"));
      assertEquals(NetworkWorkload.PORT, event.getInt("localPort"));
      assertEquals("udp", event.getString("protocol"));
      assertTrue(event.getString("location").contains("udp"), event::toString);
    }
  }

  private long socketDrops() throws Exception {
    String port = String.format(":%04X", NetworkWorkload.PORT);
    return Commands.output(pair.inTarget("cat", "/proc/net/udp"))
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words[1].endsWith(port))
        .mapToLong(words -> Long.parseLong(words[words.length - 1]))
        .sum();
  }

  @Test
  void datagramsToAPortThatNobodyListensOnAreNobodysDrops() throws Exception {
    OurAccount ours;
    long noPorts = noPorts();
    try (Engine engine = engine("idle", "")) {
      engine.await("ready");
      send("flood", pair.inPeer());
      engine.say("go");
      engine.await("done");
      ours = finish(engine);
    }
    noPorts = noPorts() - noPorts;
    assertEquals(MESSAGES, noPorts);
    assertEquals(noPorts, drops(ours, "drop", "NO_SOCKET"));
    assertEquals(0, drops(ours, "socket", "NO_SOCKET"));
    List<RecordedEvent> events =
        ours.events("PacketDrop").stream()
            .filter(event -> "NO_SOCKET".equals(event.getString("reason")))
            .toList();
    assertEquals(noPorts, events.size());
    for (RecordedEvent event : events) {
      assertFalse(event.getBoolean("ofTarget"), event::toString);
      assertEquals(NetworkWorkload.PORT, event.getInt("localPort"));
      assertEquals("udp", event.getString("protocol"));
      assertEquals(VethPair.DEVICE, event.getString("device"));
    }
  }

  private long noPorts() throws Exception {
    String[] values =
        Commands.output(pair.inTarget("cat", "/proc/net/snmp"))
            .lines()
            .filter(line -> line.startsWith("Udp: ") && !line.contains("NoPorts"))
            .findFirst()
            .orElseThrow()
            .split(" ");
    return Long.parseLong(values[2]);
  }

  @Test
  void whatTheDevicesQueueDropsIsTheSendersOnItsThread() throws Exception {
    Commands.output(
        pair.inTarget(
            "tc",
            "qdisc",
            "add",
            "dev",
            VethPair.DEVICE,
            "root",
            "tbf",
            "rate",
            "800kbit",
            "burst",
            "1600",
            "limit",
            "3000"));
    OurAccount ours;
    long dropped;
    try (Engine engine = engine("send", "")) {
      engine.await("ready");
      engine.say("go");
      engine.await("done");
      dropped = queueDrops();
      ours = finish(engine);
    }
    assertTrue(dropped > MESSAGES / 10, dropped + " dropped");
    assertEquals(dropped, drops(ours, "drop", "QDISC_DROP"), "by " + reasons(ours));
    assertEquals(dropped, drops(ours, "socket", "QDISC_DROP"));
    List<RecordedEvent> events =
        ours.events("PacketDrop").stream()
            .filter(event -> "QDISC_DROP".equals(event.getString("reason")))
            .toList();
    assertEquals(dropped, events.size());
    for (RecordedEvent event : events) {
      assertTrue(event.getBoolean("ofTarget") && event.getBoolean("outgoing"), event::toString);
      assertEquals("md-sender", event.getString("thread"));
      assertEquals(VethPair.DEVICE, event.getString("device"));
    }
  }

  private long queueDrops() throws Exception {
    Matcher dropped =
        QDISC_DROPPED.matcher(
            Commands.output(pair.inTarget("tc", "-s", "qdisc", "show", "dev", VethPair.DEVICE)));
    assertTrue(dropped.find());
    return Long.parseLong(dropped.group(1));
  }

  @Test
  void ofTwoInterfacesOnlyTheOneAskedForIsCounted() throws Exception {
    OurAccount ours;
    try (Engine engine = engine("udp", ",interface=lo")) {
      engine.await("ready");
      send("udp", pair.inPeer());
      engine.say("go");
      engine.await("done");
      ours = finish(engine);
    }
    assertEquals(0, device(ours, VethPair.DEVICE, "packets"));
    assertEquals(0, ours.events("SocketDelivery").size());
    try (Engine engine = engine("udp", ",interface=" + VethPair.DEVICE)) {
      engine.await("ready");
      send("udp", pair.inPeer());
      engine.say("go");
      engine.await("done");
      ours = finish(engine);
    }
    assertDelivered(ours, MESSAGES, "udp");
    assertEquals(MESSAGES, device(ours, VethPair.DEVICE, "packets"));
  }

  private static long device(OurAccount ours, String name, String measure) {
    return counted(
        ours,
        event ->
            measures(event, measure)
                && Objects.equals("device", event.getString("subject"))
                && Objects.equals(name, event.getString("subjectName")));
  }

  private static long drops(OurAccount ours, String subject, String reason) {
    return counted(
        ours,
        event ->
            measures(event, "drops")
                && Objects.equals(subject, event.getString("subject"))
                && Objects.equals(reason, event.getString("subjectName")));
  }

  private static List<String> reasons(OurAccount ours) {
    return ours.events("PacketDrop").stream()
        .map(event -> event.getString("reason") + " in " + event.getString("location"))
        .distinct()
        .toList();
  }

  private static boolean measures(RecordedEvent event, String measure) {
    return event.getString("measure").equals(measure);
  }

  private static long counted(OurAccount ours, Predicate<RecordedEvent> which) {
    return ours.events("Counter").stream()
        .filter(which)
        .mapToLong(event -> event.getLong("value"))
        .sum();
  }

  /** Polls of the target's device by their distribution. */
  private static long polls(OurAccount ours) {
    return ours.events("Histogram").stream()
        .filter(event -> event.getString("measure").equals("poll"))
        .filter(event -> VethPair.DEVICE.equals(event.getString("subjectName")))
        .mapToLong(event -> event.getLong("count"))
        .sum();
  }
}
