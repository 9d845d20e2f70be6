package latencyscope.guest.wire;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Timestamp;
import latencyscope.guest.event.ImplicitFields;

/**
 * The fields of an event class as they cross to another process, derived from the class alone: what
 * a recording shows of an event, but for threads, which only the engine's JVM knows.
 *
 * <p>Immutable.
 */
final class EventLayout {
  /** How a value crosses. */
  enum Kind {
    /** 8 bytes. */
    LONG(long.class),
    /** 8 bytes: an instant, nanoseconds of the kernel's clock on its way. */
    INSTANT(long.class),
    /** 4 bytes. */
    INT(int.class),
    /** 4 bytes. */
    FLOAT(float.class),
    /** 1 byte, 0 or 1. */
    TRUTH(boolean.class),
    /** See {@link TextTable}. */
    TEXT(String.class);

    private final Class<?> java;

    Kind(Class<?> java) {
      this.java = java;
    }
  }

  /** A field with its handles, which take any event: {@code invokeExact} costs no allocation. */
  record Member(String name, Kind kind, MethodHandle getter, MethodHandle setter) {}

  /** Binding takes a millisecond each, and a broker needs them for every client. */
  private static final Map<Class<?>, EventLayout> KNOWN = new ConcurrentHashMap<>();

  private final Class<? extends Event> type;
  private final List<Member> members;
  private final Member start;
  private final Member duration;

  private EventLayout(
      Class<? extends Event> type, List<Member> members, Member start, Member duration) {
    this.type = type;
    this.members = List.copyOf(members);
    this.start = start;
    this.duration = duration;
  }

  /**
   * The layout of a class.
   *
   * @throws ReflectiveOperationException if it is no event like the others
   */
  static EventLayout of(Class<? extends Event> type) throws ReflectiveOperationException {
    EventLayout known = KNOWN.get(type);
    if (known == null) {
      known = bind(type);
      KNOWN.put(type, known);
    }
    return known;
  }

  private static EventLayout bind(Class<? extends Event> type) throws ReflectiveOperationException {
    List<Member> members = new ArrayList<>();
    addMembers(type, members);
    return new EventLayout(
        type,
        members,
        implicit("startTime", ImplicitFields.startTime(type)),
        implicit("duration", ImplicitFields.duration(type)));
  }

  private static void addMembers(Class<?> type, List<Member> members)
      throws IllegalAccessException {
    if (type == Event.class) {
      return;
    }
    addMembers(type.getSuperclass(), members);
    MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    for (Field field : type.getDeclaredFields()) {
      Kind kind = kind(field);
      if (kind != null) {
        members.add(
            member(
                field.getName(),
                kind,
                lookup.unreflectGetter(field),
                lookup.unreflectSetter(field)));
      }
    }
  }

  private static Kind kind(Field field) {
    if (Modifier.isStatic(field.getModifiers()) || !field.isAnnotationPresent(Label.class)) {
      return null;
    }
    if (field.isAnnotationPresent(Timestamp.class)
        && field.getAnnotation(Timestamp.class).value().equals(Timestamp.TICKS)) {
      return Kind.INSTANT;
    }
    for (Kind kind : Kind.values()) {
      if (kind.java == field.getType()) {
        return kind;
      }
    }
    return null;
  }

  private static Member implicit(String name, VarHandle handle) {
    return member(
        name,
        Kind.LONG,
        handle.toMethodHandle(VarHandle.AccessMode.GET),
        handle.toMethodHandle(VarHandle.AccessMode.SET));
  }

  private static Member member(String name, Kind kind, MethodHandle getter, MethodHandle setter) {
    return new Member(
        name,
        kind,
        getter.asType(methodType(kind.java, Event.class)),
        setter.asType(methodType(void.class, Event.class, kind.java)));
  }

  Class<? extends Event> type() {
    return type;
  }

  /** Its own fields, those of the class that it extends first. */
  List<Member> members() {
    return members;
  }

  /** The implicit begin. */
  Member start() {
    return start;
  }

  /** The implicit length. */
  Member duration() {
    return duration;
  }

  /** The field of a name; null if there is none. */
  Member member(String name) {
    return members.stream().filter(member -> member.name().equals(name)).findFirst().orElse(null);
  }
}
