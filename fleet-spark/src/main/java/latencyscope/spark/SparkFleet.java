package latencyscope.spark;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/** The commands for a cluster, which {@code spark-submit} starts. */
@Command(
    name = "latencyscope-spark.jar",
    description = "Export recordings, and query their tables, on a cluster of Apache Spark.",
    subcommands = {SparkExport.class, SparkQuery.class, SparkQuestions.class},
    mixinStandardHelpOptions = true)
public final class SparkFleet implements Runnable {
  static final int FAILED = 3;

  @Spec private CommandLine.Model.CommandSpec spec;

  private SparkFleet() {}

  /** Runs a command on the cluster that {@code --master} names. */
  public static void main(String[] arguments) {
    int code =
        new CommandLine(new SparkFleet())
            .setExecutionExceptionHandler((failure, command, result) -> {
              System.err.println("latencyscope: " + failure.getMessage());
              if (!(failure instanceof SparkError)) {
                failure.printStackTrace();
              }
              return FAILED;
            })
            .setParameterExceptionHandler((failure, given) -> {
              System.err.println("latencyscope: " + failure.getMessage());
              return FAILED;
            })
            .execute(arguments);
    // Spark takes the end of this method for success.
    if (code != 0) {
      System.exit(code);
    }
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "a command is missing: give export, query or questions");
  }
}
