package latencyscope.recording;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import jdk.jfr.Event;
import latencyscope.alpha.CollapsedStacks;
import latencyscope.alpha.CostRate;
import latencyscope.alpha.CostReport;
import latencyscope.analysis.Report;
import latencyscope.analysis.cost.CostCollector;
import latencyscope.chrome.ChromeOutput;
import latencyscope.fuzz.Choices;
import latencyscope.hlog.HistogramLog;
import latencyscope.html.FlameGraph;
import latencyscope.html.HtmlReport;
import latencyscope.jfr.KernelEvent;
import latencyscope.jfr.Schema;
import latencyscope.ledger.explain.Explainer;
import latencyscope.ledger.explain.Query;
import latencyscope.ledger.explain.UnknownEventException;
import latencyscope.perfetto.PerfettoOutput;
import latencyscope.perfetto.proto.Trace;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.recording.thread.ThreadId;
import latencyscope.report.JsonReport;
import latencyscope.report.Style;
import latencyscope.report.TextReport;
import latencyscope.trace.TraceWriter;

/**
 * Every converter, over recordings whose events have any value in any field: each output is made,
 * and what has a grammar obeys it.
 */
public final class ConvertersFuzz {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LENGTH = TimeUnit.SECONDS.toNanos(10);
  private static final String[] JVM = {
    "jdk.GarbageCollection", "jdk.SafepointBegin", "jdk.ThreadPark", "demo.TickToTrade"
  };

  private final Choices choices;
  private final Scene scene;

  private ConvertersFuzz(Choices choices) {
    this.choices = choices;
    scene = Scene.captured(choices.below(8) == 0 ? choices.any() : LENGTH, cpus());
  }

  /** Converts a recording of these events to everything. */
  public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
    ConvertersFuzz fuzz = new ConvertersFuzz(new Choices(bytes));
    for (int events = 0; events < 24 && fuzz.choices.more(); events++) {
      fuzz.add();
    }
    convert(fuzz.scene);
  }

  private String cpus() {
    return new String[] {"", "0-1", "1", "0-7"}[choices.below(4)];
  }

  private void add() {
    List<Class<? extends Event>> types = Schema.events();
    int which = choices.below(types.size() + JVM.length);
    if (which >= types.size()) {
      scene.jvm(JVM[which - types.size()], thread(), offset(), duration(), "gcId", choices.any());
      return;
    }
    Class<? extends Event> type = types.get(which);
    Object[] fields = fields(type);
    if (KernelEvent.class.isAssignableFrom(type)) {
      int cpu = choices.below(16) - 1;
      scene.kernel(type.getSimpleName(), thread(), offset(), duration(), cpu, fields);
    } else {
      List<Object> withTime = new ArrayList<>(Arrays.asList(fields));
      withTime.addAll(List.of("startTime", Scene.START + offset(), "duration", duration()));
      about(type.getSimpleName(), withTime.toArray());
    }
  }

  private void about(String type, Object[] fields) {
    try {
      scene.about(type, fields);
    } catch (RuntimeException e) {
      // A file's chunk would be called damaged from here on, and told so: see Recording.readChunk.
      e.getMessage();
    }
  }

  private Object[] fields(Class<?> type) {
    List<Object> fields = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isPublic(field.getModifiers()) && !Modifier.isStatic(field.getModifiers())) {
        fields.add(field.getName());
        fields.add(value(field));
      }
    }
    return fields.toArray();
  }

  private Object value(Field field) {
    Class<?> type = field.getType();
    if (type == String.class) {
      return field.getName().equals("module") ? module() : choices.name();
    }
    if (type == boolean.class) {
      return choices.below(2) == 1;
    }
    if (type == float.class || type == double.class) {
      return Double.longBitsToDouble(choices.any());
    }
    return type == Thread.class ? null : (Object) choices.any();
  }

  private String module() {
    List<String> modules = List.copyOf(Schema.modules());
    return modules.get(choices.below(modules.size()));
  }

  private ThreadId thread() {
    int id = choices.below(5);
    String name = choices.name();
    return new ThreadId(4711 + id, name == null ? "main" : name, choices.below(2) * id);
  }

  private long offset() {
    return choices.below(8) == 0 ? choices.any() : choices.below(Integer.MAX_VALUE);
  }

  private long duration() {
    return choices.below(8) == 0 ? choices.any() : choices.below(1 << 22);
  }

  private static void convert(Scene scene) throws Exception {
    Report report = scene.report();
    TextReport.of(report, Style.plain(ZoneOffset.UTC));
    JSON.readTree(JsonReport.of(report));
    CostCollector costs = new CostCollector();
    CostReport cost = costs.report(new CostRate(1e6, 0.5), scene.read(costs));
    Report priced = report.withCosts(cost);
    EventSource events = scene::read;
    Recording recording = report.recording();
    JSON.readTree(bytes(out -> TraceWriter.write(priced, events, new ChromeOutput(out))));
    Trace.parseFrom(
        bytes(out -> TraceWriter.write(priced, events, new PerfettoOutput(recording, out))));
    bytes(out -> HtmlReport.write(priced, events, ZoneOffset.UTC, out));
    bytes(out -> HistogramLog.write(priced, events, out));
    CollapsedStacks.of(cost);
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(FlameGraph.svg(cost).getBytes(StandardCharsets.UTF_8)));
    explain(events);
  }

  private static void explain(EventSource events) throws Exception {
    try {
      Query query = Query.longest("latencyscope.RunQueueWait", 3);
      JSON.readTree(JsonReport.of(Explainer.explain(events, query)));
    } catch (UnknownEventException e) {
      e.getMessage(); // there was none
    }
  }

  private interface Writing {
    void to(ByteArrayOutputStream out) throws IOException, RecordingException;
  }

  private static byte[] bytes(Writing writing) throws IOException, RecordingException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writing.to(out);
    return out.toByteArray();
  }
}
