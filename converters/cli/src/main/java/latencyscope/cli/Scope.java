package latencyscope.cli;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.jfr.Schema;
import latencyscope.proc.CpuSet;

/** Checks what a user wants to be watched. */
final class Scope {
  private Scope() {}

  /** The process to watch; null for every one. */
  static Target target(Long pid, Machine machine) throws UserError {
    if (pid != null && pid <= 0) {
      throw new UserError("--pid: " + pid + " is not a process id");
    }
    return pid == null ? null : Target.of(pid, machine);
  }

  /** The CPUs to watch; empty for all. */
  static CpuSet cpus(String cpus, Machine machine) throws UserError {
    if (cpus == null) {
      return CpuSet.EMPTY;
    }
    CpuSet asked;
    try {
      asked = CpuSet.parse(cpus);
    } catch (IllegalArgumentException e) {
      throw new UserError("--cpus: " + e.getMessage(), e);
    }
    if (asked.isEmpty()) {
      throw new UserError("--cpus: the list is empty; write it like 4,5,6-7, or leave it out");
    }
    CpuSet missing = asked.minus(machine.online());
    if (!missing.isEmpty()) {
      throw new UserError(
          "--cpus: there is no CPU " + missing + " online here; there are " + machine.online());
    }
    return asked;
  }

  /** The modules to load; empty for all. */
  static List<String> modules(List<String> modules) throws UserError {
    List<String> known = Schema.modules();
    Set<String> asked = new LinkedHashSet<>(modules);
    if (asked.remove("all")) {
      asked.clear();
    }
    for (String module : asked) {
      if (!known.contains(module)) {
        throw new UserError(
            "--module: this version does not have '"
                + module
                + "', only "
                + String.join(", ", known));
      }
    }
    return List.copyOf(asked);
  }
}
