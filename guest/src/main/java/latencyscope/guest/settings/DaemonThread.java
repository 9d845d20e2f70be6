package latencyscope.guest.settings;

/** Threads of the agent, none of which keeps the engine from ending. */
public final class DaemonThread {
  private DaemonThread() {}

  /** Creates one that has not started. */
  public static Thread of(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Starts one. */
  public static void start(String name, Runnable work) {
    of(name, work).start();
  }
}
