package latencyscope.spark;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Answers a query in SQL. */
@Command(
    name = "query",
    description = "Answer a query in SQL on the tables, as CSV.",
    mixinStandardHelpOptions = true)
final class SparkQuery implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "Folder of the tables.")
  private String folder;

  @Parameters(index = "1", paramLabel = "SQL", description = "The query, as Spark has it.")
  private String sql;

  @Override
  public Integer call() throws IOException, SparkError {
    try (SparkSession spark = SparkTables.open("query", folder)) {
      PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
      Answer.write(spark.sql(sql), out);
      out.flush();
    }
    return 0;
  }
}
