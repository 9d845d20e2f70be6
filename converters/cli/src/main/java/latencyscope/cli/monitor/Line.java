package latencyscope.cli.monitor;

/**
 * A line of the screen.
 *
 * @param text what it says
 * @param look how; it says nothing that the text does not
 */
record Line(String text, Look look) {
  /** Looks of lines. */
  enum Look {
    TEXT,
    /** The screen's first line, and what must not be overlooked. */
    STRONG,
    /** A table's head. */
    HEAD,
    SELECTED,
    FAINT
  }

  static Line of(String text) {
    return new Line(text, Look.TEXT);
  }
}
