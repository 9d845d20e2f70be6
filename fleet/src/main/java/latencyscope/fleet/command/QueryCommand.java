package latencyscope.fleet.command;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import latencyscope.cli.Main;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.fleet.query.Answers;
import latencyscope.fleet.query.ResultFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers a query in SQL. */
@Command(
    name = "query",
    description = {
      "Answer a query in SQL on tables that export wrote.",
      "",
      "The query can read these tables, and no other file; it can write nothing."
    },
    exitCodeList = {"0:the query was answered", "3:no tables, or an error in the query"},
    footer = {
      "",
      "Examples:",
      "  latencyscope query fleet \"SELECT host, day, kernel FROM captures\"",
      "  latencyscope query fleet \"SELECT * FROM stalls ORDER BY duration_ns DESC LIMIT 5\""
          + " --format json",
      "",
      "docs/tables.md describes the tables."
    })
final class QueryCommand extends Main.Diagnosed {
  private static final int BUFFER = 1 << 16;

  private final Console console;

  @Parameters(index = "0", paramLabel = "DIR", description = "Folder of the tables.")
  private Path folder;

  @Parameters(index = "1", paramLabel = "SQL", description = "The query, as DuckDB has it.")
  private String sql;

  @Option(
      names = {"-f", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "table, csv, json or arrow (default: table).")
  private String format;

  QueryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    ResultFormat wanted = wanted();
    try (Answers answers = new Answers(folder)) {
      PrintStream out = out(wanted);
      answers.answer(sql, wanted, Long.MAX_VALUE, out);
      out.flush();
      console.result(new byte[0]);
      return 0;
    } catch (IOException e) {
      throw new UserError(e.getMessage(), e);
    } catch (SQLException e) {
      throw new UserError(e.getMessage().strip(), e);
    }
  }

  private PrintStream out(ResultFormat wanted) {
    return wanted.isForPrograms()
        ? new PrintStream(
            new BufferedOutputStream(console.out(), BUFFER), false, StandardCharsets.UTF_8)
        : console.out();
  }

  private ResultFormat wanted() throws UserError {
    for (ResultFormat one : ResultFormat.values()) {
      if (one.name().equalsIgnoreCase(format)) {
        return one;
      }
    }
    throw new UserError("--format: " + format + " is unknown; give table, csv, json or arrow");
  }
}
