package latencyscope.report;

import java.time.ZoneId;

/**
 * How text is to look.
 *
 * @param width columns of the terminal
 * @param colour whether escape sequences are welcome
 * @param ascii whether nothing but ASCII can be written
 * @param zone zone of wall-clock times
 */
public record Style(int width, boolean colour, boolean ascii, ZoneId zone) {
  /** Columns where nobody says otherwise, as terminals have. */
  public static final int DEFAULT_WIDTH = 80;

  private static final int MIN_WIDTH = 48;
  private static final int MAX_WIDTH = 160;

  /** Keeps the width within what can be laid out and what can be read. */
  public Style {
    width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width));
  }

  /** Without a terminal. */
  public static Style plain(ZoneId zone) {
    return new Style(DEFAULT_WIDTH, false, false, zone);
  }
}
