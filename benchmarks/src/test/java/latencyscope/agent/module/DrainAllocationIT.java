package latencyscope.agent.module;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The benchmark runs, and a record costs no memory; how fast it is, a shared machine cannot say.
 */
class DrainAllocationIT {
  /**
   * Bytes per record that are not ours. An object has 16 bytes or more, so this lets pass one in
   * 160 records, where one in every record would be an object of ours. What is there comes from the
   * harness, which allocates some kilobytes per iteration of a million records or so.
   */
  private static final double NOISE_BYTES = 0.1;

  private static final String NORMALIZED = "gc.alloc.rate.norm";

  @ParameterizedTest
  @ValueSource(strings = {"drainOnly", "drainDecodeCommit"})
  void recordCostsNoMemory(String benchmark) throws RunnerException {
    Options options =
        new OptionsBuilder()
            .include("\\." + DrainBenchmark.class.getSimpleName() + "\\." + benchmark + "$")
            .param("disk", "false")
            .forks(1)
            .warmupIterations(2)
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(2)
            .measurementTime(TimeValue.seconds(1))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    assertTrue(!results.isEmpty(), "nothing was run");
    for (RunResult result : results) {
      double bytes = result.getSecondaryResults().get(NORMALIZED).getScore();
      assertTrue(bytes < NOISE_BYTES, bytes + " bytes per record");
    }
  }
}
