package latencyscope.attach;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A process that is a HotSpot JVM, by what the kernel says of it.
 *
 * <p>Immutable.
 */
public final class JvmProcess {
  // Bit of signal 3 in the masks of /proc/PID/status.
  private static final long SIGQUIT = 1L << 2;
  private static final String NO_ATTACH = "-XX:+DisableAttachMechanism";

  private final Path directory;
  private final long pid;

  private JvmProcess(Path directory, long pid) {
    this.directory = directory;
    this.pid = pid;
  }

  /**
   * The JVM with a process id.
   *
   * @return empty if the process is no HotSpot JVM, or none that we may look into
   */
  public static Optional<JvmProcess> of(long pid) {
    Path directory = Path.of("/proc", Long.toString(pid));
    try (Stream<String> maps =
        Files.lines(directory.resolve("maps"), StandardCharsets.ISO_8859_1)) {
      return maps.anyMatch(
              line -> line.endsWith("/libjvm.so") || line.endsWith("/libjvm.so (deleted)"))
          ? Optional.of(new JvmProcess(directory, pid))
          : Optional.empty();
    } catch (IOException | RuntimeException e) {
      // A stream wraps what ends it in the middle, as the end of the process does.
      return Optional.empty();
    }
  }

  /** Process id here. */
  public long pid() {
    return pid;
  }

  /** Process id as the JVM itself sees it, which in a container is another one. */
  long ownPid() throws AttachException {
    return lastId(status(directory), "NSpid");
  }

  /** Whether it sees other ids than we do. */
  public boolean isInPidNamespace() {
    try {
      return ownPid() != pid;
    } catch (AttachException e) {
      return false;
    }
  }

  /**
   * Its threads: the id that each has here, by the one that it has for the JVM. Threads that end
   * meanwhile are left out.
   */
  public Map<Long, Long> threads() {
    Map<Long, Long> threads = new TreeMap<>();
    try (Stream<Path> tasks = Files.list(directory.resolve("task"))) {
      for (Path task : (Iterable<Path>) tasks::iterator) {
        try {
          threads.put(lastId(status(task), "NSpid"), Long.parseLong(task.getFileName().toString()));
        } catch (AttachException e) {
          continue;
        }
      }
    } catch (IOException | RuntimeException e) {
      // The process has ended: what was seen is what there is.
      return threads;
    }
    return threads;
  }

  /** Its file system's root, as seen from here. */
  Path root() {
    return directory.resolve("root");
  }

  /** The user and group that it runs as: the kernel's files on a process belong to them. */
  PosixFileAttributes owner() throws AttachException {
    return owner(directory);
  }

  static PosixFileAttributes owner(Path processDirectory) throws AttachException {
    try {
      return Files.readAttributes(processDirectory, PosixFileAttributes.class);
    } catch (IOException e) {
      throw new AttachException("it has ended", e);
    }
  }

  /**
   * Checks that the signal that opens the attach mechanism does nothing else to this JVM.
   *
   * @throws AttachException if it would end it, or make it print its threads
   */
  void checkListens() throws AttachException {
    long caught = Long.parseUnsignedLong(status(directory).get("SigCgt"), 16);
    if ((caught & SIGQUIT) == 0) {
      throw new AttachException(
          "it does not take requests: it is starting up, or was started with -Xrs");
    }
    for (String word : words("cmdline")) {
      if (word.equals(NO_ATTACH)) {
        throw new AttachException("it was started with " + NO_ATTACH);
      }
    }
    for (String variable : words("environ")) {
      if (variable.matches("(?s)(JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)=.*")
          && variable.contains(NO_ATTACH)) {
        throw new AttachException("it was started with " + NO_ATTACH);
      }
    }
  }

  private List<String> words(String file) {
    try {
      String all = Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1);
      return List.of(all.split("\0"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private static long lastId(Map<String, String> status, String key) throws AttachException {
    String ids = status.get(key);
    if (ids == null) {
      throw new AttachException("the kernel does not tell its id in its own namespace");
    }
    String[] all = ids.split("\\s+");
    return Long.parseLong(all[all.length - 1]);
  }

  private static Map<String, String> status(Path directory) throws AttachException {
    Map<String, String> status = new TreeMap<>();
    try {
      Path file = directory.resolve("status");
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          status.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
      }
    } catch (IOException e) {
      throw new AttachException("it has ended", e);
    }
    return status;
  }

  /** Whether it still runs, rather than being a zombie that its parent has not looked after. */
  boolean runs() {
    try {
      return !status(directory).getOrDefault("State", "X").matches("[ZXx].*");
    } catch (AttachException e) {
      return false;
    }
  }
}
