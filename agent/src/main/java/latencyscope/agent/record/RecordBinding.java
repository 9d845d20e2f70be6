package latencyscope.agent.record;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import latencyscope.agent.event.BoundMember;
import latencyscope.agent.event.BoundMember.Conversion;
import latencyscope.agent.event.CNames;
import latencyscope.agent.event.RecordStrings;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.jfr.KernelEvent;

/**
 * Binds the members of a kernel record to the fields of an event, by name.
 *
 * <p>A member without a field, or a field without a member, is an error when the module is bound,
 * and a failing test before that.
 */
public final class RecordBinding {
  private static final String HEADER = "header";

  /** A member that fills up a record and means nothing. */
  private static final String RESERVED = "reserved";

  private final Class<? extends KernelEvent> event;
  private final Struct record;

  public RecordBinding(Class<? extends KernelEvent> event, Struct record) {
    this.event = event;
    this.record = record;
  }

  /** The structure that a record begins with. */
  public static Struct headerOf(Struct record) {
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
  public List<BoundMember> bind() {
    Map<String, Field> fields =
        Arrays.stream(event.getDeclaredFields())
            .filter(field -> Modifier.isPublic(field.getModifiers()))
            .collect(Collectors.toMap(Field::getName, field -> field));
    List<BoundMember> bound = new ArrayList<>();
    for (Struct.Member member : record.members()) {
      if (member.name().equals(HEADER) || member.name().equals(RESERVED)) {
        continue;
      }
      Field field = fields.remove(CNames.field(member.name()));
      if (field == null) {
        throw mismatch(
            "has no field " + CNames.field(member.name()) + " for member " + member.name());
      }
      bound.add(bound(field, member));
    }
    if (!fields.isEmpty()) {
      throw mismatch("has fields without a member: " + new TreeSet<>(fields.keySet()));
    }
    return List.copyOf(bound);
  }

  private BoundMember bound(Field field, Struct.Member member) {
    Conversion conversion = conversion(field.getType(), member);
    boolean isEnum = conversion == Conversion.TEXT;
    String[] texts = isEnum ? texts((Type.Enumeration) member.type()) : null;
    return new BoundMember(field, member.offset(), conversion, texts);
  }

  private Conversion conversion(Class<?> java, Struct.Member member) {
    Type type = member.type();
    if (java == String.class) {
      return text(member);
    }
    if (type instanceof Type.Int && type.size() == Integer.BYTES) {
      if (java == boolean.class) {
        return Conversion.TRUTH;
      }
      if (java == int.class) {
        return Conversion.INT;
      }
      if (java == long.class) {
        return Conversion.UNSIGNED;
      }
    }
    if (type instanceof Type.Int && type.size() == Long.BYTES && java == long.class) {
      return Conversion.LONG;
    }
    throw cannotHold(member);
  }

  private Conversion text(Struct.Member member) {
    Type type = member.type();
    boolean comm = type instanceof Type.Chars && type.size() == RecordStrings.COMM_BYTES;
    if (comm && member.offset() % Long.BYTES == 0) {
      return Conversion.COMM;
    }
    if (isNested(type, "kernel_symbol")) {
      return Conversion.FUNCTION;
    }
    if (isNested(type, "system_call")) {
      return Conversion.SYSTEM_CALL;
    }
    if (isNested(type, "copied_stack")) {
      return Conversion.STACK;
    }
    if (isNested(type, "mapped_file")) {
      return Conversion.FILE;
    }
    if (type instanceof Type.Enumeration && type.size() == Integer.BYTES) {
      return Conversion.TEXT;
    }
    throw cannotHold(member);
  }

  /** What the constants of an enum are shown as, by their values. */
  private static boolean isNested(Type type, String struct) {
    return type instanceof Type.Nested nested && nested.struct().name().equals(struct);
  }

  public static String[] texts(Type.Enumeration constants) {
    if (KernelConstants.isOfKernel(constants)) {
      return KernelConstants.names(constants);
    }
    String[] texts = new String[constants.values().size()];
    constants.values().forEach((name, value) -> texts[Math.toIntExact(value)] = CNames.text(name));
    return texts;
  }

  private IllegalArgumentException cannotHold(Struct.Member member) {
    return mismatch(
        "cannot hold member "
            + member.name()
            + ", which is "
            + member.type()
            + " at "
            + member.offset());
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
