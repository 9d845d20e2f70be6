package latencyscope.analysis;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** A limit was set on a value that no report has; the message names near ones. */
public final class UnknownKeyException extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int NEAR = 3;

  UnknownKeyException(String key, List<String> known) {
    super("'" + key + "' is not a numeric key of the report; similar keys: " + near(key, known));
  }

  private static String near(String key, List<String> known) {
    return known.stream()
        .sorted(Comparator.comparingInt((String k) -> distance(key, k)).thenComparing(k -> k))
        .limit(NEAR)
        .collect(Collectors.joining(", "));
  }

  // Levenshtein: insertions, deletions and replacements from one word to the other.
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(row[j - 1], previous[j]) + 1);
      }
      previous = row;
    }
    return previous[b.length()];
  }
}
