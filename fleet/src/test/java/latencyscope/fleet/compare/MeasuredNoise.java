package latencyscope.fleet.compare;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Fleets in which nothing changes, with the noise of real captures: {@code scripts/fleet-noise.sh}
 * has measured it.
 *
 * @param captures how far each capture of one engine was from their mean, by measure: the logarithm
 *     of P99, and of the rate
 */
record MeasuredNoise(List<Map<String, double[]>> captures) {
  static MeasuredNoise read() throws Exception {
    Map<String, Map<String, double[]>> captures = new TreeMap<>();
    try (InputStream in =
        MeasuredNoise.class.getResourceAsStream("/latencyscope/fleet/noise.csv")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .skip(1)
          .map(line -> line.split(","))
          .forEach(cells ->
              captures
                  .computeIfAbsent(cells[0], capture -> new TreeMap<>())
                  .put(
                      cells[2],
                      new double[] {Double.parseDouble(cells[3]), Double.parseDouble(cells[4])}));
    }
    return new MeasuredNoise(List.copyOf(captures.values()));
  }

  static List<String> days(int days) {
    return IntStream.range(10, 10 + days).mapToObj(day -> "2026-12-" + day).toList();
  }

  static String host(int host) {
    return "host" + host;
  }

  /** Each day of a host is as far from its mean as one of the captures. */
  List<Series> fleet(int hosts, int days, Random random) {
    List<Series> all = new ArrayList<>();
    for (int host = 0; host < hosts; host++) {
      double scale = Math.exp(0.3 * random.nextGaussian());
      Map<Measure, double[]> values = new LinkedHashMap<>();
      for (int day = 0; day < days; day++) {
        int at = day;
        captures
            .get(random.nextInt(captures.size()))
            .forEach((measure, far) -> {
              for (int i = 0; i < far.length; i++) {
                Measure.Statistic of = i == 0 ? Measure.Statistic.P99 : Measure.Statistic.RATE;
                // No two days are the same.
                double log = scale * far[i] + 0.02 * random.nextGaussian();
                values.computeIfAbsent(new Measure("any", measure, of), m -> new double[days])[at] =
                    1_000 * Math.exp(log);
              }
            });
      }
      String name = host(host);
      values.forEach((measure, of) -> all.add(new Series(name, measure, days(days), of)));
    }
    return all;
  }
}
