package latencyscope.bpf.libbpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.btf.Fixtures;
import latencyscope.bpf.error.MissingCapabilityException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that may not load programs, started for the purpose. */
@KernelTest
class WithoutCapabilityTest {
  /** The program of that JVM: prints how loading ends. */
  static final class Attempt {
    public static void main(String[] args) throws Exception {
      try (LoadedObject _ = KernelObject.open(Fixtures.object("switches")).load()) {
        System.out.println("loaded");
      } catch (MissingCapabilityException e) {
        System.out.println(e.problem());
      }
    }
  }

  @Test
  void itSaysWhichCapabilitiesAreNeededAndWhichAreThere(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output");
    Process jvm =
        new ProcessBuilder(
                "setpriv",
                "--bounding-set=-all,+kill",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Attempt.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(jvm.waitFor(60, TimeUnit.SECONDS), "the JVM hangs");
    assertEquals(
        List.of(
            "could not load the object switches (EPERM): this process needs CAP_BPF and"
                + " CAP_PERFMON and has CAP_KILL"),
        Files.readAllLines(output));
  }
}
