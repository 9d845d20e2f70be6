package latencyscope.recording.event;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.parser.IEventSink;
import org.openjdk.jmc.flightrecorder.parser.IEventSinkFactory;
import org.openjdk.jmc.flightrecorder.parser.ValueField;

class KernelTimesTest {
  private final List<Object[]> passed = new ArrayList<>();
  private final IEventSink sink = values -> passed.add(values.clone());

  private IEventSink extended(String type, String... fields) {
    IEventSinkFactory factory =
        new IEventSinkFactory() {
          @Override
          public IEventSink create(
              String id, String label, String[] category, String text, List<ValueField> all) {
            return sink;
          }

          @Override
          public void flush() {}
        };
    List<ValueField> described =
        Stream.of(fields).map(f -> new ValueField(f, f, f, UnitLookup.UNKNOWN)).toList();
    return new KernelTimes()
        .getEventSinkFactory(factory)
        .create(type, type, new String[] {"LatencyScope", "isolation"}, "", described);
  }

  private IEventSink wait17() {
    return extended(
        "latencyscope.RunQueueWait",
        "startTime",
        "duration",
        "eventThread",
        "stackTrace",
        "eventThread",
        "kernelStart",
        "kernelDuration");
  }

  @Test
  void movesTheKernelsValuesAndTheAffectedThread() {
    Object[] values = {"commit", "now", "drain", null, "worker", "kernel start", "kernel length"};
    wait17().addEvent(values);
    Object[] expected = {
      "kernel start", "kernel length", "worker", null, "worker", "kernel start", "kernel length"
    };
    assertArrayEquals(expected, passed.get(0));
  }

  @Test
  void twiceIsAsOnce() {
    Object[] values = {"commit", "now", "drain", null, "worker", "kernel start", "kernel length"};
    wait17().addEvent(values);
    wait17().addEvent(values);
    assertArrayEquals(passed.get(0), passed.get(1));
  }

  @Test
  void instantsHaveNoDurationToSet() {
    IEventSink migration =
        extended(
            "latencyscope.Migration", "startTime", "eventThread", "kernelStart", "kernelDuration");
    migration.addEvent(new Object[] {"commit", "worker", "kernel start", "0"});
    assertArrayEquals(new Object[] {"kernel start", "worker", "kernel start", "0"}, passed.get(0));
  }

  @Test
  void otherTypesDoNotPassThroughIt() {
    assertSame(sink, extended("jdk.ThreadPark", "startTime", "kernelStart"));
    assertSame(sink, extended("latencyscope.Counter", "startTime", "duration"));
  }
}
