package latencyscope.analysis.finding;

import java.util.Locale;

/** Writes how many there are, for people. */
public final class Count {
  private Count() {}

  /** A number with its thousands apart. */
  public static String words(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** A number with what is counted: {@code 1 wait}, {@code 1,200 waits}. */
  public static String words(long count, String noun) {
    return words(count, noun, noun + "s");
  }

  /** The same where the plural is irregular: {@code 1 delivery}, {@code 2 deliveries}. */
  public static String words(long count, String noun, String plural) {
    return words(count) + " " + (count == 1 ? noun : plural);
  }
}
