package latencyscope.perfetto;

import java.util.HashMap;
import java.util.Map;

/** Numbers for texts that come again and again. Not safe for use by several threads. */
final class Interned {
  // Beyond this a text is written out: a recording may have as many names as events.
  private static final int MAX = 20_000;

  /** Not interned: to be written out. */
  static final long NONE = 0;

  private final Map<String, Long> ids = new HashMap<>();
  private boolean fresh;

  /** The number of a text, from 1; {@link #NONE} if there are too many. */
  long id(String text) {
    Long known = ids.get(text);
    fresh = known == null && ids.size() < MAX;
    if (fresh) {
      known = (long) ids.size() + 1;
      ids.put(text, known);
    }
    return known == null ? NONE : known;
  }

  /** Whether the last text got its number just then, so that it has to be written, too. */
  boolean isFresh() {
    return fresh;
  }
}
