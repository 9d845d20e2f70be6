package latencyscope.attach;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import latencyscope.proc.KernelFile;
import latencyscope.proc.MemoryMap;
import latencyscope.proc.ProcessFiles;

/**
 * A process that is a HotSpot JVM, by what the kernel says of it.
 *
 * <p>Immutable.
 */
public final class JvmProcess {
  // Bit of signal 3 in the masks of /proc/PID/status.
  private static final long SIGQUIT = 1L << 2;
  private static final String NO_ATTACH = "DisableAttachMechanism";
  private static final String NO_SIGNALS = "ReduceSignalUsage";

  private static final String LIBRARY = "/libjvm.so";
  private static final String DELETED = " (deleted)";

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
    try {
      Path folder = new ProcessFiles(directory).folder();
      return MemoryMap.file(folder, LIBRARY).isPresent()
              || MemoryMap.file(folder, LIBRARY + DELETED).isPresent()
          ? Optional.of(new JvmProcess(directory, pid))
          : Optional.empty();
    } catch (IOException e) {
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
    for (Path task : new ProcessFiles(directory).tasks()) {
      try {
        threads.put(lastId(status(task), "NSpid"), Long.parseLong(task.getFileName().toString()));
      } catch (AttachException ended) {
        continue;
      }
    }
    return threads;
  }

  /** A path of its own, as seen from here. */
  Path seen(Path path) {
    return path.isAbsolute()
        ? root().resolve(path.toString().substring(1))
        : folder().resolve("cwd").resolve(path);
  }

  /** Its file system's root, as seen from here. */
  Path root() {
    return folder().resolve("root");
  }

  /** Whether it has a file open whose name ends so. */
  boolean hasOpen(String ending) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder().resolve("fd"))) {
      for (Path file : files) {
        if (KernelFile.link(file).endsWith(ending)) {
          return true;
        }
      }
    } catch (IOException | RuntimeException e) {
      // Closed or ended meanwhile.
      return false;
    }
    return false;
  }

  private Path folder() {
    return new ProcessFiles(directory).folder();
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
   * <p>A JVM that was started with {@code -XX:+DisableAttachMechanism}, wherever that was written,
   * prints all its threads instead; one that does not handle the signal ends.
   *
   * @throws AttachException if it would end, or print, or if that cannot be known
   */
  void checkListens() throws AttachException {
    long caught = Long.parseUnsignedLong(status(directory).getOrDefault("SigCgt", "0"), 16);
    if ((caught & SIGQUIT) == 0) {
      throw new AttachException(
          "it does not accept attach requests: it is starting up, or was started with -Xrs");
    }
    if (isAttachDisabled()) {
      throw new AttachException("it was started with -XX:+" + NO_ATTACH);
    }
  }

  private boolean isAttachDisabled() throws AttachException {
    try {
      Map<String, Boolean> flags =
          JvmFlags.read(folder(), JvmProcess::isLibrary, Set.of(NO_ATTACH, NO_SIGNALS));
      return flags.get(NO_ATTACH) || flags.get(NO_SIGNALS);
    } catch (IOException e) {
      // For another user's memory, or by Yama's rules, this takes root: the counters are the JVM's
      // own word on it, where it publishes them.
      return !capabilities()
          .orElseThrow(() ->
              new AttachException(
                  "cannot check whether it accepts attach requests ("
                      + e.getMessage()
                      + "), and a JVM that does not would print a thread dump; run this as root,"
                      + " or attach once: jcmd "
                      + pid
                      + " VM.version",
                  e))
          .startsWith("1");
    }
  }

  // The first character is whether it can be attached to.
  private Optional<String> capabilities() {
    try {
      String file = "/hsperfdata_";
      for (MemoryMap.Mapping mapping : MemoryMap.read(folder())) {
        if (mapping.path().startsWith("/tmp" + file)) {
          Path seen = root().resolve(mapping.path().substring(1));
          return PerfData.text(seen, "sun.rt.jvmCapabilities");
        }
      }
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      return Optional.empty();
    }
  }

  private static boolean isLibrary(String path) {
    return path.endsWith(LIBRARY) || path.endsWith(LIBRARY + DELETED);
  }

  private static long lastId(Map<String, String> status, String key) throws AttachException {
    String ids = status.get(key);
    if (ids == null) {
      throw new AttachException("its pid in its own namespace is unknown");
    }
    String[] all = ids.split("\\s+");
    return Long.parseLong(all[all.length - 1]);
  }

  private static Map<String, String> status(Path directory) throws AttachException {
    Map<String, String> status = new TreeMap<>();
    try {
      for (String line : KernelFile.lines(directory.resolve("status"))) {
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
    return new ProcessFiles(directory).isAlive();
  }
}
