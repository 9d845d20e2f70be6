package latencyscope.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every input that is kept, without a fuzzer: what was found once stays mended, and as often as one
 * likes. The JVM has stack traces for the first four failures of memory only.
 */
class CorpusTest {
  private static final int TIMES = 6;

  static List<Arguments> inputs() throws Throwable {
    List<Arguments> inputs = new ArrayList<>();
    for (Class<?> target : Targets.ALL) {
      Targets.initialize(target);
      List<Path> kept = Targets.inputs(target);
      assertFalse(kept.isEmpty(), target.getSimpleName() + " has no corpus");
      kept.forEach(input -> inputs.add(arguments(target, input)));
    }
    return inputs;
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("inputs")
  void doesNotFail(Class<?> target, Path input) {
    for (int i = 0; i < TIMES; i++) {
      assertTimeout(Duration.ofSeconds(20), () -> Targets.test(target, Files.readAllBytes(input)));
    }
  }
}
