package latencyscope.cli.console;

import java.util.Optional;
import latencyscope.proc.ProcessFiles;
import latencyscope.proc.TaskStat;

/** A process that is watched, distinguished from a later one with the same id. */
public final class Target {
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
  public static Target of(long pid, Machine machine) throws UserError {
    Optional<TaskStat> stat = stat(machine, pid);
    if (stat.isEmpty()) {
      throw new UserError(
          "--pid: there is no process " + pid + "; running Java processes are listed by jps");
    }
    if (!files(machine, pid).isAlive()) {
      throw new UserError("--pid: process " + pid + " has ended");
    }
    long group = threadGroup(machine, pid);
    if (group != pid) {
      throw new UserError(
          "--pid: " + pid + " is a thread of process " + group + "; use --pid " + group);
    }
    return new Target(machine, pid, stat.get().field(TaskStat.START_TIME));
  }

  private static long threadGroup(Machine machine, long pid) {
    return machine
        .read("proc/" + pid + "/status")
        .flatMap(text -> text.lines().filter(line -> line.startsWith("Tgid:")).findFirst())
        .map(line -> Long.parseLong(line.substring("Tgid:".length()).strip()))
        .orElse(pid);
  }

  // The start is that of the first thread, also when only others live.
  private static Optional<TaskStat> stat(Machine machine, long pid) {
    return TaskStat.read(machine.file("proc/" + pid));
  }

  private static ProcessFiles files(Machine machine, long pid) {
    return new ProcessFiles(machine.file("proc/" + pid));
  }

  /** Whether the process still runs. */
  public boolean alive() {
    return stat(machine, pid)
            .filter(stat -> stat.field(TaskStat.START_TIME).equals(startTime))
            .isPresent()
        && files(machine, pid).isAlive();
  }

  public long pid() {
    return pid;
  }
}
