package demo.disease;

import demo.thread.Recurring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * A thread maps a file, touches it and unmaps it, over and over.
 *
 * <p>Each munmap takes page-table entries away that other CPUs may have cached, so the kernel sends
 * a TLB shootdown interrupt to every CPU that runs a thread of this process: the strategy spins, so
 * it is hit each time.
 */
final class MunmapStorm implements Disease {
  private static final long PAUSE_MS = 1;
  private static final int PAGE = 4096;
  private static final int BYTES = 4 * PAGE;

  private final Path file;
  private final Recurring storm =
      new Recurring("munmap-storm", TimeUnit.MILLISECONDS.toNanos(PAUSE_MS), this::mapAndUnmap);
  private FileChannel channel;
  private MethodHandle unmap;
  private long unmapped;
  private long shootdowns;

  MunmapStorm(Patient patient) {
    this.file = patient.directory().resolve("storm");
  }

  @Override
  public void prepare() throws IOException {
    unmap = invokeCleaner();
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.write(ByteBuffer.allocate(BYTES));
  }

  @Override
  public String start() throws IOException {
    shootdowns = KernelCounters.tlbShootdowns();
    storm.start();
    return "munmap-storm maps, touches and unmaps 16 KiB every " + PAUSE_MS + " ms";
  }

  @Override
  public void stop() {
    storm.stop();
    try {
      shootdowns = KernelCounters.tlbShootdowns() - shootdowns;
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Provoked provoked() {
    return new Provoked(
        unmapped, "unmaps of touched pages; TLB shootdowns, whole machine: " + shootdowns);
  }

  private void mapAndUnmap() {
    try {
      MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES);
      for (int offset = 0; offset < BYTES; offset += PAGE) {
        buffer.get(offset);
      }
      unmap.invokeExact((ByteBuffer) buffer);
      unmapped++;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Throwable e) { // what invokeExact declares
      throw new IllegalStateException(e);
    }
  }

  /**
   * The one way to unmap at a chosen moment that a JVM 17 and a JVM 25 share. By name, because the
   * compiler warns of {@code sun.misc} and cannot be told not to.
   */
  private static MethodHandle invokeCleaner() throws IOException {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      Field instance = unsafe.getDeclaredField("theUnsafe");
      instance.setAccessible(true);
      return MethodHandles.lookup()
          .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(instance.get(null));
    } catch (ReflectiveOperationException e) {
      throw new IOException("this JVM has no sun.misc.Unsafe.invokeCleaner", e);
    }
  }
}
