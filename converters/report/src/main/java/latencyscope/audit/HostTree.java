package latencyscope.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import latencyscope.proc.CpuSet;
import latencyscope.proc.KernelFile;

/**
 * The files of a host below a root folder, which is {@code /} or a copy of another machine's. What
 * only a command shows is in a copy in the folder {@code commands}: the output of {@code ethtool -g
 * eth0} in {@code commands/ethtool_-g_eth0}. Stateless.
 */
final class HostTree {
  private static final Path REAL = Path.of("/");
  private static final long PATIENCE_S = 5;

  private final Path root;
  private final CpuSet declared;

  /**
   * Reads below a folder.
   *
   * @param declared CPUs that are meant for few threads, whatever the kernel was booted with
   */
  HostTree(Path root, CpuSet declared) {
    this.root = root;
    this.declared = declared;
  }

  /** A file's text without white space around it; empty if it is absent, unreadable or empty. */
  Optional<String> text(String file) {
    return KernelFile.find(root.resolve(file)).filter(text -> !text.isEmpty());
  }

  /** The same, null if there is none. */
  String value(String file) {
    return text(file).orElse(null);
  }

  /** Of a file that lists all choices, the one in brackets; null if there is none. */
  String chosen(String file) {
    String text = value(file);
    int from = text == null ? -1 : text.indexOf('[');
    int to = text == null ? -1 : text.indexOf(']');
    return from < 0 || to < from ? null : text.substring(from + 1, to);
  }

  /** CPUs of a file with a list such as {@code 0-3}; empty if there is none. */
  CpuSet cpus(String file) {
    try {
      return text(file).map(CpuSet::parse).orElse(CpuSet.EMPTY);
    } catch (IllegalArgumentException e) {
      return CpuSet.EMPTY; // "(null)" where no CPU is in nohz_full
    }
  }

  /** CPUs of a file with a mask such as {@code ff,00000000}; empty if there is none. */
  CpuSet mask(String file) {
    return CpuMask.parse(text(file).orElse(""));
  }

  /** Names in a folder that fit a glob, shorter ones first, so that 2 comes before 10. */
  List<String> names(String folder, String glob) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(root.resolve(folder), glob)) {
      found.forEach(path -> names.add(path.getFileName().toString()));
    } catch (IOException | RuntimeException e) {
      return List.of(); // this host has no such thing
    }
    names.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    return names;
  }

  boolean exists(String file) {
    return Files.exists(root.resolve(file));
  }

  /** An option of the kernel's command line; empty if it is not there. */
  Optional<String> bootOption(String name) {
    for (String word : text("proc/cmdline").orElse("").split("\\s+")) {
      if (word.startsWith(name + "=")) {
        return Optional.of(word.substring(name.length() + 1));
      }
    }
    return Optional.empty();
  }

  /** What a command prints; empty if it cannot be run or fails. */
  Optional<String> command(String... words) {
    if (!root.equals(REAL)) {
      return text("commands/" + String.join("_", words));
    }
    try {
      Process process =
          new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = process.waitFor(PATIENCE_S, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // not installed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The CPUs that are online. */
  CpuSet online() {
    return cpus("sys/devices/system/cpu/online");
  }

  /** The CPUs that are meant for few threads: isolated at boot, in nohz_full, or declared. */
  CpuSet guarded() {
    return cpus("sys/devices/system/cpu/isolated")
        .plus(cpus("sys/devices/system/cpu/nohz_full"))
        .plus(declared);
  }

  /** All other CPUs. */
  CpuSet housekeeping() {
    return online().minus(guarded());
  }

  /** CPUs that are in both sets. */
  static CpuSet both(CpuSet one, CpuSet other) {
    return one.minus(one.minus(other));
  }
}
