package latencyscope.fleet.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import latencyscope.analysis.finding.Count;
import latencyscope.cli.Main;
import latencyscope.cli.capture.Durations;
import latencyscope.cli.capture.Sizes;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.contract.Contract;
import latencyscope.contract.ContractException;
import latencyscope.contract.ContractFile;
import latencyscope.fleet.export.ChunkRange;
import latencyscope.fleet.export.ExportException;
import latencyscope.fleet.export.Exported;
import latencyscope.fleet.export.Exporter;
import latencyscope.recording.chunk.RecordingException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes recordings as tables. */
@Command(
    name = "export",
    description = {
      "Write recordings as Parquet tables, by day and host, for latencyscope fleet and query, for"
          + " DuckDB and for Spark.",
      "",
      "Each file is a recording. One that is there already is left alone, whatever its name; of"
          + " two dumps of one recording, what both have is counted once."
    },
    exitCodeList = {"0:all files are in the tables", "3:a file could not be exported"},
    footer = {
      "",
      "Examples:",
      "  latencyscope export /archive/2026-12-01/*.jfr -o /fleet",
      "  latencyscope export run.jfr -o fleet --host engine7 --events 1ms",
      "",
      "docs/tables.md describes the tables."
    })
final class ExportCommand extends Main.Diagnosed {
  private static final int FAILED = 3;

  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "A recording, each one by itself; of a folder, all that end with .jfr.")
  private List<Path> files;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder of the tables; it is created, or added to.")
  private Path output;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "Name of the host that the files are from (default: what they say).")
  private String host;

  @Option(
      names = "--events",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "Also write the single events of the kernel that are at least so long, such as 1ms.")
  private Duration events;

  @Option(
      names = "--split",
      paramLabel = "SIZE",
      converter = Sizes.class,
      description =
          "Split larger recordings between chunks, such as 256m; each part becomes a capture"
              + " (default: never).")
  private Long split;

  @Option(
      names = "--contract",
      paramLabel = "FILE",
      description = "Check each recording against this contract, and write what came of it.")
  private Path contract;

  ExportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    Exporter.Options options =
        new Exporter.Options(host, events == null ? -1 : events.toNanos(), contract());
    List<Path> named = NamedRecordings.of(files);
    int failed = 0;
    try (Exporter exporter = new Exporter(output, options)) {
      for (Path file : named) {
        for (ChunkRange range : ranges(file)) {
          failed += export(exporter, file, range) ? 0 : 1;
        }
      }
    } catch (ExportException e) {
      throw new UserError(e.getMessage(), e);
    }
    return failed == 0 ? 0 : FAILED;
  }

  private Contract contract() throws UserError {
    try {
      return contract == null ? null : ContractFile.read(contract);
    } catch (ContractException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private List<ChunkRange> ranges(Path file) {
    try {
      return split == null ? List.of(ChunkRange.WHOLE) : ChunkRange.split(file, split);
    } catch (IOException e) {
      return List.of(ChunkRange.WHOLE); // whose reader says what is wrong
    }
  }

  // One that cannot be read is no reason to leave out the others.
  private boolean export(Exporter exporter, Path file, ChunkRange range) throws UserError {
    try {
      Exported exported = exporter.export(file, range);
      String line = file + ": " + words(exported) + "\n";
      console.result(line.getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (RecordingException | ExportException e) {
      console.say(e.getMessage());
      return false;
    }
  }

  private String words(Exported exported) {
    String place = output.relativize(exported.capture()).toString();
    return switch (exported.outcome()) {
      case KNOWN -> "there already, as " + place;
      case REPLACED -> place + ", in place of a shorter copy";
      case WRITTEN ->
          exported.leftOut() == 0
              ? place
              : place + ", without " + Count.words(exported.leftOut(), "chunk") + " known already";
    };
  }
}
