package latencyscope.chrome;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import latencyscope.trace.TraceOutput;
import latencyscope.trace.Track;

/**
 * Writes a trace as Chrome trace events. Not safe for use by several threads.
 *
 * <p>Times are microseconds with three decimals, from the first event: since the epoch they would
 * not fit the numbers of most readers. A row that is not a thread's is written as a thread with a
 * made-up id, because slices of one row must not overlap.
 */
public final class ChromeOutput implements TraceOutput {
  private static final int NANO_DECIMALS = 3;
  private static final long MADE_UP_ID = 1L << 31;
  private static final String CPUS = "CPUs: who ran";

  private final JsonGenerator json;
  private long begin;
  private final Map<Integer, SchedSwitch> running = new HashMap<>();

  /** Writes a trace. */
  public ChromeOutput(OutputStream stream) throws IOException {
    json = new JsonFactory().createGenerator(stream);
    json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
  }

  @Override
  public void begin(Clock clock) throws IOException {
    begin = clock.first() - clock.offset();
    json.writeStartObject();
    json.writeStringField("displayTimeUnit", "ns");
    json.writeArrayFieldStart("traceEvents");
    json.writeRaw('\n');
  }

  @Override
  public void track(Track track) throws IOException {
    boolean process = track.kind() == Track.Kind.PROCESS;
    metadata(
        process ? "process_name" : "thread_name",
        pid(track),
        process ? 0 : tid(track),
        process ? track.name() : track.path());
  }

  private void metadata(String what, long pid, long tid, String name) throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", "M");
    json.writeStringField("name", what);
    json.writeNumberField("pid", pid);
    json.writeNumberField("tid", tid);
    json.writeObjectFieldStart("args");
    json.writeStringField("name", name);
    json.writeEndObject();
    end();
  }

  private static long pid(Track track) {
    Track process = track.process();
    return process == null ? 0 : process.pid();
  }

  private static long tid(Track track) {
    return track.kind() == Track.Kind.THREAD ? track.tid() : MADE_UP_ID + track.id();
  }

  private void begin(String phase, long pid, long tid, long time, String name) throws IOException {
    json.writeStartObject();
    json.writeStringField("ph", phase);
    json.writeStringField("name", name);
    json.writeNumberField("pid", pid);
    json.writeNumberField("tid", tid);
    micros("ts", time - begin);
  }

  private void micros(String field, long nanos) throws IOException {
    json.writeNumberField(field, BigDecimal.valueOf(nanos, NANO_DECIMALS));
  }

  private void end() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
  }

  @Override
  public void slice(
      Track track,
      long start,
      long duration,
      String name,
      String category,
      Map<String, Object> details,
      Flow flow)
      throws IOException {
    begin(duration > 0 ? "X" : "i", pid(track), tid(track), start, name);
    json.writeStringField("cat", category);
    if (duration > 0) {
      micros("dur", duration);
    } else {
      json.writeStringField("s", "t");
    }
    json.writeObjectFieldStart("args");
    for (Map.Entry<String, Object> detail : details.entrySet()) {
      json.writeObjectField(detail.getKey(), detail.getValue());
    }
    json.writeEndObject();
    end();
    if (flow.id() != 0) {
      begin(flow.last() ? "f" : "s", pid(track), tid(track), start, "wakeup");
      json.writeStringField("cat", category);
      json.writeNumberField("id", flow.id());
      end();
    }
  }

  @Override
  public void counter(Track track, long time, long value) throws IOException {
    begin("C", pid(track), 0, time, track.path());
    json.writeObjectFieldStart("args");
    json.writeNumberField("ns", value);
    json.writeEndObject();
    end();
  }

  @Override
  public void switched(SchedSwitch change) throws IOException {
    SchedSwitch before = running.put(change.cpu(), change);
    if (before == null) {
      metadata("process_name", 0, 0, CPUS);
      metadata("thread_name", 0, MADE_UP_ID - 1 - change.cpu(), "CPU " + change.cpu());
    } else if (before.next().id() != 0 && change.time() > before.time()) {
      ran(before, change);
    }
  }

  private void ran(SchedSwitch from, SchedSwitch to) throws IOException {
    begin("X", 0, MADE_UP_ID - 1 - from.cpu(), from.time(), from.next().name());
    json.writeStringField("cat", "sched");
    micros("dur", to.time() - from.time());
    json.writeObjectFieldStart("args");
    json.writeNumberField("os_tid", from.next().id());
    json.writeNumberField("end_state", to.prevState());
    json.writeEndObject();
    end();
  }

  // Who ran is a row of its CPU under the task's name: that says it all.
  @Override
  public void task(int tid, int pid, String name) {}

  // Arrows from waker to woken are slices on separate rows: the format has no wakeups.
  @Override
  public void waking(SchedWaking waking) {}

  // Interrupts are slices of their CPU's rows.
  @Override
  public void interrupt(Interrupt interrupt) {}

  @Override
  public void finish() throws IOException {
    json.writeEndArray();
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }
}
