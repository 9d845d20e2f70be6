package demo;

import demo.disease.DiseaseKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a run of the engine is asked to do.
 *
 * @param seed of the simulated market
 * @param messages to publish
 * @param rate messages per second
 * @param port UDP port of the receiver; 0 for any
 * @param directory where the private directory of the run is made
 * @param busyPoll whether {@code md-receiver} spins instead of waiting in the kernel
 * @param opensWhen system property and the value it must have before the market opens, joined with
 *     {@code =}; null to open at once
 * @param diseases to provoke, without repetition
 */
public record Options(
    long seed,
    long messages,
    long rate,
    int port,
    Path directory,
    boolean busyPoll,
    String opensWhen,
    List<DiseaseKind> diseases) {

  static final String HELP =
      """
      A small trading engine to profile: UDP market data in, orders out.

      Usage: java -jar latencyscope-demo-VERSION.jar [options]

        --seconds N      length of the run (default 5; 0.5 is fine)
        --messages N     market-data messages (default: seconds x rate)
        --rate N         messages per second (default 20000)
        --seed N         of the simulated market; the same seed and number of
                         messages make the same trades (default 42)
        --port N         UDP port on 127.0.0.1 (default: any)
        --journal DIR    where the journal is kept during the run (default: the
                         directory for temporary files)
        --busy-poll      the receiver spins on its socket; wants a third CPU
        --opens-when PROPERTY=VALUE
                         the market opens once this system property has that
                         value, as one that a profiler sets, or one of several
                         joined with |; after 20 s anyhow
        --help

      Diseases, each from one fifth of the run until four fifths:
      """
          + Arrays.stream(DiseaseKind.values())
              .map(kind -> String.format("  --%-14s %s%n", kind.option(), kind.summary()))
              .collect(Collectors.joining())
          + """

          Exit codes: 0 done, 1 the engine failed, 3 could not run.
          """;

  /** Whether the market may open now. */
  boolean mayOpen() {
    if (opensWhen == null) {
      return true;
    }
    int sign = opensWhen.indexOf('=');
    String value = System.getProperty(opensWhen.substring(0, sign));
    return List.of(opensWhen.substring(sign + 1).split("\\|")).contains(String.valueOf(value));
  }

  /** How long publishing takes if nothing holds it up. */
  public Duration planned() {
    return Duration.ofNanos((long) (messages * 1e9 / rate));
  }

  /** When the run is ended, done or not. */
  public Duration limit() {
    return planned().multipliedBy(3).dividedBy(2).plusSeconds(2);
  }
}
