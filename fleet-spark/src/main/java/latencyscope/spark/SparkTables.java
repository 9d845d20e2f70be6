package latencyscope.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import latencyscope.fleet.table.Column;
import latencyscope.fleet.table.Table;
import latencyscope.fleet.table.Tables;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The tables of a folder as views. */
final class SparkTables {
  private SparkTables() {}

  /** A session with the views. */
  static SparkSession open(String what, String folder) throws IOException, SparkError {
    SparkSession spark =
        SparkSession.builder()
            .appName("latencyscope " + what)
            // A host's name may be a number, and stays a text.
            .config("spark.sql.sources.partitionColumnTypeInference.enabled", false)
            .getOrCreate();
    Path path = new Path(folder);
    FileStatus[] days =
        Storage.of(path, spark.sparkContext().hadoopConfiguration())
            .globStatus(new Path(path, "day=*"));
    if (days == null || days.length == 0) {
      spark.stop();
      throw new SparkError(folder + " holds no tables; export FILE -o " + folder + " makes some");
    }
    for (Table table : Tables.ALL) {
      spark
          .read()
          // An older version's files lack the columns of a newer one: they are NULL.
          .schema(schema(table))
          .option("pathGlobFilter", table.file())
          .parquet(folder)
          .createOrReplaceTempView(table.name());
    }
    return spark;
  }

  private static StructType schema(Table table) {
    List<StructField> fields = new ArrayList<>();
    for (List<Column> columns : List.of(table.columns(), Tables.PATH)) {
      for (Column column : columns) {
        fields.add(DataTypes.createStructField(column.name(), type(column.type()), true));
      }
    }
    return DataTypes.createStructType(fields);
  }

  private static DataType type(Column.Type type) {
    return switch (type) {
      case BIGINT -> DataTypes.LongType;
      case BOOLEAN -> DataTypes.BooleanType;
      case VARCHAR -> DataTypes.StringType;
    };
  }
}
