package latencyscope.agent.event;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Looked at only for a file that is not known yet. Used by one thread at a time.
 */
public final class MappedFiles {
  private static final int KEPT = 1_024;
  private static final long MINOR_LOW = 0xff;
  private static final long MINOR_HIGH = 0xfffff00;

  /** A burst of faults is one look. */
  private static final long LATELY_NS = 20_000_000;

  private List<MemoryMap.Mapping> lately;
  private long readAtNs;

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
    this.process = process;
  }

  public static MappedFiles of(CaptureSettings settings) {
    return new MappedFiles(
        settings.pid() == CaptureSettings.ALL ? null : CaptureSettings.folder(settings.pid()));
  }

  /** A file's path, or its numbers if it is neither mapped nor open any more. */
  public String path(long inode, long device) {
    Key key = new Key(inode, device);
    String path = paths.get(key);
    if (path == null) {
      path = look(key);
      paths.put(key, path);
    }
    return path;
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
      if (lately == null || nowNs - readAtNs > LATELY_NS) {
        lately = MemoryMap.read(folder());
        readAtNs = nowNs;
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

  private String look(Key key) {
    if (process != null) {
      try {
        String path = mapped(MemoryMap.read(folder())).get(key);
        path = path != null ? path : open(key);
        if (path != null) {
          return path;
        }
      } catch (IOException e) {
        // It has ended: the numbers are all that is left.
      }
    }
    return "inode " + key.inode + " on device " + (key.device >> 20) + ":" + (key.device & 0xfffff);
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
