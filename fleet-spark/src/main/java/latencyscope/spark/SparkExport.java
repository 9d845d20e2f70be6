package latencyscope.spark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import latencyscope.cli.capture.Durations;
import latencyscope.cli.capture.Sizes;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes recordings as tables, one task for each file, or part of a large one. */
@Command(
    name = "export",
    description = "Write recordings as Parquet tables, as latencyscope export does.",
    mixinStandardHelpOptions = true)
final class SparkExport implements Callable<Integer> {
  private static final String TEMPORARY = ".latencyscope-spark-";
  private static final long LEFT_BEHIND_MS = TimeUnit.DAYS.toMillis(1);

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "A recording on any Hadoop file system, or a pattern of them.")
  private List<String> patterns;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "Folder of the tables, on any Hadoop file system.")
  private String output;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Name of the host (default: NAME if the file's folder is called host=NAME, else what the"
              + " recording says).")
  private String host;

  @Option(
      names = "--events",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Also write single events of the kernel that are at least so long.")
  private Duration events;

  @Option(
      names = "--split",
      paramLabel = "SIZE",
      converter = Sizes.class,
      defaultValue = "256m",
      description = "Split larger recordings between chunks, a task for each part (default: 256m).")
  private long split;

  @Override
  public Integer call() throws IOException, SparkError {
    try (SparkSession spark = SparkSession.builder().appName("latencyscope export").getOrCreate()) {
      return export(JavaSparkContext.fromSparkContext(spark.sparkContext()));
    }
  }

  private int export(JavaSparkContext spark) throws IOException, SparkError {
    Configuration configuration = spark.hadoopConfiguration();
    Path folder = new Path(output);
    FileSystem system = Storage.of(folder, configuration);
    Path tables = system.makeQualified(folder);
    system.mkdirs(tables);
    deleteLeftBehind(system, tables);
    Path temporary = new Path(tables, TEMPORARY + UUID.randomUUID());
    system.mkdirs(temporary);
    try {
      Broadcast<SerializableConfiguration> shared =
          spark.broadcast(new SerializableConfiguration(configuration));
      List<String> files = files(configuration);
      long most = split;
      List<RecordingPart> parts =
          spark
              .parallelize(files, files.size())
              .map(file -> RecordingPart.partsOf(file, most, shared.value().value()))
              .collect()
              .stream()
              .flatMap(List::stream)
              .toList();
      ExportTask task =
          new ExportTask(
              tables.toString(),
              temporary.toString(),
              host,
              events == null ? -1 : events.toNanos());
      List<List<RecordingPart>> groups = SharedChunks.groups(parts);
      List<ExportTask.Outcome> outcomes =
          spark
              .parallelize(groups, groups.size())
              .flatMap(group -> task.run(group, shared.value().value()).iterator())
              .collect();
      outcomes.forEach(
          outcome -> (outcome.failed() ? System.err : System.out).println(outcome.line()));
      return outcomes.stream().anyMatch(ExportTask.Outcome::failed) ? SparkFleet.FAILED : 0;
    } finally {
      system.delete(temporary, true);
    }
  }

  // Of jobs that were killed. One that is younger may be another job's that is running.
  private static void deleteLeftBehind(FileSystem system, Path tables) throws IOException {
    for (FileStatus left : system.globStatus(new Path(tables, TEMPORARY + "*"))) {
      if (left.getModificationTime() < System.currentTimeMillis() - LEFT_BEHIND_MS) {
        system.delete(left.getPath(), true);
      }
    }
  }

  private List<String> files(Configuration configuration) throws IOException, SparkError {
    List<String> files = new ArrayList<>();
    for (String pattern : patterns) {
      Path path = new Path(pattern);
      FileStatus[] found = Storage.of(path, configuration).globStatus(path);
      if (found == null || found.length == 0) {
        throw new SparkError(pattern + " names no file; give a recording, or a pattern of them");
      }
      Arrays.stream(found).map(status -> status.getPath().toString()).forEach(files::add);
    }
    return files;
  }
}
