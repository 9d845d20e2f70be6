package latencyscope.jmc;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.IMCThreadGroup;

/**
 * A thread that the recorder does not know, as Mission Control takes one: what is on it gets a lane
 * and a name. Two of one OS thread id are equal, as the parser's own are.
 */
record ThreadLane(long osThreadId, String name) implements IMCThread {
  /**
   * One of the same class as another thread, so that it is equal to the parser's own of that id;
   * else one of this class.
   */
  static IMCThread like(Object other, long osThreadId, String name) {
    if (other != null) {
      try {
        // The parser fills its objects by reflection, too: their class is not public.
        Constructor<?> constructor = other.getClass().getDeclaredConstructor();
        constructor.setAccessible(true);
        Object thread = constructor.newInstance();
        set(thread, "osThreadId", osThreadId);
        set(thread, "javaThreadId", 0L);
        set(thread, "osName", name);
        return (IMCThread) thread;
      } catch (ReflectiveOperationException | RuntimeException e) {
        return new ThreadLane(osThreadId, name); // another parser than JMC 9's
      }
    }
    return new ThreadLane(osThreadId, name);
  }

  private static void set(Object thread, String name, Object value)
      throws ReflectiveOperationException {
    Field field = thread.getClass().getField(name);
    field.setAccessible(true);
    field.set(thread, value);
  }

  @Override
  public Long getThreadId() {
    return 0L;
  }

  @Override
  public String getThreadName() {
    return name;
  }

  @Override
  public IMCThreadGroup getThreadGroup() {
    return null;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ThreadLane lane && osThreadId == lane.osThreadId;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(osThreadId);
  }

  @Override
  public String toString() {
    return name;
  }
}
