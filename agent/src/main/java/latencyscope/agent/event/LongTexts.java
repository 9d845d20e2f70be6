package latencyscope.agent.event;

import java.util.function.LongFunction;

/**
 * Texts of numbers, each made once. A look-up of a known one allocates nothing, as a map's key
 * would. Used by one thread at a time.
 */
final class LongTexts {
  private static final int FIRST_SIZE = 256;
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final LongFunction<String> make;
  private long[] numbers = new long[FIRST_SIZE];
  private String[] texts = new String[FIRST_SIZE];
  private int used;

  /**
   * Creates it with no text.
   *
   * @param make makes the text of a number, never null
   */
  LongTexts(LongFunction<String> make) {
    this.make = make;
  }

  /** The text of a number. */
  String of(long number) {
    int at = place(numbers, texts, number);
    if (texts[at] == null) {
      String text = make.apply(number);
      if (++used > numbers.length / 2) {
        grow();
        at = place(numbers, texts, number);
      }
      numbers[at] = number;
      texts[at] = text;
    }
    return texts[at];
  }

  // Where a number is, or would go: at most half of the places are taken.
  private static int place(long[] numbers, String[] texts, long number) {
    int mask = numbers.length - 1;
    int at = (int) (number * SPREAD >>> 32) & mask;
    while (texts[at] != null && numbers[at] != number) {
      at = at + 1 & mask;
    }
    return at;
  }

  private void grow() {
    long[] moreNumbers = new long[numbers.length * 2];
    String[] moreTexts = new String[moreNumbers.length];
    for (int i = 0; i < numbers.length; i++) {
      if (texts[i] != null) {
        int at = place(moreNumbers, moreTexts, numbers[i]);
        moreNumbers[at] = numbers[i];
        moreTexts[at] = texts[i];
      }
    }
    numbers = moreNumbers;
    texts = moreTexts;
  }
}
