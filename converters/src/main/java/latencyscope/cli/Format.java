package latencyscope.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An output format, with the ending that a file of it has. */
enum Format {
  /** For people. */
  TEXT(".txt"),
  /** For programs. */
  JSON(".json"),
  /** The recording itself. */
  JFR(".jfr");

  private final String ending;

  Format(String ending) {
    this.ending = ending;
  }

  /** The format of a name. */
  static Format named(String name) throws UserError {
    for (Format format : values()) {
      if (format.lower().equals(name.toLowerCase(Locale.ROOT))) {
        return format;
      }
    }
    throw new UserError(
        "--format: this version does not write '" + name + "', only " + all(Format::lower));
  }

  /** The format that a file's ending asks for; text for a file without an ending. */
  static Format ofFile(String file) throws UserError {
    for (Format format : values()) {
      if (file.endsWith(format.ending)) {
        return format;
      }
    }
    int dot = file.lastIndexOf('.');
    if (dot <= file.lastIndexOf('/') + 1) {
      return TEXT;
    }
    throw new UserError(
        "--output: this version does not know what to write to a file that ends in '"
            + file.substring(dot)
            + "', only "
            + all(format -> format.ending)
            + "; or say --format");
  }

  private static String all(Function<Format, String> what) {
    return Arrays.stream(values()).map(what).collect(Collectors.joining(", "));
  }

  private String lower() {
    return name().toLowerCase(Locale.ROOT);
  }
}
