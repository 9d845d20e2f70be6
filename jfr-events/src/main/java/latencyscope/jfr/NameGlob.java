package latencyscope.jfr;

/**
 * A pattern for whole names: {@code *} stands for any characters, also none, and {@code ?} for one.
 *
 * <p>Not a regular expression made of one: to those, a row of asterisks can be the work of hours.
 *
 * @param text of the pattern
 */
public record NameGlob(String text) {
  /** Whether a name matches; takes at most as many steps as name times pattern are long. */
  public boolean matches(String name) {
    return matches(text.codePoints().toArray(), name.codePoints().toArray());
  }

  private static boolean matches(int[] glob, int[] name) {
    int at = 0;
    int next = 0;
    int star = -1;
    int eaten = 0;
    while (at < name.length) {
      if (next < glob.length && glob[next] == '*') {
        star = next++;
        eaten = at;
      } else if (next < glob.length && (glob[next] == '?' || glob[next] == name[at])) {
        next++;
        at++;
      } else if (star >= 0) {
        // The last asterisk takes one character more: those before it have all that they need.
        next = star + 1;
        at = ++eaten;
      } else {
        return false;
      }
    }
    while (next < glob.length && glob[next] == '*') {
      next++;
    }
    return next == glob.length;
  }
}
