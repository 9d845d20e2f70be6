package latencyscope.benchmarks;

import java.util.Arrays;

/**
 * A thread that spins on its CPU and measures its own gaps: what an engine's busy loop suffers.
 *
 * <p>Prints the loop's P99.99 and its longest gap in nanoseconds, over the iterations of each of
 * some windows, as medians of these.
 */
final class Jitter {
  private static final int ITERATIONS = 4_000_000;
  private static final int WINDOWS = 9;

  private Jitter() {}

  /** Waits the given milliseconds, for an agent to come up, and measures. */
  public static void main(String[] args) throws InterruptedException {
    int[] gaps = new int[ITERATIONS];
    spin(gaps); // compiles it
    Thread.sleep(Long.parseLong(args[0]));
    long[] tail = new long[WINDOWS];
    long[] longest = new long[WINDOWS];
    for (int window = 0; window < WINDOWS; window++) {
      spin(gaps);
      Arrays.sort(gaps);
      tail[window] = gaps[(int) (ITERATIONS * 0.9999)];
      longest[window] = gaps[ITERATIONS - 1];
    }
    System.out.println(median(tail) + " " + median(longest));
  }

  private static void spin(int[] gaps) {
    long last = System.nanoTime();
    for (int i = 0; i < gaps.length; i++) {
      long now = System.nanoTime();
      gaps[i] = (int) Math.min(Integer.MAX_VALUE, now - last);
      last = now;
    }
  }

  private static long median(long[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
