package latencyscope.agent.broker;

import java.util.HashMap;
import java.util.Map;

/** How many clients there are, and how many there may be. Safe for use by several threads. */
final class ClientLimits {
  /** Programs of each client run on every switch of the host. */
  private static final int CLIENTS = 32;

  /** One user must not keep the others out. */
  private static final int OF_USER = 16;

  private final Map<Integer, Integer> byUser = new HashMap<>();
  private int clients;

  /**
   * Lets a client in.
   *
   * @throws RefusedException if there are too many
   */
  synchronized void enter(int uid) throws RefusedException {
    int ofUser = byUser.getOrDefault(uid, 0);
    if (ofUser >= OF_USER || clients >= CLIENTS) {
      throw new RefusedException(
          ofUser >= OF_USER
              ? "user " + uid + " has " + ofUser + " captures already"
              : "there are " + clients + " captures already",
          "end one: jcmd PID JFR.stop");
    }
    clients++;
    byUser.put(uid, ofUser + 1);
  }

  /** Lets a client go. */
  synchronized void leave(int uid) {
    clients--;
    byUser.computeIfPresent(uid, (user, count) -> count == 1 ? null : count - 1);
  }
}
