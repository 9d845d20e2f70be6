package latencyscope.benchmarks;

/** A JVM that does nothing until it is ended: for an agent in it that watches something else. */
final class Idle {
  private Idle() {}

  /** Waits for a signal, at most five minutes. */
  public static void main(String[] args) throws InterruptedException {
    Thread.sleep(300_000);
  }
}
