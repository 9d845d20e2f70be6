package latencyscope.agent.module;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.proc.KernelFile;

/**
 * The process to watch, in the numbers that BPF programs see.
 *
 * @param tgid its id in the initial pid namespace; 0 for every user process
 * @param excludedTgid a process that is never watched; 0 for none
 * @param namespaceLevel depth of the pid namespace in which thread ids are reported
 * @param threads how many threads it has now
 */
record Target(int tgid, int excludedTgid, int namespaceLevel, int threads) {
  /** Inode of the initial pid namespace, fixed in the kernel (PROC_PID_INIT_INO). */
  private static final String INITIAL_NAMESPACE = "pid:[4026531836]";

  private static final String NAMESPACE_IDS = "NSpid:";

  /** Assumed where every process is watched: processes come and go. */
  private static final int THREADS_OF_ALL = 2_000;

  /**
   * The process of a capture.
   *
   * @param withItsIds whether its threads are to have the ids of its own pid namespace; else of
   *     ours
   */
  static Target of(CaptureSettings settings, boolean withItsIds) throws BpfException, IOException {
    long own = ProcessHandle.current().pid();
    long pid = settings.pid() == CaptureSettings.OWN ? own : settings.pid();
    Found self = find(own);
    if (pid == CaptureSettings.ALL) {
      return new Target(0, self.tgid, self.level, THREADS_OF_ALL);
    }
    Found found = pid == own ? self : find(pid);
    int level = withItsIds ? self.level + levelsBelow(pid) : self.level;
    return new Target(found.tgid, 0, level, threads(pid));
  }

  /** Whether a process has the same id in its own pid namespace. */
  static boolean isInNamespaceOf(long pid) {
    try {
      return levelsBelow(pid) == 0;
    } catch (IOException ended) {
      return true;
    }
  }

  private record Found(int tgid, int level) {}

  /** Whether ids in {@code /proc} are those that BPF programs see. */
  static boolean isInInitialNamespace() {
    try {
      return KernelFile.link(Path.of("/proc/self/ns/pid")).equals(INITIAL_NAMESPACE);
    } catch (IOException e) {
      return false; // and nothing is asked by an id that may be another task's
    }
  }

  private static Found find(long pid) throws BpfException, IOException {
    if (isInInitialNamespace()) {
      return new Found((int) pid, 0);
    }
    ObjectFile file = ObjectFile.named("target");
    try (LoadedObject object = KernelObject.open(file).constant("wanted_pid", pid).load()) {
      ByteBuffer found =
          ByteBuffer.wrap(object.readIterator("ls_find_target")).order(ByteOrder.nativeOrder());
      Struct layout = file.struct("found_target");
      if (found.remaining() < layout.size()) {
        throw new IOException("no process " + pid + " in this pid namespace");
      }
      return new Found(
          found.getInt(layout.member("tgid").offset()),
          found.getInt(layout.member("namespace_level").offset()));
    }
  }

  /** How many pid namespaces a process is deeper in than this one. */
  private static int levelsBelow(long pid) throws IOException {
    for (String line : KernelFile.lines(CaptureSettings.folder(pid).resolve("status"))) {
      if (line.startsWith(NAMESPACE_IDS)) {
        // Its id in each of them, this /proc's first.
        return line.substring(NAMESPACE_IDS.length()).strip().split("\\s+").length - 1;
      }
    }
    return 0;
  }

  private static int threads(long pid) throws IOException {
    try (Stream<Path> tasks = Files.list(CaptureSettings.folder(pid).resolve("task"))) {
      return (int) tasks.count();
    }
  }
}
