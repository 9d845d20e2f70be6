package latencyscope.contract;

import latencyscope.recording.Nanos;

/** How much of something a thread may suffer. Times are nanoseconds. Immutable. */
public sealed interface Bound {
  /** The bound in words, such as {@code max 50 µs}. */
  String words();

  /** Whether it is on how long occurrences take, not on how many there are. */
  default boolean isTimed() {
    return true;
  }

  /** No occurrence may be longer. */
  record Longest(long ns) implements Bound {
    @Override
    public String words() {
      return "max " + Nanos.words(ns);
    }
  }

  /** No more occurrences in the capture. */
  record Most(long count) implements Bound {
    @Override
    public String words() {
      return "max " + count;
    }

    @Override
    public boolean isTimed() {
      return false;
    }
  }

  /** No more occurrences a second. */
  record Rate(double perSecond) implements Bound {
    @Override
    public String words() {
      return "rate " + Quantity.plain(perSecond) + "/s";
    }

    @Override
    public boolean isTimed() {
      return false;
    }
  }

  /** No more time a second. */
  record Share(double nsPerSecond) implements Bound {
    @Override
    public String words() {
      return "rate " + Nanos.words(Math.round(nsPerSecond)) + "/s";
    }
  }

  /**
   * All but a share of the occurrences may not be longer.
   *
   * @param percent such as 99.9
   * @param samples fewer occurrences than this prove nothing; 0 for any number
   */
  record Percentile(double percent, long ns, long samples) implements Bound {
    @Override
    public String words() {
      return "P" + Quantity.percent(percent) + " " + Nanos.words(ns);
    }
  }
}
