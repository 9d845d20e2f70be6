package latencyscope.agent.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.Libc;
import latencyscope.proc.Capabilities;
import latencyscope.proc.KernelFile;

/**
 * Takes from this process what a broker does not need. A capability that the kernel has given to a
 * process cannot be taken from its other threads; so the process executes itself once more with
 * less. Stateless.
 */
final class Confinement {
  /**
   * What stays: to load programs, to attach them, and to read what {@code /proc} has of the
   * targets.
   */
  private static final List<String> KEPT = List.of("CAP_BPF", "CAP_PERFMON", "CAP_SYS_PTRACE");

  private static final int LAST = 40;

  private Confinement() {}

  /**
   * Executes this process's own command line again, if it has more than it needs; returns if it has
   * not.
   *
   * @throws BpfException if the kernel refuses
   */
  static void enter() throws BpfException, IOException {
    Capabilities held = Capabilities.held();
    List<Integer> tooMany = tooMany(held);
    if (tooMany.isEmpty()) {
      return;
    }
    Libc.require();
    for (int capability : tooMany) {
      Refusal.check("give up a capability", Libc.dropFromBoundingSet(capability));
    }
    Refusal.check("give up new privileges", Libc.noNewPrivileges());
    List<String> arguments = words("cmdline");
    String program = KernelFile.link(Path.of("/proc/self/exe"));
    Refusal.check("execute " + program, Libc.execute(program, arguments, words("environ")));
  }

  private static List<Integer> tooMany(Capabilities held) {
    List<Integer> numbers = new ArrayList<>();
    long kept = KEPT.stream().mapToLong(name -> 1L << Capabilities.number(name)).sum();
    for (int i = 0; i <= LAST; i++) {
      if ((held.mask() & ~kept & 1L << i) != 0) {
        numbers.add(i);
      }
    }
    return numbers;
  }

  private static List<String> words(String file) throws IOException {
    String text = KernelFile.text(Path.of("/proc/self").resolve(file));
    return text.isEmpty() ? List.of() : List.of(text.split("\0"));
  }
}
