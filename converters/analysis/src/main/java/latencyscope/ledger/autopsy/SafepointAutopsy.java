package latencyscope.ledger.autopsy;

import java.util.List;
import java.util.Optional;
import latencyscope.ledger.Cause;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.autopsy.Samples.Sample;
import latencyscope.ledger.safepoint.Safepoint;
import latencyscope.recording.Nanos;

/**
 * A safepoint, and how its threads came to it.
 *
 * @param safepoint the safepoint
 * @param arrivals Java threads that were not stopped already and are known to have stopped, the
 *     last one first
 * @param vmThread where the time of the thread that waited for them went, from request to the last
 *     stop; null if nothing is recorded of it
 */
public record SafepointAutopsy(Safepoint safepoint, List<Arrival> arrivals, Ledger vmThread) {
  private static final double NOTEWORTHY = 0.1;
  private static final double MOST = 0.5;

  /**
   * A thread that had to stop.
   *
   * @param at when it stopped, or the last that is known to have kept it from stopping ended
   * @param ledger where its time went from the request until then
   * @param sample the JVM's last sample of it until then; empty if there is none that is recent
   */
  public record Arrival(long at, Ledger ledger, Optional<Sample> sample) {
    /** The innermost frame of that sample; null if there is none. */
    public String code() {
      return sample.map(Sample::innermost).orElse(null);
    }

    /** How long before the request the sample was taken, nanoseconds; 0 if it was after that. */
    public long sampledBefore() {
      return sample.map(one -> Math.max(0, ledger.window().start() - one.at())).orElse(0L);
    }
  }

  /** Copies the list. */
  public SafepointAutopsy {
    arrivals = List.copyOf(arrivals);
  }

  /** The thread for which all others waited, as far as that is recorded. */
  public Optional<Arrival> last() {
    return arrivals.stream().findFirst();
  }

  /** The last thread, if it was kept from running for a good part of the time. */
  public Optional<Arrival> late() {
    return last()
        .filter(arrival -> arrival.ledger().stolen() > 0)
        .filter(a -> a.ledger().stolen() >= NOTEWORTHY * safepoint.timeToSafepoint());
  }

  /** In sentences, where all that there was of its threads is recorded. */
  public String describe() {
    return describe(Optional.empty());
  }

  /**
   * In sentences.
   *
   * @param whyNot why nothing may be recorded of threads that were kept from running; empty if it
   *     is
   */
  public String describe(Optional<String> whyNot) {
    StringBuilder words = new StringBuilder();
    words.append(safepoint.words());
    words.append(": all threads had stopped ");
    words.append(Nanos.words(safepoint.timeToSafepoint())).append(" after the request.");
    last().ifPresent(arrival -> words.append(' ').append(describe(arrival)));
    if (late().isEmpty()) {
      whyNot.ifPresent(
          why -> words.append(" Reasons for the delay may be missing: ").append(why).append('.'));
    }
    if (vmThread != null
        && vmThread.stolen() >= NOTEWORTHY * safepoint.timeToSafepoint()
        && vmThread.stolen() > 0) {
      words.append(' ').append(PauseAutopsy.stolen(vmThread, "The VM thread itself")).append('.');
    }
    return words.toString();
  }

  private static String sampled(Arrival last) {
    if (last.code() == null) {
      return "";
    }
    return last.sampledBefore() == 0
        ? "; a sample of then is in " + last.code()
        : "; a sample " + Nanos.words(last.sampledBefore()) + " before is in " + last.code();
  }

  private String describe(Arrival last) {
    Ledger ledger = last.ledger();
    String name = ledger.window().thread().name();
    String head =
        "The last to stop was " + name + ", after " + Nanos.words(last.at() - safepoint.start());
    if (late().isPresent()) {
      return head + ": " + PauseAutopsy.stolen(ledger, "it") + ".";
    }
    if (ledger.of(Cause.ON_CPU) >= MOST * ledger.window().duration()) {
      return head
          + ", on CPU the whole time: it ran code that does not poll for safepoints"
          + sampled(last)
          + ".";
    }
    return head + ".";
  }
}
