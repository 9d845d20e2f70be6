package latencyscope.jfr;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Frames of a stack in one line, the innermost first: {@code demo.book.OrderBook.insert:88 <
 * demo.Strategy.onTick:41}. A frame without a line has no colon. {@link #UNKNOWN} stands for frames
 * that could not be found, and {@link #NEAR} instead of the colon for a line that the compiler did
 * not note for that very instruction, but before and behind it.
 */
public final class StackText {
  /** Frames that could not be found. */
  public static final String UNKNOWN = "…";

  /** Between a method and its line. */
  public static final String AT = ":";

  /** Between a method and a line that is near. */
  public static final String NEAR = ":~";

  /** More are left out. */
  public static final int MOST_FRAMES = 20;

  private static final String BETWEEN = " < ";

  private StackText() {}

  /**
   * Writes frames.
   *
   * @param frames the innermost first
   * @param hasTop whether the first is that which the thread was in
   * @param isWhole whether the last is that which the thread began with
   */
  public static String of(List<String> frames, boolean hasTop, boolean isWhole) {
    List<String> all = new ArrayList<>();
    if (!hasTop) {
      all.add(UNKNOWN);
    }
    all.addAll(frames.subList(0, Math.min(MOST_FRAMES, frames.size())));
    if (!isWhole || frames.size() > MOST_FRAMES) {
      all.add(UNKNOWN);
    }
    return String.join(BETWEEN, all);
  }

  /** Reads frames; none of null. */
  public static List<String> frames(String text) {
    return text == null || text.isEmpty() ? List.of() : Arrays.asList(text.split(BETWEEN));
  }
}
