package latencyscope.cli.monitor;

import latencyscope.recording.thread.ThreadId;

/** Text for a terminal: a name may have anything in it, also what a terminal obeys. */
final class Words {
  private Words() {}

  /** A thread's name, or its id if it has none. */
  static String thread(ThreadId thread) {
    return thread.name().isEmpty() ? "tid " + thread.osTid() : harmless(thread.name());
  }

  /** The text with a dot for each character that controls a terminal. */
  static String harmless(String text) {
    StringBuilder harmless = null;
    for (int i = 0; i < text.length(); i++) {
      int type = Character.getType(text.charAt(i));
      boolean controls =
          type == Character.CONTROL
              || type == Character.FORMAT
              || type == Character.LINE_SEPARATOR
              || type == Character.PARAGRAPH_SEPARATOR;
      if (controls && harmless == null) {
        harmless = new StringBuilder(text.substring(0, i));
      }
      if (harmless != null) {
        harmless.append(controls ? '.' : text.charAt(i));
      }
    }
    return harmless == null ? text : harmless.toString();
  }

  /** Only ASCII, where a terminal has nothing else. */
  static String ascii(String text) {
    StringBuilder ascii = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      ascii.append(
          switch (c) {
            case 'µ' -> 'u';
            case '·' -> '|';
            case '…' -> '~';
            default -> c < 128 ? c : '?';
          });
    }
    return ascii.toString();
  }
}
