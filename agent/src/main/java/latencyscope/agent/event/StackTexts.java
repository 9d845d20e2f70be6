package latencyscope.agent.event;

/**
 * Stacks that were copied, from when their copies are read until their records are. A text that
 * nobody asks for gives way to later ones. Allocates nothing. Used by one thread at a time.
 */
public final class StackTexts {
  private static final int PLACES = 1 << 12;
  private static final int TRIES = 8;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final long[] numbers = new long[PLACES];
  private final String[] texts = new String[PLACES];

  /** Creates an empty collection. */
  public StackTexts() {}

  /** Takes a stack, until {@link #take} is called with the same number. */
  public void put(long number, String text) {
    int first = first(number);
    int oldest = first;
    for (int i = 0; i < TRIES; i++) {
      int at = first + i & PLACES - 1;
      if (texts[at] == null) {
        oldest = at;
        break;
      }
      if (numbers[at] < numbers[oldest]) { // they are of the clock
        oldest = at;
      }
    }
    numbers[oldest] = number;
    texts[oldest] = text;
  }

  /** The stack of a number, which is then forgotten; null if it is not known. */
  String take(long number) {
    if (number == 0) {
      return null;
    }
    for (int i = 0; i < TRIES; i++) {
      int at = first(number) + i & PLACES - 1;
      if (numbers[at] == number && texts[at] != null) {
        String text = texts[at];
        texts[at] = null;
        return text;
      }
    }
    return null;
  }

  private static int first(long number) {
    return (int) (number * SPREAD >>> 32) & PLACES - 1;
  }
}
