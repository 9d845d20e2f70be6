package latencyscope.guest.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.Event;

/**
 * Writes events for another process: the number of the type, begin and length in nanoseconds of the
 * kernel's clock, and the fields in the order of the {@link EventSchema}. Used by one thread at a
 * time.
 */
public final class EventWriter {
  /** An event with some of the longest texts. */
  private static final int ROOM = 1 << 20;

  private final Map<Class<?>, Integer> numbers = new HashMap<>();
  private final List<EventLayout> layouts = new ArrayList<>();
  private final TextTable texts = new TextTable();
  private final ByteBuffer bytes = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Writes events of some types.
   *
   * @throws ReflectiveOperationException if one is no event like the others
   */
  public EventWriter(List<Class<? extends Event>> types) throws ReflectiveOperationException {
    for (Class<? extends Event> type : types) {
      numbers.put(type, layouts.size());
      layouts.add(EventLayout.of(type));
    }
  }

  /** What it writes. */
  public EventSchema schema() {
    return EventSchema.of(layouts);
  }

  /** The number of a type. */
  public int number(Class<? extends Event> type) {
    return numbers.get(type);
  }

  /**
   * Writes an event. Its texts are known to the reader only once {@link #sent} was called.
   *
   * @param nowNs begin of an event that has none
   * @return valid until the next call
   */
  public ByteBuffer write(Event event, long nowNs) {
    int number = numbers.get(event.getClass());
    EventLayout layout = layouts.get(number);
    bytes.clear().putInt(number);
    try {
      long start = (long) layout.start().getter().invokeExact(event);
      bytes.putLong(start == 0 ? nowNs : start);
      bytes.putLong((long) layout.duration().getter().invokeExact(event));
      List<EventLayout.Member> members = layout.members();
      for (int i = 0; i < members.size(); i++) { // an iterator would be garbage
        write(event, members.get(i));
      }
    } catch (RuntimeException | Error unexpected) {
      texts.forget();
      throw unexpected;
    } catch (Throwable unexpected) {
      // A handle declares it and throws nothing itself.
      throw new AssertionError(unexpected);
    }
    return bytes.flip();
  }

  private void write(Event event, EventLayout.Member member) throws Throwable {
    switch (member.kind()) {
      case LONG, INSTANT -> bytes.putLong((long) member.getter().invokeExact(event));
      case INT -> bytes.putInt((int) member.getter().invokeExact(event));
      case FLOAT -> bytes.putFloat((float) member.getter().invokeExact(event));
      case TRUTH -> bytes.put((byte) ((boolean) member.getter().invokeExact(event) ? 1 : 0));
      case TEXT -> texts.write((String) member.getter().invokeExact(event), bytes);
      default -> throw new AssertionError(member);
    }
  }

  /** Says whether the event that was written last has gone to the reader. */
  public void sent(boolean gone) {
    if (gone) {
      texts.keep();
    } else {
      texts.forget();
    }
  }
}
