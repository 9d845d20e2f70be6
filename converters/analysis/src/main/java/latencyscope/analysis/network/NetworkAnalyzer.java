package latencyscope.analysis.network;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import latencyscope.analysis.ModuleAnalyzer;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Percentiles;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Table;
import latencyscope.analysis.Verdict;
import latencyscope.analysis.finding.Finding;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.recording.Recording;

/**
 * Judges whether packets reached the target, and reached it in time. Not safe for use by several
 * threads.
 */
public final class NetworkAnalyzer extends ModuleAnalyzer<NetworkEvents> {
  /** Creates an analyzer that has seen nothing. */
  public NetworkAnalyzer() {
    super(new NetworkEvents());
  }

  @Override
  public ModuleReport report(Recording recording) {
    NetworkFacts facts = new NetworkFacts(recording);
    NetworkFindings found = new NetworkFindings(recording, facts, events);
    List<Finding> findings = found.all();
    List<Verdict> verdicts = new NetworkVerdicts(facts, found, recording).all();
    int violations = Verdict.violations(verdicts);
    return new ModuleReport(
        NetworkFacts.MODULE,
        "NETWORK",
        verdicts,
        List.of(
            new Quantiles(
                "Delivery, arrival to reader", EventTypes.SOCKET_DELIVERY, facts.delivery),
            new Quantiles(
                "of it, arrival to socket queue", EventTypes.SOCKET_DELIVERY, facts.stack),
            new Quantiles("of it, socket queue to reader", EventTypes.SOCKET_DELIVERY, facts.queue),
            new Quantiles("NAPI polls", EventTypes.NAPI_POLL, facts.polls)),
        List.of(readers(facts), devices(facts), drops(facts)),
        remarks(facts),
        findings.subList(0, Math.min(MAX_FINDINGS, findings.size())),
        new NetworkMetrics(facts, events, recording).of(violations));
  }

  private static List<String> remarks(NetworkFacts facts) {
    long untimed = facts.ofThreads("deliveries_untimed").orElse(0);
    return untimed == 0
        ? List.of()
        : List.of(
            String.format(
                Locale.ROOT,
                "%,d reads are counted, but not timed: their packets arrived before the capture,"
                    + " or later packets overwrote the arrival time.",
                untimed));
  }

  private static Table readers(NetworkFacts facts) {
    return table(
        "Threads by slowest delivery",
        List.of("Thread", "Reads", "P99", "Max", "> 1 ms"),
        facts.readers(),
        reader ->
            Arrays.asList(
                reader.thread().name(),
                reader.all().count(),
                Percentiles.time(reader.all().percentile(99)),
                Percentiles.time(Percentiles.max(reader.all())),
                facts.of(reader.thread(), "deliveries_slow").orElse(0)));
  }

  private static Table devices(NetworkFacts facts) {
    return table(
        "Devices by traffic",
        List.of("Device", "Packets", "Polls", "Full", "P99", "Max", "Drops"),
        facts.devices,
        device ->
            Arrays.asList(
                device.name(),
                device.packets(),
                device.polls(),
                device.exhausted(),
                Percentiles.time(device.poll().percentile(99)),
                Percentiles.time(Percentiles.max(device.poll())),
                device.drops()));
  }

  private static Table drops(NetworkFacts facts) {
    return table(
        "Dropped packets by reason",
        List.of("Reason", "Device", "Count"),
        facts.drops,
        drops ->
            Arrays.asList(
                drops.reason(), drops.device() == null ? "-" : drops.device(), drops.count()));
  }

  private static <T> Table table(
      String title, List<String> columns, List<T> all, Function<T, List<Object>> row) {
    List<List<Object>> rows = all.stream().limit(TABLE_ROWS).map(row).toList();
    return new Table(title, columns, rows, all.size() - rows.size());
  }
}
