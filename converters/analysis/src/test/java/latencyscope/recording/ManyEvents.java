package latencyscope.recording;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

/** As many events as are wanted, of which none is kept: in the order of their ends. */
public final class ManyEvents implements EventSource {
  private static final int THREADS = 24;
  private static final int CPUS = 8;
  private static final long MAX_NS = 2_000_000;

  private final Fixture fixture = new Fixture().capture("", "");
  private final int count;

  /**
   * @param count how many
   */
  public ManyEvents(int count) {
    this.count = count;
  }

  /** What there is to say without the events. */
  public Fixture fixture() {
    return fixture;
  }

  @Override
  public Recording read(EventConsumer consumer) {
    Map<String, Object> values =
        Fixture.fields(
            "kernelStart",
            0L,
            "kernelDuration",
            0L,
            "cpu",
            0L,
            "voluntary",
            true,
            "state",
            "sleeping",
            "next",
            "stress-ng",
            "nextTid",
            99L,
            "returnCpu",
            0L,
            "waited",
            0L,
            "waker",
            "other",
            "wakerTid",
            0L);
    List<ValueField> fields = new ArrayList<>();
    values.keySet().forEach(f -> fields.add(new ValueField(f, f, f, UnitLookup.UNKNOWN)));
    KernelEvent event =
        new KernelEvent(
            new EventType(
                "latencyscope.ContextSwitch", new String[] {"LatencyScope", "isolation"}, fields));
    List<ThreadId> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(new ThreadId(5_000 + i, "worker-" + i, i + 1));
    }
    Map<String, Object> copy = new LinkedHashMap<>(values);
    for (int i = 0; i < count; i++) {
      long duration = 1_000 + i * 7_919L % MAX_NS;
      long end = Fixture.START + MAX_NS + i * 9_000L;
      copy.put("kernelStart", end - duration);
      copy.put("kernelDuration", duration);
      copy.put("cpu", (long) (i % CPUS));
      copy.put("returnCpu", (long) ((i + 1) % CPUS));
      copy.put("waited", duration / 3);
      consumer.accept(event.set(copy.values().toArray(), threads.get(i % THREADS)));
    }
    return fixture.recording();
  }
}
