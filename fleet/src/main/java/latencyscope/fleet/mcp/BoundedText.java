package latencyscope.fleet.mcp;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Keeps the beginning of a UTF-8 text and counts the rest, so that no answer fills memory or an
 * assistant's context. Used by one thread.
 */
final class BoundedText extends OutputStream {
  /** A first screen has 2,000 bytes, all panels of a report 20,000 to 40,000. */
  static final int MOST_BYTES = 50_000;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long written;

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    kept.write(bytes, offset, Math.min(length, MOST_BYTES - kept.size()));
    written += length;
  }

  /** The text; if it was too long, its whole lines as far as they fit, and a line that says so. */
  String text() {
    String all = kept.toString(StandardCharsets.UTF_8);
    if (written <= MOST_BYTES) {
      return all;
    }
    return all.substring(0, all.lastIndexOf('\n') + 1)
        + String.format(
            Locale.ROOT,
            "… cut here: this is the beginning of %,d bytes, and an answer has %,d at most;"
                + " ask for less%n",
            written,
            MOST_BYTES);
  }
}
