package latencyscope.cli;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import latencyscope.analysis.Report;
import latencyscope.report.JsonReport;
import latencyscope.report.Style;
import latencyscope.report.TextReport;

/** An output format, with the ending that a file of it has. */
enum Format {
  /** For people. */
  TEXT("report.txt", (report, style) -> TextReport.of(report, style)),
  /** For programs. */
  JSON("report.json", (report, style) -> JsonReport.of(report)),
  /** The recording itself. */
  JFR("recording.jfr", null);

  private final String file;
  private final Writer writer;

  /** Writes a report in words. */
  private interface Writer {
    String write(Report report, Style style);
  }

  /**
   * @param file name of a file of this format, where nobody gives one
   * @param writer writes it; null if there is nothing to write, but a recording to copy
   */
  Format(String file, Writer writer) {
    this.file = file;
    this.writer = writer;
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
      if (file.endsWith(format.ending())) {
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
            + all(Format::ending)
            + "; or say --format");
  }

  /** A report in this format; empty if the recording itself is meant. */
  Optional<String> of(Report report, Style style) {
    return Optional.ofNullable(writer).map(w -> w.write(report, style));
  }

  /** A report as the content of a file, whose reader nobody knows: UTF-8. */
  Optional<byte[]> fileContent(Report report, Style style) {
    return of(report, style).map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  /** Name of a file of this format, where nobody gives one. */
  String file() {
    return file;
  }

  private String ending() {
    return file.substring(file.lastIndexOf('.'));
  }

  private static String all(Function<Format, String> what) {
    return Arrays.stream(values()).map(what).collect(Collectors.joining(", "));
  }

  private String lower() {
    return name().toLowerCase(Locale.ROOT);
  }
}
