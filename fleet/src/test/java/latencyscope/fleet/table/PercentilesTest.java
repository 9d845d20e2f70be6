package latencyscope.fleet.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import latencyscope.fleet.GeneratedFleet;
import latencyscope.fleet.export.Exporter;
import latencyscope.fleet.export.RecordingFile;
import latencyscope.fleet.query.Answers;
import latencyscope.recording.Scene;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The query of docs/tables.md gives what HdrHistogram gives of the merged histograms. */
class PercentilesTest {
  private static final int HOSTS = 4;
  private static final int DAYS = 3;
  private static final int THREADS = 3;
  private static final String MODULE = "isolation";
  private static final String MEASURE = "runqueue_wakeup";

  @TempDir private Path directory;

  private final Random random = new Random(20);
  private final Map<String, Histogram> byDay = new TreeMap<>();
  private final Map<String, Histogram> byHost = new TreeMap<>();
  private final Histogram all = new Histogram(3);

  /** A few values or many, of a nanosecond to 17 minutes, some of them very often. */
  private Histogram histogram() {
    Histogram histogram = new Histogram(3);
    int values = 1 + random.nextInt(random.nextBoolean() ? 5 : 3_000);
    double scale = 40 * random.nextDouble();
    for (int i = 0; i < values; i++) {
      double log = Math.min(40, scale * random.nextDouble());
      histogram.recordValueWithCount((long) Math.pow(2, log), 1 + random.nextInt(50));
    }
    return histogram;
  }

  private void export(Exporter exporter, int host, int day) throws Exception {
    Scene scene = Scene.captured(TimeUnit.SECONDS.toNanos(60), "");
    scene.about("HostFact", "name", "hostname", "value", "host" + host);
    scene.records(MODULE, 0, TimeUnit.SECONDS.toNanos(60));
    long began = Scene.START + TimeUnit.DAYS.toNanos(day);
    String id = String.format("%016x%016x", host, day);
    RecordingFile file = new RecordingFile("run.jfr", id, 1, List.of(began + ":" + host), began);
    for (int thread = 0; thread < THREADS; thread++) {
      Histogram histogram = histogram();
      ThreadId of = new ThreadId(100L + thread, "thread-" + thread, 0);
      GeneratedFleet.distribution(scene, MODULE, MEASURE, of, histogram);
      byDay.computeIfAbsent(file.day(), d -> new Histogram(3)).add(histogram);
      byHost.computeIfAbsent("host" + host, h -> new Histogram(3)).add(histogram);
      all.add(histogram);
    }
    exporter.export(scene::read, file);
  }

  @Test
  void percentilesOfAnyUnionAreThoseOfTheMergedHistograms() throws Exception {
    Path tables = directory.resolve("tables");
    try (Exporter exporter = new Exporter(tables, new Exporter.Options(null, -1, null))) {
      for (int host = 0; host < HOSTS; host++) {
        for (int day = 0; day < DAYS; day++) {
          export(exporter, host, day);
        }
      }
    }
    String page = Files.readString(Path.of("../docs/tables.md"));
    int begin = page.indexOf("```sql\n") + 7;
    String sql = page.substring(begin, page.indexOf("\n```\n", begin));
    assertTrue(sql.contains("0.99 *") && sql.contains("PARTITION BY day"), sql);
    try (Answers answers = new Answers(tables)) {
      for (String share : List.of("0.001", "0.5", "0.9", "0.99", "0.999", "0.99999", "1")) {
        String asked = sql.replace("0.99 *", share + " *");
        double percentile = 100 * Double.parseDouble(share);
        assertEquals(percentiles(byDay, percentile), answer(answers, asked), share);
        String ofHosts = asked.replaceAll("\\bday\\b", "host");
        assertEquals(percentiles(byHost, percentile), answer(answers, ofHosts), share);
        String ofAll = asked.replaceAll("\\bday\\b", "module");
        assertEquals(percentiles(Map.of(MODULE, all), percentile), answer(answers, ofAll), share);
      }
    }
  }

  private static Map<String, Long> percentiles(Map<String, Histogram> merged, double percentile) {
    Map<String, Long> values = new TreeMap<>();
    merged.forEach((key, of) -> values.put(key, of.getValueAtPercentile(percentile)));
    return values;
  }

  private static Map<String, Long> answer(Answers answers, String sql) throws Exception {
    return answers
        .database()
        .query(
            sql,
            rows -> {
              Map<String, Long> values = new TreeMap<>();
              while (rows.next()) {
                values.put(rows.getString(1), rows.getLong(2));
              }
              return values;
            });
  }
}
