package latencyscope.analysis.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import latencyscope.analysis.Metrics;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Severity;
import latencyscope.recording.NetworkFixture;
import latencyscope.recording.thread.ThreadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkVerdictTest {
  private static final ThreadId READER = new ThreadId(4722, "md-receiver", 0);
  private static final int PORT = 17_717;

  private static ModuleReport network(NetworkFixture fixture) {
    return fixture.report().measured().findFirst().orElseThrow();
  }

  private static Optional<Verdict> verdict(NetworkFixture fixture, String begin) {
    return network(fixture).verdicts().stream().filter(v -> v.text().startsWith(begin)).findFirst();
  }

  @Test
  void quietTargetPasses() {
    assertEquals(0, new NetworkFixture("").report().exitCode());
    assertEquals(0, NetworkFixture.goodDay().report().exitCode());
    assertEquals(List.of(), network(NetworkFixture.goodDay()).findings());
  }

  @Test
  void dropOnTheTargetsSocketFailsAndNamesItsReader() {
    NetworkFixture fixture =
        new NetworkFixture("")
            .read(READER, "udp", PORT, 10, 12_300, 4_100)
            .socketDrops("SOCKET_RCVBUFF", "udp", PORT, 144);
    assertEquals(2, fixture.report().exitCode());
    assertEquals(
        "Packets dropped on the target's sockets: 144", network(fixture).verdicts().get(0).text());
    Finding finding = network(fixture).findings().get(0);
    assertEquals("SOCKET_RCVBUFF dropped packets of md-receiver (UDP port 17717)", finding.title());
    assertEquals(READER, finding.thread());
    assertEquals("__udp4_lib_rcv", finding.culpritInWords());
    assertEquals(144, finding.count());
    assertTrue(finding.remedy().contains("net.core.rmem_max"), finding.remedy());
  }

  @Test
  void dropsOfOthersAreNobodysFault() {
    NetworkFixture fixture = new NetworkFixture("").drops("NO_SOCKET", "eth0", 12);
    assertEquals(0, fixture.report().exitCode());
    assertEquals(
        "No packet dropped on the target's sockets (12 elsewhere, see the table)",
        network(fixture).verdicts().get(0).text());
  }

  /** Fails on the version before: three copies were a violation, and the report's first cause. */
  @ParameterizedTest
  @ValueSource(strings = {"TCP_OLD_DATA", "TCP_OFOMERGE", "TCP_OLD_SEQUENCE"})
  void copiesOfWhatHadArrivedAreNoLoss(String reason) {
    NetworkFixture fixture =
        new NetworkFixture("eth0")
            .read(READER, "tcp", PORT, 10, 12_300, 4_100)
            .socketDrops(reason, "tcp", PORT, 3)
            .drops("NO_SOCKET", "lo", 12);
    assertEquals(0, fixture.report().exitCode());
    assertEquals(List.of(), network(fixture).findings());
    assertEquals(
        "No packet dropped on eth0 (3 copies of received data, 12 elsewhere, see the table)",
        network(fixture).verdicts().get(0).text());
    assertEquals(3L, network(fixture).metrics().get("socket_drop_count"));
  }

  @Test
  void anyDropOnTheInterfaceThatWasAskedForFails() {
    NetworkFixture fixture = new NetworkFixture("eth0").drops("QDISC_DROP", "eth0", 12);
    assertEquals(2, fixture.report().exitCode());
    Finding finding = network(fixture).findings().get(0);
    assertEquals("QDISC_DROP dropped packets on eth0", finding.title());
    assertTrue(finding.remedy().contains("  tc -s qdisc show dev eth0"), finding.remedy());
    assertEquals(12L, network(fixture).metrics().get("queue_drop_count"));
  }

  /** Fails on the version before: the interface's verdict showed the socket's drops. */
  @Test
  void eachVerdictOnDropsShowsItsOwn() {
    NetworkFixture fixture =
        new NetworkFixture("eth0")
            .read(READER, "udp", PORT, 10, 12_300, 4_100)
            .socketDrops("SOCKET_RCVBUFF", "udp", PORT, 144)
            .drops("QDISC_DROP", "eth0", 12);
    assertEquals(
        "SOCKET_RCVBUFF dropped packets of md-receiver (UDP port 17717)",
        verdict(fixture, "Packets dropped on the target's sockets").orElseThrow().cause());
    assertEquals(
        "QDISC_DROP dropped packets on eth0",
        verdict(fixture, "Packets dropped on eth0").orElseThrow().cause());
  }

  @Test
  void slowDeliveryWarnsAndTellsTheStackFromTheReader() {
    NetworkFixture late = new NetworkFixture("").read(READER, "udp", PORT, 3, 2_000_000, 9_000);
    assertEquals(1, late.report().exitCode());
    assertEquals(
        "md-receiver was slow to read UDP port 17717", network(late).findings().get(0).title());
    NetworkFixture stack =
        new NetworkFixture("").read(READER, "udp", PORT, 3, 2_000_000, 1_900_000);
    assertEquals("network stack", network(stack).findings().get(0).culpritInWords());
    NetworkFixture inTime = new NetworkFixture("").read(READER, "udp", PORT, 3, 1_000_000, 9_000);
    assertEquals(0, inTime.report().exitCode());
  }

  @Test
  void exhaustedBudgetWarns() {
    NetworkFixture fixture = new NetworkFixture("").polls("backlog", 900, 6_200, 5);
    assertEquals(1, fixture.report().exitCode());
    Verdict verdict = verdict(fixture, "Polls that exhausted their budget: 5").orElseThrow();
    assertEquals(Severity.WARN, verdict.severity());
    assertTrue(verdict.worst().remedy().contains("dev_weight"), verdict.worst().remedy());
  }

  @Test
  void whatAKernelCannotTellIsNotSaidToBeNone() {
    ModuleReport report = network(NetworkFixture.withoutProbes());
    assertTrue(report.verdicts().stream().allMatch(v -> v.severity() == Severity.NOT_MEASURED));
    assertEquals(3, report.verdicts().size());
    Metrics metrics = report.metrics();
    for (String key : List.of("napi_poll_count", "delivery_count", "queue_drop_count")) {
      assertEquals(null, metrics.get(key), key);
      assertTrue(metrics.unavailable().containsKey(key), key);
    }
  }
}
