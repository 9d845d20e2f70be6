package latencyscope.guest.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import jdk.jfr.Event;
import jdk.jfr.Label;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.guest.event.TickClock;
import latencyscope.jfr.Schema;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.Histogram;
import latencyscope.jfr.memory.PageFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a broker writes, its client reads: every type, by the classes alone. */
class EventCrossingTest {
  private static final long NOW = 4_711;

  private final TickClock clock = TickClock.ofKernel();

  static List<Class<? extends Event>> types() {
    return Schema.events();
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyFieldCrosses(Class<? extends Event> type) throws Exception {
    EventWriter writer = new EventWriter(types());
    EventReader reader = new EventReader(writer.schema(), types());
    Event sent = type.getDeclaredConstructor().newInstance();
    fill(sent);
    ImplicitFields.startTime(type).set(sent, 1_000_000L);
    ImplicitFields.duration(type).set(sent, 250L);
    for (int i = 0; i < 3; i++) { // its texts, then their numbers
      ByteBuffer bytes = writer.write(sent, NOW);
      writer.sent(true);
      Event read = reader.read(bytes, clock);
      assertSame(type, read.getClass());
      assertEquals(0, bytes.remaining());
      for (Field field : fields(type)) {
        assertEquals(field.get(sent), field.get(read), field::toString);
      }
      assertEquals(1_000_000L, (long) ImplicitFields.startTime(type).get(read));
      assertEquals(250L, (long) ImplicitFields.duration(type).get(read));
    }
  }

  /** A field of a kind that does not cross would be missing in the recording. */
  @ParameterizedTest
  @MethodSource("types")
  void onlyThreadsStay(Class<? extends Event> type) throws Exception {
    List<String> crossing =
        EventLayout.of(type).members().stream().map(EventLayout.Member::name).toList();
    for (Field field : fields(type)) {
      assertEquals(
          field.getType() != Thread.class, crossing.contains(field.getName()), field::toString);
    }
  }

  private static List<Field> fields(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> at = type; at != Event.class; at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers()) && field.isAnnotationPresent(Label.class)) {
          field.setAccessible(true);
          fields.add(field);
        }
      }
    }
    return fields;
  }

  private static void fill(Event event) throws IllegalAccessException {
    long value = 7;
    for (Field field : fields(event.getClass())) {
      value = value * 31 + 1;
      if (field.getType() == long.class) {
        field.setLong(event, value);
      } else if (field.getType() == int.class) {
        field.setInt(event, (int) value);
      } else if (field.getType() == float.class) {
        field.setFloat(event, value);
      } else if (field.getType() == boolean.class) {
        field.setBoolean(event, true);
      } else if (field.getType() == String.class) {
        field.set(event, "text \u00fc " + value);
      } else {
        assertSame(Thread.class, field.getType(), field::toString);
      }
    }
  }

  @Test
  void anEventWithoutBeginBeginsNow() throws Exception {
    EventWriter writer = new EventWriter(types());
    EventReader reader = new EventReader(writer.schema(), types());
    Event read = reader.read(writer.write(new Counter(), NOW), clock);
    assertEquals(NOW, (long) ImplicitFields.startTime(Counter.class).get(read));
    // The recorder would take its own clock for a length of 0.
    assertEquals(1, (long) ImplicitFields.duration(Counter.class).get(read));
  }

  /** The next event with the text brings it again. */
  @Test
  void textsOfALostEventAreNotTakenForKnown() throws Exception {
    EventWriter writer = new EventWriter(types());
    EventReader reader = new EventReader(writer.schema(), types());
    Counter counter = new Counter();
    counter.module = "isolation";
    writer.write(counter, NOW);
    writer.sent(false);
    counter.measure = "switches";
    ByteBuffer bytes = writer.write(counter, NOW);
    writer.sent(true);
    assertEquals("isolation", ((Counter) reader.read(bytes, clock)).module);
    bytes = writer.write(counter, NOW);
    assertEquals("switches", ((Counter) reader.read(bytes, clock)).measure);
  }

  @Test
  void longTextsCrossAndAreNotKept() throws Exception {
    EventWriter writer = new EventWriter(types());
    EventReader reader = new EventReader(writer.schema(), types());
    Histogram histogram = new Histogram();
    histogram.distribution = "x".repeat(60_000);
    for (int i = 0; i < 3; i++) {
      ByteBuffer bytes = writer.write(histogram, NOW);
      writer.sent(true);
      assertTrue(bytes.remaining() > 60_000);
      Histogram read = (Histogram) reader.read(bytes, clock);
      assertEquals(histogram.distribution, read.distribution);
    }
  }

  /** As many as somebody can make up: what is kept is bounded on both sides. */
  @Test
  void moreTextsThanAreKeptCross() throws Exception {
    EventWriter writer = new EventWriter(types());
    EventReader reader = new EventReader(writer.schema(), types());
    Counter counter = new Counter();
    for (int i = 0; i < TextTable.MOST + 100; i++) {
      counter.thread = "thread-" + i;
      ByteBuffer bytes = writer.write(counter, NOW);
      writer.sent(true);
      assertEquals(counter.thread, ((Counter) reader.read(bytes, clock)).thread);
    }
  }

  /** A newer broker has a field more and a type more, an older one a field less. */
  @Test
  void otherVersionsAreUnderstood() throws Exception {
    EventWriter writer = new EventWriter(List.of(PageFault.class, Counter.class));
    EventSchema.Type faults = writer.schema().types().get(0);
    List<EventSchema.Field> fewer = new ArrayList<>(faults.fields());
    assertTrue(fewer.removeIf(field -> field.name().equals("pageNode")));
    List<EventSchema.Field> more = new ArrayList<>(List.of(new EventSchema.Field("new", "TEXT")));
    more.addAll(fewer);
    EventSchema theirs =
        new EventSchema(
            List.of(
                new EventSchema.Type("PageFault", more),
                new EventSchema.Type("Novelty", List.of(new EventSchema.Field("x", "LONG")))));
    EventReader reader = new EventReader(theirs, types());
    ByteBuffer bytes = ByteBuffer.allocate(1_024).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0).putLong(1).putLong(2).putInt(TextTable.ONCE).putInt(2).put(new byte[2]);
    for (EventSchema.Field field : fewer) {
      switch (field.kind()) {
        case "INT", "FLOAT" -> bytes.putInt(5);
        case "TRUTH" -> bytes.put((byte) 1);
        case "TEXT" -> bytes.putInt(TextTable.NONE);
        default -> bytes.putLong(9);
      }
    }
    PageFault fault = (PageFault) reader.read(bytes.flip(), clock);
    assertEquals(9, fault.address);
    assertEquals(5, fault.cpu);
    assertFalse(bytes.hasRemaining());
    bytes.clear().putInt(1).putLong(1).putLong(2).putLong(3).flip();
    assertNull(reader.read(bytes, clock), "a type that is not known here");
  }

  @Test
  void whatIsNoEventIsSaid() throws Exception {
    EventWriter writer = new EventWriter(types());
    EventReader reader = new EventReader(writer.schema(), types());
    Counter counter = new Counter();
    counter.module = "isolation";
    ByteBuffer whole = writer.write(counter, NOW);
    byte[] bytes = new byte[whole.remaining()];
    whole.get(bytes);
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer part = ByteBuffer.wrap(bytes, 0, length).order(ByteOrder.LITTLE_ENDIAN);
      assertThrows(EventReader.GarbageException.class, () -> reader.read(part, clock));
    }
    ByteBuffer unknown = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putInt(0, -1);
    assertThrows(EventReader.GarbageException.class, () -> reader.read(unknown, clock));
  }

  /** Numbers of types would be ambiguous otherwise. */
  @Test
  void simpleNamesAreDifferent() throws Exception {
    EventSchema schema = new EventWriter(types()).schema();
    assertEquals(
        types().size(),
        new TreeSet<>(schema.types().stream().map(EventSchema.Type::name).toList()).size());
    assertNotNull(schema.types().get(0).name());
  }
}
