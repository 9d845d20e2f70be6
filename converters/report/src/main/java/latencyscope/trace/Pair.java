package latencyscope.trace;

/** Two numbers in one. */
final class Pair {
  private Pair() {}

  static long of(int high, int low) {
    return (long) high << Integer.SIZE | Integer.toUnsignedLong(low);
  }

  static int high(long pair) {
    return (int) (pair >> Integer.SIZE);
  }

  static int low(long pair) {
    return (int) pair;
  }
}
