package latencyscope.agent.event;

import static java.lang.classfile.ClassFile.ACC_PUBLIC;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_VarHandle;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Opcode;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import latencyscope.guest.event.ImplicitFields;
import latencyscope.jfr.KernelEvent;

/**
 * Writes the class that fills one type of event, as straight code without a call for a number.
 *
 * <p>An engine has few records in its first seconds, and these are decoded by the interpreter: a
 * handle or an interface per member costs microseconds there, which this code does not.
 */
public final class EventFillWriter {
  private static final int RECORD = 1;
  private static final int EVENT = 2;
  private static final int START = 3;
  private static final int DURATION = 5;
  private static final int CAST_EVENT = 7;

  private static final ClassDesc STRINGS = describe(RecordStrings.class);
  private static final ClassDesc THIS =
      ClassDesc.of(EventFillWriter.class.getPackageName(), "GeneratedEventFill");

  private final Class<? extends KernelEvent> event;
  private final ClassDesc eventDesc;
  private final List<BoundMember> members;

  /** What the class refers to as constants: class data, so that the compiler sees them as such. */
  private final List<Object> constants = new ArrayList<>();

  private final RecordStrings strings;

  public EventFillWriter(
      Class<? extends KernelEvent> event, List<BoundMember> members, RecordStrings strings) {
    this.event = event;
    this.members = members;
    this.strings = strings;
    eventDesc = describe(event);
  }

  /** Writes and loads the class. */
  public EventFill define() throws ReflectiveOperationException {
    byte[] bytes =
        ClassFile.of()
            .build(
                THIS,
                type ->
                    type.withInterfaceSymbols(describe(EventFill.class))
                        .withMethodBody(INIT_NAME, MTD_void, ACC_PUBLIC, this::constructor)
                        .withMethodBody("fill", fillType(), ACC_PUBLIC, this::body));
    Object fill =
        MethodHandles.lookup()
            .defineHiddenClassWithClassData(bytes, List.copyOf(constants), true)
            .lookupClass()
            .getDeclaredConstructor()
            .newInstance();
    return (EventFill) fill;
  }

  private static MethodTypeDesc fillType() {
    return MethodTypeDesc.of(
        CD_void, CD_long.arrayType(), describe(KernelEvent.class), CD_long, CD_long);
  }

  private void constructor(CodeBuilder code) {
    code.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_();
  }

  private void body(CodeBuilder code) {
    code.aload(EVENT).checkcast(eventDesc).astore(CAST_EVENT);
    try {
      time(code, ImplicitFields.startTime(event), START);
      time(code, ImplicitFields.duration(event), DURATION);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // the class is ours
    }
    for (BoundMember member : members) {
      Field field = member.field();
      code.aload(CAST_EVENT);
      value(code, member);
      code.putfield(eventDesc, field.getName(), describe(field.getType()));
    }
    code.return_();
  }

  private void time(CodeBuilder code, Object handle, int local) {
    code.loadConstant(constant(handle, CD_VarHandle))
        .aload(CAST_EVENT)
        .lload(local)
        .invokevirtual(CD_VarHandle, "set", MethodTypeDesc.of(CD_void, eventDesc, CD_long));
  }

  private void value(CodeBuilder code, BoundMember member) {
    int at = member.offset();
    switch (member.conversion()) {
      case BoundMember.Conversion.TRUTH ->
          unsigned(code, at)
              .l2i()
              .ifThenElse(Opcode.IFNE, CodeBuilder::iconst_1, CodeBuilder::iconst_0);
      case BoundMember.Conversion.INT -> unsigned(code, at).l2i();
      case BoundMember.Conversion.UNSIGNED -> unsigned(code, at);
      case BoundMember.Conversion.LONG -> word(code, at);
      case BoundMember.Conversion.COMM -> {
        word(word(code.loadConstant(constant(strings, STRINGS)), at), at + Long.BYTES)
            .invokevirtual(STRINGS, "comm", MethodTypeDesc.of(CD_String, CD_long, CD_long));
      }
      case BoundMember.Conversion.FILE ->
          word(word(code.loadConstant(constant(strings, STRINGS)), at), at + Long.BYTES)
              .invokevirtual(STRINGS, "file", MethodTypeDesc.of(CD_String, CD_long, CD_long));
      case BoundMember.Conversion.FUNCTION ->
          word(code.loadConstant(constant(strings, STRINGS)), at)
              .invokevirtual(STRINGS, "function", MethodTypeDesc.of(CD_String, CD_long));
      case BoundMember.Conversion.SYSTEM_CALL ->
          word(code.loadConstant(constant(strings, STRINGS)), at)
              .invokevirtual(STRINGS, "systemCall", MethodTypeDesc.of(CD_String, CD_long));
      case BoundMember.Conversion.STACK ->
          word(code.loadConstant(constant(strings, STRINGS)), at)
              .invokevirtual(STRINGS, "stack", MethodTypeDesc.of(CD_String, CD_long));
      case BoundMember.Conversion.TEXT ->
          unsigned(code.loadConstant(constant(member.texts(), CD_String.arrayType())), at)
              .l2i()
              .invokestatic(
                  STRINGS, "textAt", MethodTypeDesc.of(CD_String, CD_String.arrayType(), CD_int));
    }
  }

  private static CodeBuilder word(CodeBuilder code, int offset) {
    return code.aload(RECORD).loadConstant(offset / Long.BYTES).laload();
  }

  // Little-endian, as every object that is compiled for bpfel: the upper half lies behind.
  private static CodeBuilder unsigned(CodeBuilder code, int offset) {
    word(code, offset);
    return offset % Long.BYTES == 0
        ? code.loadConstant(0xffff_ffffL).land()
        : code.bipush(Integer.SIZE).lushr();
  }

  private DynamicConstantDesc<?> constant(Object value, ClassDesc type) {
    int index = constants.indexOf(value);
    if (index < 0) {
      index = constants.size();
      constants.add(value);
    }
    return DynamicConstantDesc.ofNamed(
        ConstantDescs.BSM_CLASS_DATA_AT, ConstantDescs.DEFAULT_NAME, type, index);
  }

  private static ClassDesc describe(Class<?> type) {
    return type.describeConstable().orElseThrow();
  }
}
