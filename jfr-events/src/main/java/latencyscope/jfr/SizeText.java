package latencyscope.jfr;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as users write them: {@code 4096}, {@code 512k}, {@code 64m}, {@code 1g}. */
public final class SizeText {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9})([kmg]?)b?");
  private static final int BITS = 10;

  private SizeText() {}

  /**
   * Reads a number of bytes and its unit, of which each is 1,024 times the one before.
   *
   * @throws IllegalArgumentException when it is not that
   */
  public static long parse(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a size: " + text);
    }
    int shift = matcher.group(2).isEmpty() ? 0 : BITS * (1 + "kmg".indexOf(matcher.group(2)));
    return Long.parseLong(matcher.group(1)) << shift;
  }
}
