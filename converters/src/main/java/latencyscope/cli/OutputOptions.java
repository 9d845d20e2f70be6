package latencyscope.cli;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.analysis.Analyzers;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.jfr.Schema;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingException;
import picocli.CommandLine.Option;

/** The options on what comes out, which every command that reports has. */
final class OutputOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the result to FILE, whole or not at all, readable by you only.")
  private Path output;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      description = "text, json or jfr; without it the ending of --output decides.")
  private String format;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = "--limit",
      paramLabel = "KEY=VALUE",
      description =
          "A numeric key of the JSON report above VALUE is a violation, as is one that was not"
              + " measured. Repeatable.")
  private List<String> limits = List.of();

  @Option(
      names = {"-v", "--verbose"},
      description = "Say more about what is done and what goes wrong, on standard error.")
  private boolean verbose;

  private Format resolved;
  private List<Limit> parsed;

  boolean verbose() {
    return verbose;
  }

  /** Checks everything that can be checked before any work is done. */
  void check() throws UserError {
    resolved = format();
    parsed = new ArrayList<>();
    for (String limit : limits) {
      try {
        parsed.add(Limit.parse(limit));
      } catch (IllegalArgumentException e) {
        throw new UserError("--limit: " + e.getMessage(), e);
      }
    }
    try {
      Report.checkKeys(parsed, Schema.modules());
    } catch (UnknownKeyException e) {
      throw new UserError("--limit: " + e.getMessage(), e);
    }
    if (output != null) {
      new OutputFile(output).check();
    }
  }

  private Format format() throws UserError {
    if (format != null) {
      Format named = Format.named(format);
      if (json && named != Format.JSON) {
        throw new UserError("--json and --format " + format + " exclude each other; give one");
      }
      return named;
    }
    if (json) {
      return Format.JSON;
    }
    return output == null ? Format.TEXT : Format.ofFile(output.toString());
  }

  Format resolvedFormat() {
    return resolved;
  }

  /**
   * Reads a recording and judges it.
   *
   * @throws UserError if it cannot be read
   */
  Report read(List<Path> files) throws UserError {
    return read(files, parsed);
  }

  /**
   * Reads a recording and judges it by limits.
   *
   * @throws UserError if it cannot be read
   */
  static Report read(List<Path> files, List<Limit> limits) throws UserError {
    Analyzers analyzers = new Analyzers();
    try {
      Recording recording = Recording.read(files, analyzers);
      return Report.of(recording, analyzers, limits);
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    } catch (UnknownKeyException e) {
      throw new UserError("--limit: " + e.getMessage(), e);
    }
  }

  /** Writes a report, or the recording itself, where the user wants it. */
  void write(Report report, Path recording, Console console) throws UserError {
    if (output != null) {
      new OutputFile(output).write(resolved, report, recording, console.fileStyle());
      return;
    }
    byte[] content = content(report, recording, console);
    console.out().write(content, 0, content.length);
    console.out().flush();
    if (console.out().checkError()) {
      throw new UserError("standard output could not be written: was the pipe closed?");
    }
  }

  private byte[] content(Report report, Path recording, Console console) throws UserError {
    // JSON is UTF-8 by its standard, text is for a reader whose character set is known.
    Charset charset = resolved == Format.TEXT ? console.charset() : StandardCharsets.UTF_8;
    Optional<String> text = resolved.of(report, console.style());
    try {
      return text.isPresent() ? text.get().getBytes(charset) : Files.readAllBytes(recording);
    } catch (IOException e) {
      throw new UserError("the recording could not be read again: " + e.getMessage(), e);
    }
  }

  boolean toFile() {
    return output != null;
  }
}
