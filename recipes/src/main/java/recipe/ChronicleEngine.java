package recipe;

import java.nio.file.Path;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueueBuilder;

/** A queue in a mapped file, whose tailer spins. */
final class ChronicleEngine implements Engine {
  private final Path directory;
  private SingleChronicleQueue queue;
  private ExcerptAppender appender;
  private Thread strategy;
  private volatile boolean stopped;

  ChronicleEngine(Path directory) {
    this.directory = directory;
  }

  @Override
  public void start(Receiver receiver) {
    queue = SingleChronicleQueueBuilder.single(directory.resolve("queue").toFile()).build();
    strategy =
        new Thread(
            () -> {
              receiver.onStart();
              try (ExcerptTailer tailer = queue.createTailer()) {
                while (!stopped) {
                  tailer.readBytes(bytes -> receiver.onOrder(bytes.readLong()));
                }
              }
            },
            Strategy.THREAD);
    strategy.start();
  }

  @Override
  public boolean send(long order) {
    if (appender == null) {
      // It belongs to the thread that made it.
      appender = queue.createAppender();
    }
    appender.writeBytes(bytes -> bytes.writeLong(order));
    return true;
  }

  @Override
  public void close() {
    stopped = true;
    Tool.join(strategy);
    queue.close();
  }
}
