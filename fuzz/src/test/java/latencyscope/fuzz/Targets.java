package latencyscope.fuzz;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import latencyscope.agent.module.RecordsFuzz;
import latencyscope.bpf.btf.BtfFuzz;
import latencyscope.bpf.btf.ObjectFileFuzz;
import latencyscope.bpf.ring.RingReaderFuzz;
import latencyscope.guest.recording.ProfileFuzz;
import latencyscope.guest.settings.OptionsFuzz;
import latencyscope.guest.wire.BrokerEventsFuzz;
import latencyscope.guest.wire.BrokerMessagesFuzz;
import latencyscope.proc.KernelTextFuzz;
import latencyscope.recording.ConvertersFuzz;
import latencyscope.recording.RecordingFuzz;

/** What is fuzzed, and where the inputs of each are that are kept in the tree. */
final class Targets {
  static final List<Class<?>> ALL =
      List.of(
          KernelTextFuzz.class,
          BtfFuzz.class,
          ObjectFileFuzz.class,
          RingReaderFuzz.class,
          RecordsFuzz.class,
          BrokerMessagesFuzz.class,
          BrokerEventsFuzz.class,
          OptionsFuzz.class,
          ProfileFuzz.class,
          RecordingFuzz.class,
          ConvertersFuzz.class);

  private Targets() {}

  /** Inputs that were chosen, or that once were a find: their names begin with {@code found-}. */
  static Path corpus(Class<?> target) {
    return Path.of("corpus", target.getSimpleName());
  }

  static List<Path> inputs(Class<?> target) throws IOException {
    try (Stream<Path> files = Files.list(corpus(target))) {
      return files.sorted().toList();
    }
  }

  /** Prepares a target, where it has something to prepare. */
  static void initialize(Class<?> target) throws Throwable {
    try {
      target.getMethod("fuzzerInitialize").invoke(null);
    } catch (NoSuchMethodException e) {
      return; // it has not
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Gives a target one input. */
  static void test(Class<?> target, byte[] input) throws Throwable {
    try {
      target.getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object) input);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
