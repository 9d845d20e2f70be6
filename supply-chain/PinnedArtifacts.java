import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.maven.eventspy.AbstractEventSpy;
import org.eclipse.aether.RepositoryEvent;
import org.eclipse.aether.artifact.Artifact;

/**
 * Stops a build that uses an artifact whose SHA-256 is not in the list.
 *
 * <p>Maven compares what it downloads with a checksum from the same server, and what lies in its
 * local repository with nothing. Maven 3.9 has trusted checksums; Debian's 3.8 has not. A spy sees
 * each artifact at the moment at which it is resolved, that is before a class of it is loaded:
 * dependencies, plug-ins, extensions, their POMs, and what plug-ins fetch for themselves.
 *
 * <p>{@code pins.file} names the list, lines as of {@code sha256sum}. With {@code pins.write} the
 * file of that name gets a line for each artifact seen, and nothing is compared.
 */
public final class PinnedArtifacts extends AbstractEventSpy {
  private static final String OURS = "io.github.latencyscope";

  private final Map<String, String> pins = new HashMap<>();
  private final Set<Path> seen = ConcurrentHashMap.newKeySet();
  private final String list = System.getProperty("pins.file");
  private final String written = System.getProperty("pins.write");

  @Override
  public void init(Context context) throws IOException {
    if (written == null) {
      for (String line : Files.readAllLines(Path.of(list))) {
        String[] sumAndName = line.split("  ", 2);
        pins.put(sumAndName[1], sumAndName[0]);
      }
    }
  }

  @Override
  public void onEvent(Object event) throws IOException {
    if (event instanceof RepositoryEvent repository
        && repository.getType() == RepositoryEvent.EventType.ARTIFACT_RESOLVED
        && repository.getArtifact() != null
        && repository.getArtifact().getFile() != null
        && !repository.getArtifact().getGroupId().equals(OURS)) {
      check(repository.getArtifact());
    }
  }

  private void check(Artifact artifact) throws IOException {
    Path file = artifact.getFile().toPath();
    if (!seen.add(file)) {
      return;
    }
    String name = name(artifact);
    String sum = sha256(file);
    if (written != null) {
      write(sum + "  " + name);
    } else if (!pins.containsKey(name)) {
      stop(
          name
              + " is not in "
              + list
              + "; where it comes from is to be looked at, then: scripts/pins.sh add");
    } else if (!pins.get(name).equals(sum)) {
      stop(
          file
              + " is not the file that this project was built with: its SHA-256 is "
              + sum
              + ", "
              + list
              + " says "
              + pins.get(name));
    }
  }

  /** Ends Maven at once: it logs what a spy throws, and builds on. */
  private static void stop(String why) {
    System.err.println("[ERROR] " + why);
    System.exit(1);
  }

  private synchronized void write(String line) throws IOException {
    Files.write(
        Path.of(written), List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String name(Artifact artifact) {
    String classifier = artifact.getClassifier();
    return artifact.getGroupId()
        + ":"
        + artifact.getArtifactId()
        + ":"
        + artifact.getVersion()
        + (classifier.isEmpty() ? "" : ":" + classifier)
        + "."
        + artifact.getExtension();
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException("this JVM has no SHA-256", e));
    }
  }
}
