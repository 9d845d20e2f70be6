package latencyscope.cli.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import latencyscope.alpha.CostRate;
import latencyscope.analysis.Limit;
import latencyscope.analysis.Report;
import latencyscope.analysis.UnknownKeyException;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.analysis.number.ClockWords;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.jfr.Schema;
import latencyscope.recording.ClockRelation;
import latencyscope.recording.Recording;
import latencyscope.recording.RecordingFiles;
import latencyscope.recording.RecordingGroups;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.trace.MergedTrace;
import picocli.CommandLine.Option;

/** The options on what comes out, which every command that reports has. */
public final class OutputOptions {
  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the result to FILE, whole or not at all, readable by you only.")
  private Path output;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      completionCandidates = FormatNames.class,
      description =
          "text, json, perfetto, html, hlog, jfr, chrome, flamegraph, collapsed, offcpu,"
              + " offcpu-collapsed, faults or faults-collapsed; without it the ending of --output"
              + " decides.")
  private String format;

  @Option(names = "--json", description = "The same as --format json.")
  private boolean json;

  @Option(
      names = "--details",
      description =
          "Print every panel, not only the first screen. --output and --module do so, too.")
  private boolean details;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "How many causes to show first (default: as many as fit 24 lines).")
  private Integer top;

  @Option(
      names = "--notional",
      paramLabel = "DOLLARS",
      description = "Position size in dollars; the result then contains the cost of latency.")
  private Double notional;

  @Option(
      names = "--bps-per-us",
      paramLabel = "BPS",
      description = "Basis points of the notional that a microsecond costs (default: 0.5).")
  private Double bpsPerUs;

  @Option(
      names = "--limit",
      paramLabel = "KEY=VALUE",
      description =
          "A numeric key of the JSON report above VALUE is a violation, as is one that was not"
              + " measured. Repeatable.")
  private List<String> limits = List.of();

  @Option(
      names = {"-v", "--verbose"},
      description = "Print more about progress and errors to standard error.")
  private boolean verbose;

  private Format resolved;
  private List<String> panels = List.of();
  private List<Limit> parsed = List.of();
  private CostRate rate;

  public boolean verbose() {
    return verbose;
  }

  /** Checks everything that can be checked before any work is done. */
  public void check() throws UserError {
    resolved = format();
    rate = rate();
    if (top != null && top <= 0) {
      throw new UserError("--top: " + top + " is not a number of causes, such as 10");
    }
    if (resolved.needsCosts() && rate == null) {
      throw new UserError(
          "--format: this format requires --notional DOLLARS; the program's lines by time are in"
              + " offcpu.svg and faults.svg");
    }
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

  /**
   * Panels are wanted, because the user said which modules matter.
   *
   * @param ofModules whose; empty for all that there are
   */
  public void showDetails(List<String> ofModules) {
    details = true;
    panels = ofModules;
  }

  private View view() {
    return new View(details || output != null, top == null ? 0 : top, panels);
  }

  private CostRate rate() throws UserError {
    if (notional == null) {
      if (bpsPerUs != null) {
        throw new UserError("--bps-per-us requires --notional DOLLARS");
      }
      return null;
    }
    try {
      return new CostRate(notional, bpsPerUs == null ? CostRate.DEFAULT_BPS_PER_US : bpsPerUs);
    } catch (IllegalArgumentException e) {
      throw new UserError("--notional, --bps-per-us: " + e.getMessage(), e);
    }
  }

  private Format format() throws UserError {
    if (format != null) {
      Format named = Format.named(format);
      if (named == Format.PERFETTO && output != null && output.toString().endsWith(".json")) {
        named = Format.CHROME;
      }
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

  public Format resolvedFormat() {
    return resolved;
  }

  /**
   * Reads a recording and judges it.
   *
   * @throws UserError if it cannot be read
   */
  public Report read(List<Path> paths, Console console) throws UserError {
    try (Conversion progress = new Conversion(console, "Reading")) {
      return read(new RecordingFiles(paths, progress));
    }
  }

  private Report read(RecordingFiles files) throws UserError {
    try {
      if (rate == null) {
        return Report.read(files, parsed);
      }
      CostCollector costs = new CostCollector();
      Report report = Report.read(files, parsed, costs);
      return report.withCosts(costs.report(rate, report.recording()));
    } catch (RecordingException e) {
      throw new UserError(e.getMessage(), e);
    } catch (UnknownKeyException e) {
      throw new UserError("--limit: " + e.getMessage(), e);
    }
  }

  /**
   * Reads several recordings and writes them as one trace.
   *
   * @return the worst exit code of a report on one of them
   * @throws UserError if the format shows one recording only, or one cannot be read
   */
  public int writeMerged(List<RecordingGroups.Group> groups, Console console) throws UserError {
    if (!resolved.isTrace()) {
      throw new UserError(
          groups.get(0).name()
              + " is of "
              + groups.get(0).inWords()
              + ", and "
              + groups.get(1).name()
              + " of "
              + groups.get(1).inWords()
              + ": only a trace (--output FILE.pftrace) shows several recordings; report on each by"
              + " itself, or compare them with diff");
    }
    List<MergedTrace.Source> sources = new ArrayList<>();
    int exitCode = 0;
    try (Conversion progress = new Conversion(console, "Reading")) {
      for (RecordingGroups.Group group : groups) {
        RecordingFiles files = new RecordingFiles(group.files(), progress);
        Report report = read(files).ofFiles(group.files());
        sources.add(new MergedTrace.Source(report, files, group.name()));
        exitCode = Math.max(exitCode, report.exitCode());
      }
    }
    Recording first = sources.get(0).report().recording();
    for (int i = 1; i < sources.size(); i++) {
      ClockRelation clocks = ClockRelation.of(first, sources.get(i).report().recording());
      console
          .err()
          .println(
              sources.get(i).name()
                  + " is put on the clock of "
                  + sources.get(0).name()
                  + " by "
                  + ClockWords.of(clocks)
                  + ".");
    }
    RecordingFiles files = new RecordingFiles(groups.get(0).files());
    if (output == null) {
      write(new Content(sources, files, view(), console.style(), console.charset()), console);
    } else {
      Content content =
          new Content(sources, files, view(), console.fileStyle(), StandardCharsets.UTF_8);
      new OutputFile(output).write(resolved, content);
    }
    return exitCode;
  }

  /** Writes a report where the user wants it. */
  public void write(Report report, List<Path> recording, Console console) throws UserError {
    try (Conversion progress = new Conversion(console, "Writing")) {
      write(report, new RecordingFiles(recording, progress), console);
    }
  }

  private void write(Report report, RecordingFiles files, Console console) throws UserError {
    if (output != null) {
      Content content =
          new Content(report, files, view(), console.fileStyle(), StandardCharsets.UTF_8);
      new OutputFile(output).write(resolved, content);
      return;
    }
    // Text is for a reader whose character set is known.
    write(new Content(report, files, view(), console.style(), console.charset()), console);
  }

  private void write(Content content, Console console) throws UserError {
    try {
      resolved.write(content, console.out());
    } catch (IOException e) {
      throw new UserError("the result could not be written: " + e.getMessage(), e);
    }
    console.out().flush();
    if (console.out().checkError()) {
      throw new UserError("standard output could not be written: was the pipe closed?");
    }
  }

  /**
   * Checks that a terminal can show it.
   *
   * @throws UserError if it is for a file
   */
  public void checkTerminal(Console console) throws UserError {
    if (resolved.isBinary() && output == null && console.outTerminal()) {
      throw new UserError(
          "a "
              + (resolved == Format.JFR ? "recording" : "trace")
              + " cannot be written to a terminal; use --output FILE");
    }
  }
}
