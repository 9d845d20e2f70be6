package latencyscope.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import latencyscope.audit.RecordedHost;
import latencyscope.proc.CpuSet;

/** A host in a folder, with threads that can be pinned, end, and have their ids used again. */
final class FakeHost {
  final Path root;
  final Host host;

  /** Threads whose CPUs the kernel refuses to change. */
  final Set<Long> refusing = new HashSet<>();

  FakeHost(Path root) {
    this.root = root;
    host = new Host(root, this::pin);
  }

  private void pin(long tid, CpuSet cpus) throws IOException {
    if (refusing.contains(tid)) {
      throw new IOException("Invalid argument");
    }
    Path status = root.resolve("proc/" + tid + "/status");
    String text = Files.readString(status);
    Files.writeString(
        status, text.replaceAll("Cpus_allowed_list:\t.*", "Cpus_allowed_list:\t" + cpus));
  }

  /** A thread as {@code /proc} shows it, also below its process. */
  void thread(long pid, long tid, String name, String cpus, long start, long flags) {
    for (String folder : new String[] {"proc/" + tid, "proc/" + pid + "/task/" + tid}) {
      write(
          folder + "/status",
          "Name:\t"
              + name
              + "\nState:\tR (running)\nTgid:\t"
              + pid
              + "\nCpus_allowed_list:\t"
              + cpus);
      write(folder + "/comm", name);
      StringBuilder stat = new StringBuilder(tid + " (" + name + ") R");
      for (int field = 4; field <= 52; field++) {
        stat.append(' ').append(field == 22 ? start : field == 9 ? flags : 0);
      }
      write(folder + "/stat", stat.toString());
    }
  }

  void write(String path, String content) {
    try {
      RecordedHost.file(root, path, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String path) throws IOException {
    return Files.readString(root.resolve(path)).strip();
  }

  String cpus(long tid) {
    return host.affinity(tid).orElseThrow().allowedCpus();
  }
}
