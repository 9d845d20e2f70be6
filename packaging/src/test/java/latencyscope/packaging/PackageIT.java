package latencyscope.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import latencyscope.bpf.libbpf.KernelTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package is installed, does what it is for, and is purged. */
@KernelTest
@Tag("packed-jar")
class PackageIT {
  @TempDir Path folder;

  @Test
  void isInstalledUsedAndPurged() throws Exception {
    Path script = Path.of("src", "test", "sh", "install.sh");
    Process process =
        new ProcessBuilder(
                "unshare", "--mount", script.toString(), deb().toString(), folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertEquals(
        List.of(
            "installed",
            "an ordinary user runs the commands of both jars",
            "man latencyscope",
            "completion",
            "the unit",
            "the broker, with three capabilities",
            "the engine of a group member is captured",
            "the engine of another user is told why it is not captured",
            "an upgrade and a removal keep the configuration",
            "purge leaves nothing"),
        said.lines().map(line -> line.replaceAll(", exposure .*", "")).toList());
  }

  private static Path deb() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files.filter(file -> file.toString().endsWith(".deb")).findFirst().orElseThrow();
    }
  }
}
