package latencyscope.ledger.autopsy;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import latencyscope.ledger.Ledger;
import latencyscope.ledger.Part;
import latencyscope.ledger.Phrase;
import latencyscope.ledger.safepoint.Pause;
import latencyscope.recording.Nanos;

/**
 * A garbage collection's pause, and what the threads that worked at it did meanwhile.
 *
 * @param pause the pause
 * @param workers where the time of each of them went: GC workers and the VM thread, the one that
 *     was kept from running longest first
 */
public record PauseAutopsy(Pause pause, List<Ledger> workers) {
  // Below this share a worker's wait did not make the pause what it was.
  private static final double NOTEWORTHY = 0.1;

  /** Orders the workers. */
  public PauseAutopsy {
    workers =
        workers.stream()
            .sorted(
                Comparator.comparingLong(Ledger::stolen)
                    .reversed()
                    .thenComparing(ledger -> ledger.window().thread().name()))
            .toList();
  }

  /** The worker that was kept from running longest, if that was for long. */
  public Optional<Ledger> starved() {
    return workers.stream()
        .findFirst()
        .filter(ledger -> ledger.stolen() >= NOTEWORTHY * pause.duration() && ledger.stolen() > 0);
  }

  /** In a sentence, where all that there was of its threads is recorded. */
  public String describe() {
    return describe(Optional.empty());
  }

  /**
   * In a sentence.
   *
   * @param whyNot why nothing may be recorded of workers that were kept from running; empty if it
   *     is
   */
  public String describe(Optional<String> whyNot) {
    String took = pause.words() + " took " + Nanos.words(pause.duration());
    if (workers.isEmpty()) {
      return took
          + whyNot
              .map(why -> "; its workers were not recorded: " + why + ".")
              .orElse("; no wait of its workers was long enough to be recorded.");
    }
    if (starved().isEmpty()) {
      String others = whyNot.map(why -> "; others may be missing: " + why).orElse("");
      return String.format(
          Locale.ROOT,
          "%s; no worker %s kept from running for long (the worst, %s, for %s)%s.",
          took,
          whyNot.isPresent() ? "is known to have been" : "was",
          workers.get(0).window().thread().name(),
          Nanos.words(workers.get(0).stolen()),
          others);
    }
    Ledger worst = starved().get();
    return took + ", of which " + stolen(worst, worst.window().thread().name()) + ".";
  }

  /** What kept a thread from running: each reason with its time, the longest first. */
  static String stolen(Ledger ledger, String subject) {
    List<Part> parts =
        ledger.parts().stream()
            .filter(part -> part.cause().isStolen())
            .filter(part -> part.ns() >= NOTEWORTHY * ledger.stolen())
            .toList();
    return subject + " " + String.join(", and ", parts.stream().map(Phrase::spent).toList());
  }
}
