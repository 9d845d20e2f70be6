package latencyscope.agent;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import latencyscope.bpf.Struct;
import latencyscope.bpf.Type;
import latencyscope.jfr.KernelEvent;

/**
 * Binds the members of a kernel record to the fields of an event, by name.
 *
 * <p>A member without a field, or a field without a member, is an error when the module is bound,
 * and a failing test before that.
 */
final class RecordBinding {
  private static final String HEADER = "header";

  /** A member that fills up a record and means nothing. */
  private static final String RESERVED = "reserved";

  private final Class<? extends KernelEvent> event;
  private final Struct record;
  private final RecordStrings strings;

  RecordBinding(Class<? extends KernelEvent> event, Struct record, RecordStrings strings) {
    this.event = event;
    this.record = record;
    this.strings = strings;
  }

  /** The structure that a record begins with. */
  static Struct headerOf(Struct record) {
    Struct.Member first = record.member(HEADER);
    if (first.offset() == 0 && first.type() instanceof Type.Nested nested) {
      return nested.struct();
    }
    throw new IllegalArgumentException("struct " + record.name() + " does not begin with a header");
  }

  /**
   * Binds every member but the header.
   *
   * @throws IllegalArgumentException if structure and class differ in names, or types do not fit
   */
  List<FieldCopy> bind() throws IllegalAccessException {
    Map<String, Field> fields =
        Arrays.stream(event.getDeclaredFields())
            .filter(field -> Modifier.isPublic(field.getModifiers()))
            .collect(Collectors.toMap(Field::getName, field -> field));
    List<FieldCopy> copies = new ArrayList<>();
    for (Struct.Member member : record.members()) {
      if (member.name().equals(HEADER) || member.name().equals(RESERVED)) {
        continue;
      }
      Field field = fields.remove(CNames.field(member.name()));
      if (field == null) {
        throw mismatch(
            "has no field " + CNames.field(member.name()) + " for member " + member.name());
      }
      copies.add(copy(field, member));
    }
    if (!fields.isEmpty()) {
      throw mismatch("has fields without a member: " + new TreeSet<>(fields.keySet()));
    }
    return List.copyOf(copies);
  }

  // Blocks, not expressions: as an expression, invokeExact would be compiled to return an Object.
  private FieldCopy copy(Field field, Struct.Member member) throws IllegalAccessException {
    Class<?> java = field.getType();
    Type type = member.type();
    int at = member.offset();
    MethodHandle set =
        MethodHandles.lookup()
            .unreflectSetter(field)
            .asType(MethodType.methodType(void.class, KernelEvent.class, java));
    if (java == String.class) {
      return text(set, type, member);
    }
    if (type instanceof Type.Int && type.size() == Integer.BYTES) {
      if (java == boolean.class) {
        return (data, offset, to) -> {
          set.invokeExact(to, data.get(JAVA_INT, offset + at) != 0);
        };
      }
      if (java == int.class) {
        return (data, offset, to) -> {
          set.invokeExact(to, data.get(JAVA_INT, offset + at));
        };
      }
      if (java == long.class) {
        return (data, offset, to) -> {
          set.invokeExact(to, Integer.toUnsignedLong(data.get(JAVA_INT, offset + at)));
        };
      }
    }
    if (type instanceof Type.Int && type.size() == Long.BYTES && java == long.class) {
      return (data, offset, to) -> {
        set.invokeExact(to, data.get(JAVA_LONG, offset + at));
      };
    }
    throw mismatch("cannot hold member " + member.name() + ", which is " + type);
  }

  private FieldCopy text(MethodHandle set, Type type, Struct.Member member) {
    int at = member.offset();
    if (type instanceof Type.Chars chars && chars.size() == RecordStrings.COMM_BYTES) {
      return (data, offset, to) -> {
        set.invokeExact(to, strings.comm(data, offset + at));
      };
    }
    if (type instanceof Type.Nested nested && nested.struct().name().equals("kernel_symbol")) {
      return (data, offset, to) -> {
        set.invokeExact(to, strings.function(data.get(JAVA_LONG, offset + at)));
      };
    }
    if (type instanceof Type.Enumeration constants) {
      String[] texts = texts(constants);
      return (data, offset, to) -> {
        set.invokeExact(to, textAt(texts, data.get(JAVA_INT, offset + at)));
      };
    }
    throw mismatch("cannot hold member " + member.name() + ", which is " + type);
  }

  private static String[] texts(Type.Enumeration constants) {
    String[] texts = new String[constants.values().size()];
    constants.values().forEach((name, value) -> texts[Math.toIntExact(value)] = CNames.text(name));
    return texts;
  }

  private static String textAt(String[] texts, int value) {
    return value >= 0 && value < texts.length ? texts[value] : null;
  }

  private IllegalArgumentException mismatch(String what) {
    return new IllegalArgumentException(
        "struct "
            + record.name()
            + " and event "
            + event.getSimpleName()
            + " differ: the event "
            + what);
  }
}
