package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The JDKs of this machine. */
public final class Jdk {
  private static final Path HOMES = Path.of("/usr/lib/jvm");

  private Jdk() {}

  /** The launcher of one of a version, such as 17; empty if there is none. */
  public static Optional<Path> launcher(String feature) throws IOException {
    try (Stream<Path> homes = Files.list(HOMES)) {
      return homes
          .filter(home -> isOfFeature(home.resolve("release"), feature))
          .map(home -> home.resolve("bin").resolve("java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  private static boolean isOfFeature(Path release, String feature) {
    try {
      return Files.readString(release).contains("JAVA_VERSION=\"" + feature);
    } catch (IOException e) {
      return false; // not a JDK
    }
  }
}
