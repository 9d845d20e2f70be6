package latencyscope.truth.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Twelve processes that want one CPU, each in a control group of its own. The group's account has
 * all that its threads ran. The process's own clock lacks what a thread runs after the kernel has
 * added up its time ({@code __exit_signal}): 0.5 to 1 % where threads live for 2 ms.
 */
public final class Competitors implements AutoCloseable {
  private static final Path FIRST = Path.of("/sys/fs/cgroup/cpuacct");
  private static final Path SECOND = Path.of("/sys/fs/cgroup");

  private final Engine processes;
  private final Map<Long, Path> groups = new TreeMap<>();

  private Competitors(Engine processes) {
    this.processes = processes;
  }

  /** Compiles them into a folder and starts them on a CPU. */
  public static Competitors start(Path folder, int cpu) throws Exception {
    Path program = folder.resolve("competitors");
    Path source = Path.of("src", "test", "c", "competitors.c").toAbsolutePath();
    Path errors = folder.resolve("competitors.txt");
    Commands.output(
        "gcc", "-O1", "-Wall", "-Werror", "-pthread", "-o", program.toString(), source.toString());
    Process process =
        new ProcessBuilder(program.toString(), String.valueOf(cpu))
            .redirectError(errors.toFile())
            .start();
    Competitors competitors = new Competitors(new Engine(process, errors));
    for (String pid : competitors.processes.await("pids").split(" ")) {
      competitors.join(Long.parseLong(pid));
    }
    return competitors;
  }

  private void join(long pid) throws IOException {
    Path parent = Files.exists(FIRST.resolve("cpuacct.usage")) ? FIRST : SECOND;
    Path group = Files.createDirectories(parent.resolve("latencyscope-" + pid));
    groups.put(pid, group);
    Files.writeString(group.resolve("cgroup.procs"), "" + pid);
  }

  /** Each one's id and the file with its CPU time, as {@code PID:FILE}. */
  public String accounts() {
    return groups.entrySet().stream()
        .map(entry -> entry.getKey() + ":" + account(entry.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static Path account(Path group) {
    Path first = group.resolve("cpuacct.usage");
    return Files.exists(first) ? first : group.resolve("cpu.stat");
  }

  @Override
  public void close() throws IOException {
    processes.close();
    for (Path group : groups.values()) {
      CpuQuotaGroup.remove(group);
    }
  }
}
