package latencyscope.spark;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import latencyscope.fleet.sql.Question;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers the questions of {@code latencyscope fleet}, by the same files of SQL. */
@Command(
    name = "questions",
    description = "Answer each question of latencyscope fleet, as a file of CSV.",
    mixinStandardHelpOptions = true)
final class SparkQuestions implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "Folder of the tables.")
  private String folder;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder for the answers, on any Hadoop file system.")
  private String output;

  @Override
  public Integer call() throws IOException, SparkError {
    try (SparkSession spark = SparkTables.open("questions", folder)) {
      Path answers = new Path(output);
      FileSystem system = Storage.of(answers, spark.sparkContext().hadoopConfiguration());
      system.mkdirs(answers);
      for (Question question : Question.values()) {
        try (PrintStream out =
            new PrintStream(
                new BufferedOutputStream(
                    system.create(new Path(answers, question.file() + ".csv"))),
                false,
                StandardCharsets.UTF_8)) {
          Answer.write(spark.sql(question.sql()), out);
          if (out.checkError()) {
            throw new IOException(output + " could not be written");
          }
        }
      }
    }
    return 0;
  }
}
