package latencyscope.guest.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jfr.Event;
import latencyscope.guest.event.TickClock;

/**
 * Reads what an {@link EventWriter}, perhaps of another version, has written: fields that are not
 * known here are passed over, and those that are not known there keep their value. One instance of
 * each type is used for all events, so that an event costs no allocation but for new texts. Used by
 * one thread at a time.
 *
 * <p>What it reads may be anything: what is no event is a {@link GarbageException}.
 */
public final class EventReader {
  /** A length or begin of 0 would make the flight recorder take its own clock. */
  private static final long AT_LEAST = 1;

  private final Reader[] readers;
  private final String[] texts = new String[TextTable.MOST + 1];
  private int known;

  /** What is in the place of an event. */
  public static final class GarbageException extends Exception {
    private static final long serialVersionUID = 1L;

    GarbageException(String message) {
      super(message);
    }
  }

  /** A type: its own fields, null for those that are not known here. */
  private record Reader(Event event, EventLayout layout, Slot[] slots) {}

  private record Slot(EventLayout.Kind kind, EventLayout.Member member) {}

  /**
   * Reads events of a schema.
   *
   * @param types those that are known here
   * @throws ReflectiveOperationException if one is no event like the others
   * @throws GarbageException if the schema has values of a kind that is not known here
   */
  public EventReader(EventSchema schema, List<Class<? extends Event>> types)
      throws ReflectiveOperationException, GarbageException {
    Map<String, Class<? extends Event>> byName =
        types.stream().collect(Collectors.toMap(Class::getSimpleName, Function.identity()));
    readers = new Reader[schema.types().size()];
    for (int i = 0; i < readers.length; i++) {
      EventSchema.Type theirs = schema.types().get(i);
      Class<? extends Event> ours = byName.get(theirs.name());
      EventLayout layout = ours == null ? null : EventLayout.of(ours);
      Slot[] slots = new Slot[theirs.fields().size()];
      for (int j = 0; j < slots.length; j++) {
        slots[j] = slot(theirs.fields().get(j), layout);
      }
      Event event = ours == null ? null : ours.getDeclaredConstructor().newInstance();
      readers[i] = new Reader(event, layout, slots);
    }
  }

  private static Slot slot(EventSchema.Field field, EventLayout layout) throws GarbageException {
    EventLayout.Kind kind = kind(field.kind());
    EventLayout.Member member = layout == null ? null : layout.member(field.name());
    return new Slot(kind, member == null || member.kind() != kind ? null : member);
  }

  private static EventLayout.Kind kind(String name) throws GarbageException {
    for (EventLayout.Kind kind : EventLayout.Kind.values()) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    throw new GarbageException("values of kind " + name);
  }

  /**
   * Reads an event.
   *
   * @param clock converts its instants
   * @return valid until the next call; null if its type is not known here
   */
  public Event read(ByteBuffer bytes, TickClock clock) throws GarbageException {
    try {
      int number = bytes.getInt();
      if (number < 0 || number >= readers.length) {
        throw new GarbageException("an event of type " + number);
      }
      return read(readers[number], bytes, clock);
    } catch (BufferUnderflowException e) {
      throw new GarbageException("an event that ends in the middle");
    }
  }

  private Event read(Reader reader, ByteBuffer bytes, TickClock clock) throws GarbageException {
    long start = clock.ticksAt(bytes.getLong());
    long duration = clock.ticksIn(bytes.getLong());
    Event event = reader.event;
    try {
      if (event != null) {
        reader.layout.start().setter().invokeExact(event, Math.max(AT_LEAST, start));
        reader.layout.duration().setter().invokeExact(event, Math.max(AT_LEAST, duration));
      }
      for (Slot slot : reader.slots) {
        read(event, slot, bytes, clock);
      }
    } catch (GarbageException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable unexpected) {
      // A handle declares it and throws nothing itself.
      throw new AssertionError(unexpected);
    }
    return event;
  }

  private void read(Event event, Slot slot, ByteBuffer bytes, TickClock clock) throws Throwable {
    boolean wanted = event != null && slot.member != null;
    switch (slot.kind) {
      case LONG, INSTANT -> {
        long raw = bytes.getLong();
        if (wanted) {
          boolean instant = slot.kind == EventLayout.Kind.INSTANT && raw != 0;
          slot.member.setter().invokeExact(event, instant ? clock.ticksAt(raw) : raw);
        }
      }
      case INT -> {
        int value = bytes.getInt();
        if (wanted) {
          slot.member.setter().invokeExact(event, value);
        }
      }
      case FLOAT -> {
        float value = bytes.getFloat();
        if (wanted) {
          slot.member.setter().invokeExact(event, value);
        }
      }
      case TRUTH -> {
        boolean value = bytes.get() != 0;
        if (wanted) {
          slot.member.setter().invokeExact(event, value);
        }
      }
      case TEXT -> {
        String value = text(bytes);
        if (wanted) {
          slot.member.setter().invokeExact(event, value);
        }
      }
      default -> throw new AssertionError(slot);
    }
  }

  private String text(ByteBuffer bytes) throws GarbageException {
    int number = bytes.getInt();
    if (number == TextTable.NONE) {
      return null;
    }
    if (number == TextTable.ONCE || number == TextTable.NEW) {
      int length = bytes.getInt();
      if (length < 0 || length > TextTable.LONGEST || length > bytes.remaining()) {
        throw new GarbageException("a text of " + length + " bytes");
      }
      byte[] utf8 = new byte[length];
      bytes.get(utf8);
      String text = new String(utf8, StandardCharsets.UTF_8);
      if (number == TextTable.NEW) {
        keep(text);
      }
      return text;
    }
    if (number < 0 || number > known) {
      throw new GarbageException("text " + number + " of " + known);
    }
    return texts[number];
  }

  private void keep(String text) throws GarbageException {
    if (known == TextTable.MOST) {
      throw new GarbageException("more than " + TextTable.MOST + " texts");
    }
    texts[++known] = text;
  }
}
