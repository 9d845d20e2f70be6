package latencyscope.agent.module;

import java.util.List;
import latencyscope.bpf.error.KernelVersion;

/**
 * Chooses between programs that do the same on kernels of different age, by their names: {@code
 * ls_x__before_5_17} is for the kernels that its name says, {@code ls_x} for the others.
 */
public final class ProgramChoice {
  private static final String BEFORE = "__before_";

  private ProgramChoice() {}

  /**
   * Whether a program is the one to load on a kernel.
   *
   * @param all programs of its object
   */
  public static boolean isFor(KernelVersion kernel, String program, List<String> all) {
    if (program.contains(BEFORE)) {
      return isBefore(kernel, program);
    }
    return all.stream()
        .noneMatch(other -> other.startsWith(program + BEFORE) && isBefore(kernel, other));
  }

  private static boolean isBefore(KernelVersion kernel, String program) {
    String version = program.substring(program.indexOf(BEFORE) + BEFORE.length());
    return kernel.compareTo(KernelVersion.parse(version.replace('_', '.'))) < 0;
  }
}
