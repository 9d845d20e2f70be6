package latencyscope.cli.console;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The jar that this program came in, which other JVMs are to load, too. */
public final class ReleasedJar {
  private ReleasedJar() {}

  /**
   * Its path.
   *
   * @param purpose what it is needed for, as the begin of a sentence
   * @throws UserError if the program was not started from it
   */
  public static Path path(String purpose) throws UserError {
    try {
      Path place =
          Path.of(ReleasedJar.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isRegularFile(place)) {
        return place;
      }
      // "java -jar" of a jar whose manifest leads to the classes.
      Path started = Path.of(System.getProperty("java.class.path"));
      if (started.toString().endsWith(".jar") && Files.isRegularFile(started)) {
        return started.toAbsolutePath();
      }
    } catch (URISyntaxException e) {
      throw new UserError("the path of this program cannot be read: " + e.getMessage(), e);
    }
    throw new UserError(
        purpose + " is packed in latencyscope.jar only: java -jar latencyscope.jar ...");
  }
}
