package latencyscope.truth.workload;

/** Waits for the agent in this JVM. */
final class Capturing {
  // Five minutes: emulated machines are slow. Whoever started this JVM has a limit of its own.
  private static final int LOOKS = 30_000;
  private static final long PAUSE_MS = 10;

  private Capturing() {}

  /** Returns when all probes are in place. */
  static void await() throws InterruptedException {
    for (int i = 0; i < LOOKS; i++) {
      String state = System.getProperty("latencyscope.state", "");
      if (state.equals("capturing")) {
        return;
      }
      if (state.equals("failed")) {
        break;
      }
      Thread.sleep(PAUSE_MS);
    }
    throw new IllegalStateException("the agent does not capture");
  }
}
