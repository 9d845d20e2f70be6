package latencyscope.agent.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.jfr.PageLookup;
import latencyscope.proc.KernelFile;
import latencyscope.proc.MemoryMap;
import latencyscope.proc.ProcessFiles;

/**
 * Finds the path of a file that the target has mapped, by the numbers that the kernel knows it by.
 *
 * <p>Source: {@code /proc/PID/maps}, and the target's open files for a mapping that is gone again.
 * Looked at only for a file that is not known yet, and for all files of a burst at once. Used by
 * one thread at a time.
 */
public final class MappedFiles {
  private static final int KEPT = 1_024;
  private static final long MINOR_LOW = 0xff;
  private static final long MINOR_HIGH = 0xfffff00;

  /** A burst of faults is one look. */
  private static final long LATELY_NS = 20_000_000;

  /**
   * Reading an engine's map takes milliseconds where it has thousands of files, and each of them
   * may be new: at most a twentieth of the time is spent on it.
   */
  private static final long SHARE = 20;

  private final LongSupplier clock;
  private List<MemoryMap.Mapping> lately;
  private Map<Key, String> latelyByFile;
  private long readAtNs;
  private long readingNs;

  /** The target's folder in {@code /proc}; null if there is no single target. */
  private final Path process;

  private final Map<Key, String> paths =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, String> eldest) {
          return size() > KEPT;
        }
      };

  private record Key(long inode, long device) {}

  public MappedFiles(Path process) {
    this(process, System::nanoTime);
  }

  MappedFiles(Path process, LongSupplier clock) {
    this.process = process;
    this.clock = clock;
  }

  public static MappedFiles of(CaptureSettings settings) {
    return new MappedFiles(
        settings.pid() == CaptureSettings.ALL ? null : CaptureSettings.folder(settings.pid()));
  }

  /**
   * A file's path, or its numbers if it is neither mapped nor open any more. A file that was mapped
   * moments ago may get its numbers, too; the next call looks again.
   */
  public String path(long inode, long device) {
    Key key = new Key(inode, device);
    String path = paths.get(key);
    if (path != null) {
      return path;
    }
    boolean again = isOlderThan(clock.getAsLong(), Math.max(LATELY_NS, SHARE * readingNs));
    path = look(key, again);
    if (path != null) {
      paths.put(key, path);
      return path;
    }
    String numbers = "inode " + inode + " on device " + (device >> 20) + ":" + (device & 0xfffff);
    if (again) {
      paths.put(key, numbers);
    }
    return numbers;
  }

  /**
   * What is mapped at an address of the target.
   *
   * @param nowNs of {@link System#nanoTime}; what was read lately is not read again
   * @return null if it is no file, or if there is no single target
   */
  public PageLookup.InFile at(long address, long nowNs) {
    if (process == null) {
      return null;
    }
    try {
      if (isOlderThan(nowNs, LATELY_NS)) {
        read(nowNs);
      }
    } catch (IOException ended) {
      return null;
    }
    for (MemoryMap.Mapping mapping : lately) {
      if (mapping.inode() != 0 && mapping.contains(address)) {
        return new PageLookup.InFile(mapping.path(), mapping.offset() + address - mapping.begin());
      }
    }
    return null;
  }

  private boolean isOlderThan(long nowNs, long ageNs) {
    return lately == null || nowNs - readAtNs > ageNs;
  }

  private void read(long nowNs) throws IOException {
    lately = MemoryMap.read(folder());
    latelyByFile = mapped(lately);
    readAtNs = nowNs;
    readingNs = clock.getAsLong() - nowNs;
  }

  // Null if it is neither mapped nor open.
  private String look(Key key, boolean again) {
    if (process == null) {
      return null;
    }
    try {
      if (again) {
        read(clock.getAsLong());
      }
      String path = latelyByFile.get(key);
      return path != null || !again ? path : open(key);
    } catch (IOException e) {
      // It has ended: the numbers are all that is left.
      return null;
    }
  }

  private Path folder() {
    return new ProcessFiles(process).folder();
  }

  private static Map<Key, String> mapped(List<MemoryMap.Mapping> mappings) {
    Map<Key, String> mapped = new HashMap<>();
    for (MemoryMap.Mapping mapping : mappings) {
      if (mapping.inode() != 0) {
        mapped.put(new Key(mapping.inode(), mapping.device()), mapping.path());
      }
    }
    return mapped;
  }

  private String open(Key key) throws IOException {
    try (Stream<Path> descriptors = Files.list(folder().resolve("fd"))) {
      return descriptors
          .filter(fd -> isSame(fd, key))
          .findFirst()
          .map(MappedFiles::link)
          .orElse(null);
    }
  }

  private static boolean isSame(Path descriptor, Key key) {
    try {
      long inode = ((Number) Files.getAttribute(descriptor, "unix:ino")).longValue();
      return inode == key.inode
          && kernelDevice((long) Files.getAttribute(descriptor, "unix:dev")) == key.device;
    } catch (IOException | UnsupportedOperationException closedMeanwhile) {
      return false;
    }
  }

  /** From the number that {@code stat} gives: the C library puts major and minor elsewhere. */
  private static long kernelDevice(long dev) {
    return MemoryMap.device(dev >> 8 & 0xfff, dev & MINOR_LOW | dev >> 12 & MINOR_HIGH);
  }

  private static String link(Path descriptor) {
    try {
      return KernelFile.link(descriptor);
    } catch (IOException closedMeanwhile) {
      return null;
    }
  }
}
