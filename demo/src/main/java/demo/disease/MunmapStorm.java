package demo.disease;

import demo.thread.Recurring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
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
  private Mapper mapper;
  private long unmapped;
  private long shootdowns;

  MunmapStorm(Patient patient) {
    this.file = patient.directory().resolve("storm");
  }

  @Override
  public void prepare() throws IOException {
    channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.write(ByteBuffer.allocate(BYTES));
    mapper = Mapper.of(channel);
  }

  @Override
  public String start() throws IOException {
    shootdowns = KernelCounters.tlbShootdowns();
    storm.start();
    return "a thread maps, touches and unmaps 16 KiB every " + PAUSE_MS + " ms";
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
    mapper.map(BYTES, MunmapStorm::touch);
    unmapped++;
  }

  private static void touch(ByteBuffer mapped) {
    for (int offset = 0; offset < BYTES; offset += PAGE) {
      mapped.get(offset);
    }
  }
}
