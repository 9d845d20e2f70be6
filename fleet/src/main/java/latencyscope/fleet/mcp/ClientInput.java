package latencyscope.fleet.mcp;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * What a client writes. The SDK says nowhere that a session has ended, so this does: either the
 * client has closed its side, or the thread that reads has ended, as it does after a message that
 * is not JSON.
 */
final class ClientInput extends FilterInputStream {
  private static final long LOOK_MILLIS = 100;

  private final CompletableFuture<Thread> reader = new CompletableFuture<>();
  private volatile boolean closed;

  ClientInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    reader.complete(Thread.currentThread());
    int read = super.read();
    closed |= read < 0;
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    reader.complete(Thread.currentThread());
    int read = super.read(bytes, offset, length);
    closed |= read < 0;
    return read;
  }

  /** Waits until there is no client any more. */
  void awaitEnd() throws InterruptedException {
    try {
      Thread reading = reader.get();
      while (!closed && reading.isAlive()) {
        reading.join(LOOK_MILLIS);
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("it is only completed with a thread", e);
    }
  }
}
