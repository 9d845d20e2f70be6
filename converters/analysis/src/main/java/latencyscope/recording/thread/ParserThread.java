package latencyscope.recording.thread;

import java.lang.reflect.Field;
import java.util.List;
import java.util.function.UnaryOperator;
import org.openjdk.jmc.common.IMCThread;

/**
 * A thread as the JMC parser gives it, with the OS thread id that its interface leaves out.
 *
 * @param osTid OS thread id; 0 if the parser does not have it
 * @param javaId Java thread id; 0 if it is not a Java thread
 * @param name Java name, or the recorder's name of a native thread
 */
public record ParserThread(long osTid, long javaId, String name) {
  private static final ClassValue<Field> OS_TID = field("osThreadId");
  private static final ClassValue<Field> JAVA_NAME = field("javaName");
  private static final ClassValue<Field> OS_NAME = field("osName");

  private static ClassValue<Field> field(String name) {
    return new ClassValue<>() {
      @Override
      protected Field computeValue(Class<?> type) {
        try {
          // A public field of a class that is not: the parser fills it by reflection, too.
          Field field = type.getField(name);
          return field.trySetAccessible() ? field : null;
        } catch (NoSuchFieldException e) {
          return null;
        }
      }
    };
  }

  /** The thread behind a value of the parser; null if it is not a thread. */
  public static ParserThread of(Object value) {
    if (!(value instanceof IMCThread thread)) {
      return null;
    }
    Long javaId = thread.getThreadId();
    return new ParserThread(
        osTid(thread), javaId == null ? 0 : Math.max(0, javaId), thread.getThreadName());
  }

  private static long osTid(IMCThread thread) {
    Field field = OS_TID.get(thread.getClass());
    try {
      return field != null && field.get(thread) instanceof Number tid ? tid.longValue() : 0;
    } catch (IllegalAccessException e) {
      return 0;
    }
  }

  /** Changes the names of a thread of the parser's, if it has any. */
  public static void rename(Object thread, UnaryOperator<String> change) {
    for (ClassValue<Field> name : List.of(JAVA_NAME, OS_NAME)) {
      Field field = name.get(thread.getClass());
      try {
        if (field != null && field.get(thread) instanceof String text) {
          field.set(thread, change.apply(text));
        }
      } catch (IllegalAccessException e) {
        return; // it keeps its names
      }
    }
  }
}
