package latencyscope.fleet.export;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import latencyscope.analysis.Analyzers;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.contract.Contract;
import latencyscope.contract.check.CheckResult;
import latencyscope.contract.check.Checker;
import latencyscope.contract.check.Noise;
import latencyscope.contract.check.ThreadSettings;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Window;
import latencyscope.ledger.explain.LedgerReading;
import latencyscope.ledger.explain.Stall;
import latencyscope.ledger.lost.LostTimeReading;
import latencyscope.recording.EventSource;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.event.Distribution;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventFan;

/**
 * All that the tables take from a recording, but for its single events. Immutable.
 *
 * @param report what there is to say about it
 * @param operations how long the application's operations were
 * @param stalls the slowest operations
 * @param ledgers where the time of each of these went, in their order
 * @param check what came of the contract; null if there is none
 */
record Contents(
    Report report,
    Map<Owner, Distribution> operations,
    List<Stall> stalls,
    List<Ledger> ledgers,
    CheckResult check) {
  /**
   * Reads a recording twice, as a report does.
   *
   * @param contract to check; null if there is none
   * @param beside gets every event once
   * @throws RecordingException if nothing of LatencyScope can be read
   */
  static Contents read(EventSource source, Contract contract, EventConsumer beside)
      throws RecordingException {
    Analyzers analyzers = new Analyzers();
    LostTimeReading lost = new LostTimeReading();
    LedgerReading ledgers = new LedgerReading();
    Operations operations = new Operations();
    Noise noise = new Noise();
    List<EventConsumer> first =
        new ArrayList<>(List.of(analyzers, lost, ledgers, operations, beside));
    if (contract != null) {
      first.add(noise);
    }
    Recording recording = source.read(fan(first));
    List<Stall> stalls = operations.stalls();
    List<Window> windows = stalls.stream().map(Stall::longest).toList();
    List<EventConsumer> second =
        Stream.of(
                analyzers.secondReading(recording),
                lost.secondReading(recording),
                stalls.isEmpty()
                    ? Optional.<EventConsumer>empty()
                    : Optional.of(ledgers.secondReading(recording, windows)))
            .flatMap(Optional::stream)
            .toList();
    if (!second.isEmpty()) {
      source.read(fan(second));
    }
    try {
      Report report = Report.of(recording, analyzers, lost.result(), List.of());
      return new Contents(
          report,
          operations.distributions(),
          stalls,
          stalls.isEmpty() ? List.of() : ledgers.ledgers(),
          contract == null ? null : check(contract, report, noise));
    } catch (UnknownKeyException e) {
      throw new IllegalStateException("there are no limits", e);
    }
  }

  private static CheckResult check(Contract contract, Report report, Noise noise) {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    return new Checker(contract, report, noise, ThreadSettings.NONE, today).result();
  }

  private static EventFan fan(List<EventConsumer> consumers) {
    return new EventFan(consumers.toArray(EventConsumer[]::new));
  }
}
