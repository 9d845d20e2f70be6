package demo.disease;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.function.Consumer;

/**
 * Maps the start of a file, lets it be looked at and unmaps it at once.
 *
 * <p>JDK 22 has an API for that, {@code java.lang.foreign.Arena}; before it there is a back door
 * that a JDK 25 warns of. Both by name, because this is compiled for JDK 17. Used by one thread.
 */
abstract class Mapper {
  final FileChannel file;

  private Mapper(FileChannel file) {
    this.file = file;
  }

  /**
   * The better way that this JVM has.
   *
   * @throws IOException with one sentence, if it has none
   */
  static Mapper of(FileChannel file) throws IOException {
    try {
      return new ByArena(file);
    } catch (ReflectiveOperationException e) {
      return orByUnsafe(file);
    }
  }

  private static Mapper orByUnsafe(FileChannel file) throws IOException {
    try {
      return new ByUnsafe(file);
    } catch (ReflectiveOperationException e) {
      throw new IOException("this JVM can neither close an Arena nor invoke a Cleaner", e);
    }
  }

  /** One mapping, read-only, of so many bytes, that lives while {@code use} runs. */
  final void map(int bytes, Consumer<ByteBuffer> use) {
    try {
      mapAndUnmap(bytes, use);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  abstract void mapAndUnmap(int bytes, Consumer<ByteBuffer> use) throws Exception;

  private static final class ByArena extends Mapper {
    private final Method ofConfined;
    private final Method map;
    private final Method asByteBuffer;

    ByArena(FileChannel file) throws ReflectiveOperationException {
      super(file);
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      // Confined: closing a shared one makes all threads pass a handshake, a disease in itself.
      ofConfined = arena.getMethod("ofConfined");
      map = FileChannel.class.getMethod("map", MapMode.class, long.class, long.class, arena);
      asByteBuffer = Class.forName("java.lang.foreign.MemorySegment").getMethod("asByteBuffer");
    }

    @Override
    void mapAndUnmap(int bytes, Consumer<ByteBuffer> use) throws Exception {
      AutoCloseable arena = (AutoCloseable) ofConfined.invoke(null);
      try {
        Object segment = map.invoke(file, MapMode.READ_ONLY, 0L, (long) bytes, arena);
        use.accept((ByteBuffer) asByteBuffer.invoke(segment));
      } finally {
        arena.close();
      }
    }
  }

  private static final class ByUnsafe extends Mapper {
    private final Object unsafe;
    private final Method invokeCleaner;

    ByUnsafe(FileChannel file) throws ReflectiveOperationException {
      super(file);
      Class<?> type = Class.forName("sun.misc.Unsafe");
      Field instance = type.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      unsafe = instance.get(null);
      invokeCleaner = type.getMethod("invokeCleaner", ByteBuffer.class);
    }

    @Override
    void mapAndUnmap(int bytes, Consumer<ByteBuffer> use) throws Exception {
      ByteBuffer buffer = file.map(MapMode.READ_ONLY, 0, bytes);
      try {
        use.accept(buffer);
      } finally {
        invokeCleaner.invoke(unsafe, buffer);
      }
    }
  }
}
