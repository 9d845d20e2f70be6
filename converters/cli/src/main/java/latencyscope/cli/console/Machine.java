package latencyscope.cli.console;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import latencyscope.proc.CpuSet;
import latencyscope.proc.KernelFile;
import latencyscope.proc.ProcessFiles;

/**
 * What the kernel's files say about this machine.
 *
 * @param root directory that holds {@code proc} and {@code sys}
 */
public record Machine(Path root) {
  /** This machine. */
  public static final Machine LOCAL = new Machine(Path.of("/"));

  public Path file(String path) {
    return root.resolve(path);
  }

  /** The text of a file without the white space around it; empty if it cannot be read. */
  public Optional<String> read(String path) {
    return KernelFile.find(file(path));
  }

  /** The CPUs that are online; empty if the kernel does not say. */
  public CpuSet online() {
    return read("sys/devices/system/cpu/online").map(CpuSet::parse).orElse(CpuSet.EMPTY);
  }

  /** Names of the network interfaces in a process's network namespace, or in our own. */
  public Set<String> interfaces(Target target) {
    String process = target == null ? "self" : Long.toString(target.pid());
    Path folder = new ProcessFiles(file("proc/" + process)).folder();
    Set<String> names = new TreeSet<>();
    for (String line : KernelFile.find(folder.resolve("net/dev")).orElse("").split("\n")) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        names.add(line.substring(0, colon).strip());
      }
    }
    return names;
  }
}
