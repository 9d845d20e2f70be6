package latencyscope.cli;

import java.util.Arrays;
import java.util.List;

/** A process that is watched, told apart from a later one with the same id. */
final class Target {
  // Fields of /proc/PID/stat after the name in parentheses, which may hold anything.
  private static final int STATE = 0;
  private static final int START_TIME = 19;

  private final Machine machine;
  private final long pid;
  private final String startTime;

  private Target(Machine machine, long pid, String startTime) {
    this.machine = machine;
    this.pid = pid;
    this.startTime = startTime;
  }

  /**
   * The running process with an id.
   *
   * @throws UserError if there is none
   */
  static Target of(long pid, Machine machine) throws UserError {
    List<String> stat = stat(machine, pid);
    if (stat.isEmpty()) {
      throw new UserError(
          "--pid: there is no process " + pid + "; running Java processes are listed by jps");
    }
    if (ended(stat)) {
      throw new UserError("--pid: process " + pid + " has ended");
    }
    long group = threadGroup(machine, pid);
    if (group != pid) {
      throw new UserError(
          "--pid: " + pid + " is a thread of process " + group + "; use --pid " + group);
    }
    return new Target(machine, pid, stat.get(START_TIME));
  }

  private static long threadGroup(Machine machine, long pid) {
    return machine
        .read("proc/" + pid + "/status")
        .flatMap(text -> text.lines().filter(line -> line.startsWith("Tgid:")).findFirst())
        .map(line -> Long.parseLong(line.substring("Tgid:".length()).strip()))
        .orElse(pid);
  }

  private static List<String> stat(Machine machine, long pid) {
    return machine
        .read("proc/" + pid + "/stat")
        .map(text -> Arrays.asList(text.substring(text.lastIndexOf(')') + 2).split(" ")))
        .filter(fields -> fields.size() > START_TIME)
        .orElse(List.of());
  }

  private static boolean ended(List<String> stat) {
    return "ZXx".contains(stat.get(STATE));
  }

  /** Whether the process still runs. */
  boolean alive() {
    List<String> stat = stat(machine, pid);
    return !stat.isEmpty() && !ended(stat) && stat.get(START_TIME).equals(startTime);
  }

  long pid() {
    return pid;
  }
}
