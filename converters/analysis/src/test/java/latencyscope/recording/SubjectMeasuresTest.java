package latencyscope.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.Stream;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.event.EventType;
import latencyscope.recording.event.Exemplar;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.event.Subject;
import latencyscope.recording.thread.ThreadId;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Measures of interrupt lines, devices and the like are kept apart from those of threads. */
class SubjectMeasuresTest {
  private static final Subject LINE = new Subject("line", 27, "eth0", 1);

  private final Fixture fixture = new Fixture().capture("", "");

  private void count(long value, Object... subject) {
    Map<String, Object> fields =
        Fixture.fields("module", "irq", "measure", "handled", "value", value);
    fields.putAll(Fixture.fields(subject));
    fixture.add("Counter", fields.entrySet().stream().flatMap(SubjectMeasuresTest::both).toArray());
  }

  private static Stream<Object> both(Map.Entry<String, Object> field) {
    return Stream.of(field.getKey(), field.getValue());
  }

  private void ofLine(long value) {
    count(value, "subject", "line", "subjectId", 27L, "subjectName", "eth0", "cpu", 1L);
  }

  @Test
  void countsOfOneThingAreAddedUpAndThreadsStayApart() {
    ofLine(3);
    ofLine(4);
    count(5, "thread", "a", "osThreadId", 9L);
    Recording recording = fixture.recording();
    assertEquals(Map.of(LINE, 7L), recording.subjectCounts("irq", "handled"));
    assertEquals(5, recording.counters("irq").total("handled").getAsLong());
    assertEquals(Map.of(), recording.subjectCounts("irq", "other"));
  }

  @Test
  void distributionsOfOneThingAreAddedUp() {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(1_000, 50);
    for (int i = 0; i < 2; i++) {
      fixture.add(
          "Histogram",
          "module",
          "irq",
          "measure",
          "duration",
          "subject",
          "line",
          "subjectId",
          27L,
          "subjectName",
          "eth0",
          "cpu",
          1L,
          "count",
          50L,
          "total",
          50_000L,
          "max",
          1_000L,
          "unbinned",
          0L,
          "distribution",
          Fixture.encode(histogram));
    }
    Recording recording = fixture.recording();
    assertEquals(100, recording.subjectDistributions("irq", "duration").get(LINE).count());
    assertTrue(recording.distributions("irq", "duration").isEmpty());
  }

  @Test
  void anExemplarIsReadAsTheEventItStandsFor() {
    Map<String, Object> fields =
        Fixture.fields(
            "type",
            "latencyscope.RunQueueWait",
            "module",
            "isolation",
            "kernelStart",
            Fixture.START,
            "kernelDuration",
            999L,
            "cpu",
            3L,
            "details",
            "kind=preempted\nculprit=a=b c\nculpritTid=12\n");
    EventType type = Fixture.type("Exemplar", "capture", fields);
    ThreadId thread = new ThreadId(1, "t", 0);
    KernelEvent event = Exemplar.event(type, fields.values().toArray(), thread);
    assertEquals("RunQueueWait", event.type());
    assertEquals("isolation", event.module());
    assertEquals(999, event.duration());
    assertEquals(Fixture.START, event.start());
    assertEquals(3, event.cpu());
    assertEquals("a=b c", event.text(EventFields.CULPRIT));
    assertEquals(12, event.number(EventFields.CULPRIT_TID));
  }
}
