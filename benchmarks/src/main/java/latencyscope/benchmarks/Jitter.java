package latencyscope.benchmarks;

import java.util.Arrays;

/**
 * A thread that spins on its CPU and measures its own turns: what an engine's busy loop suffers.
 *
 * <p>Its turns are of a microsecond, as of an engine that polls; a turn that takes longer was
 * interrupted. Prints their P99.99 in nanoseconds, one turn in ten milliseconds, and the longest,
 * of each of some windows, as medians of these. Turns of nothing but a reading of the clock would
 * have a P99.99 of three or four of its steps, which tells nothing.
 */
final class Jitter {
  private static final int TURN_NS = 1_000;
  private static final int TURNS = 500_000;
  private static final int WINDOWS = 9;

  private Jitter() {}

  /** Waits the given milliseconds, for an agent to come up and the thread to be pinned. */
  public static void main(String[] args) throws InterruptedException {
    long milliseconds = Long.parseLong(args[0]);
    Thread spinner = new Thread(() -> measure(milliseconds), "spinner");
    spinner.start();
    spinner.join();
  }

  private static void measure(long milliseconds) {
    int[] turns = new int[TURNS];
    spin(turns); // compiles it
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      return;
    }
    long[] tail = new long[WINDOWS];
    long[] longest = new long[WINDOWS];
    for (int window = 0; window < WINDOWS; window++) {
      spin(turns);
      Arrays.sort(turns);
      tail[window] = turns[(int) (TURNS * 0.9999)];
      longest[window] = turns[TURNS - 1];
    }
    System.out.println(median(tail) + " " + median(longest));
  }

  private static void spin(int[] turns) {
    long last = System.nanoTime();
    for (int i = 0; i < turns.length; i++) {
      long now = last;
      while (now - last < TURN_NS) {
        now = System.nanoTime();
      }
      turns[i] = (int) Math.min(Integer.MAX_VALUE, now - last);
      last = now;
    }
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
