package latencyscope.agent.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import latencyscope.proc.TaskStat;

/**
 * The process that is captured for a client, which must be its user's, and stay it. Immutable.
 *
 * @param pid its id
 * @param uid the client's user
 * @param isClient whether it is the client itself
 * @param startTime of the process; another one with the same id has a later one
 */
record ClientTarget(long pid, int uid, boolean isClient, String startTime) {
  private static final int ROOT = 0;
  private static final String OWN = "capture a process of your own, or have its user do it";

  /**
   * The process that a client asks for.
   *
   * @param pid 0: the client itself
   * @throws RefusedException if that may not be captured for it
   */
  static ClientTarget of(Peer peer, long pid) throws RefusedException {
    long target = pid == 0 ? peer.pid() : pid;
    if (target <= 0) {
      throw new RefusedException(
          "process " + target + " is not among the broker's processes",
          "run the broker in the host's pid namespace");
    }
    try {
      ClientTarget found =
          new ClientTarget(target, peer.uid(), target == peer.pid(), startTime(target));
      if (!found.belongsToClient()) {
        throw new RefusedException("process " + target + " is not one of user " + peer.uid(), OWN);
      }
      return found;
    } catch (IOException e) {
      throw new RefusedException("there is no process " + target, OWN);
    }
  }

  // The folder is root's if the process has more privileges than its user.
  private boolean belongsToClient() throws IOException {
    int owner = (int) Files.getAttribute(folder(pid), "unix:uid");
    return owner == uid || uid == ROOT;
  }

  private static Path folder(long pid) {
    return Path.of("/proc", Long.toString(pid));
  }

  private static String startTime(long pid) throws IOException {
    return TaskStat.read(folder(pid))
        .orElseThrow(() -> new IOException("no process " + pid))
        .field(TaskStat.START_TIME);
  }

  /**
   * Looks again: it may have ended, and another one may have its id, or it may have become another
   * user's.
   *
   * @throws RefusedException if it is not to be captured any more
   */
  void check() throws RefusedException {
    try {
      if (startTime(pid).equals(startTime) && belongsToClient()) {
        return;
      }
    } catch (IOException ended) {
      throw new RefusedException("process " + pid + " has ended", OWN);
    }
    throw new RefusedException("process " + pid + " is not one of user " + uid + " any more", OWN);
  }

  /** Whether the client's user could read a process's program itself. */
  boolean mayRead(long process) {
    try {
      return uid == ROOT || (int) Files.getAttribute(folder(process), "unix:uid") == uid;
    } catch (IOException ended) {
      return false;
    }
  }
}
