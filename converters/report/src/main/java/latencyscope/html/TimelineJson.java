package latencyscope.html;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.analysis.ModuleReport;
import latencyscope.analysis.Quantiles;
import latencyscope.analysis.Report;
import latencyscope.recording.thread.ThreadId;
import latencyscope.timeline.Lane;
import latencyscope.timeline.Slice;

/** Writes what the page's script draws. Not safe for use by several threads. */
final class TimelineJson {
  private static final long NANOS_PER_MILLI = 1_000_000;

  // Beyond this, the longest of a row have less to say for themselves.
  private static final int DETAILED_PER_ROW = 120;
  private static final int DETAILED = 12_000;

  private final Report report;
  private final Timeline timeline;
  private final JsonGenerator json;
  private final Map<String, Integer> texts = new LinkedHashMap<>();

  private TimelineJson(Report report, Timeline timeline, JsonGenerator json) {
    this.report = report;
    this.timeline = timeline;
    this.json = json;
  }

  static void write(Report report, Timeline timeline, ZoneId zone, Writer out) throws IOException {
    JsonFactory factory = new JsonFactory().setCharacterEscapes(new ScriptEscapes());
    JsonGenerator json = factory.createGenerator(out);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
    new TimelineJson(report, timeline, json).all(zone);
    json.flush();
  }

  private void all(ZoneId zone) throws IOException {
    Instant start = Instant.ofEpochMilli(timeline.start() / NANOS_PER_MILLI);
    json.writeStartObject();
    json.writeNumberField("startMs", timeline.start() / NANOS_PER_MILLI);
    json.writeNumberField("startNs", timeline.start() % NANOS_PER_MILLI);
    json.writeNumberField("zoneSeconds", zone.getRules().getOffset(start).getTotalSeconds());
    json.writeNumberField("duration", timeline.duration());
    json.writeNumberField("intervals", Timeline.INTERVALS / timeline.together());
    json.writeNumberField("events", timeline.events());
    lanes();
    plots();
    json.writeArrayFieldStart("texts");
    for (String text : texts.keySet()) {
      json.writeString(text);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void lanes() throws IOException {
    List<Lane> lanes = timeline.lanes();
    int together = timeline.together();
    json.writeArrayFieldStart("lanes");
    for (Lane lane : lanes) {
      json.writeStartObject();
      json.writeStringField("name", name(lane));
      json.writeStringField(
          "kind", lane.isCpu() ? "cpu" : lane.thread() == null ? "jvm" : "thread");
      if (lane.thread() != null) {
        json.writeNumberField("thread", lane.thread().osTid());
      }
      json.writeArrayFieldStart("rows");
      for (RowSummary row : timeline.rows(lane)) {
        row(row, together);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private String name(Lane lane) {
    if (lane.isCpu()) {
      return "CPU " + lane.cpu();
    }
    ThreadId thread = lane.thread();
    if (thread == null) {
      return "JVM";
    }
    String name = report.recording().latest(thread).name();
    return name.isEmpty() ? "thread " + thread.osTid() : name + "  " + thread.osTid();
  }

  private void row(RowSummary row, int together) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", row.type());
    json.writeStringField("module", row.module());
    json.writeStringField("state", row.state());
    if (row.task() != null) {
      json.writeStringField("task", row.task());
    }
    json.writeNumberField("count", row.count());
    json.writeNumberField("total", row.total());
    json.writeArrayFieldStart("bins");
    for (Map.Entry<Integer, RowSummary.Bin> bin : row.bins(together).entrySet()) {
      json.writeNumber(bin.getKey());
      json.writeNumber(bin.getValue().count);
      json.writeNumber(bin.getValue().sum);
      json.writeNumber(bin.getValue().max);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("slices");
    int written = 0;
    int detailed = Math.max(1, Math.min(DETAILED_PER_ROW, DETAILED / timeline.rows()));
    for (Slice slice : row.longest(timeline.longest())) {
      written++;
      json.writeNumber(slice.start() - timeline.start());
      json.writeNumber(slice.duration());
      json.writeNumber(text(slice.name()));
      json.writeNumber(text(written <= detailed ? details(slice) : ""));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private int text(String text) {
    return texts.computeIfAbsent(text, t -> texts.size());
  }

  private String details(Slice slice) {
    StringBuilder lines = new StringBuilder();
    slice
        .details()
        .forEach((key, value) -> {
          boolean repeated = key.equals("thread") || key.equals("os_tid");
          if (!repeated && !value.equals(0L)) {
            lines.append(key).append(": ").append(value).append('\n');
          }
        });
    report
        .costs()
        .filter(costs -> slice.duration() > 0)
        .ifPresent(
            costs -> lines.append("cost_dollars: ").append(costs.rate().dollars(slice.duration())));
    return lines.toString().strip();
  }

  private void plots() throws IOException {
    json.writeArrayFieldStart("plots");
    for (ModuleReport module : report.measured().toList()) {
      for (Quantiles quantiles : module.quantiles()) {
        if (quantiles.distribution().count() > 0) {
          plot(module.module(), quantiles);
        }
      }
    }
    json.writeEndArray();
  }

  private void plot(String module, Quantiles quantiles) throws IOException {
    json.writeStartObject();
    json.writeStringField("module", module);
    json.writeStringField("title", quantiles.title());
    json.writeNumberField("count", quantiles.distribution().count());
    json.writeNumberField("max", quantiles.distribution().max());
    json.writeArrayFieldStart("bins");
    StringBuilder failure = new StringBuilder();
    quantiles
        .distribution()
        .forEachBin((value, count) -> {
          try {
            json.writeNumber(value);
            json.writeNumber(count);
          } catch (IOException e) {
            failure.append(e.getMessage());
          }
        });
    if (!failure.isEmpty()) {
      throw new IOException(failure.toString());
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}
