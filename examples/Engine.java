/** A small engine: a feed that spins and a risk check that sleeps. */
public class Engine {
  private static volatile boolean ended;

  /**
   * Runs for a while.
   *
   * @param arguments seconds
   */
  public static void main(String[] arguments) throws InterruptedException {
    start("feed", Thread::onSpinWait);
    start("risk", Engine::sleep);
    Thread.sleep(Long.parseLong(arguments[0]) * 1_000);
    ended = true;
  }

  private static void start(String name, Runnable turn) {
    Thread thread =
        new Thread(
            () -> {
              while (!ended) {
                turn.run();
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void sleep() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      ended = true;
    }
  }
}
