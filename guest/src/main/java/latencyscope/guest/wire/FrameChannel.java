package latencyscope.guest.wire;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Frames on a socket: the length of what follows (4 bytes, little-endian), the kind (1 byte) and
 * the payload. Waits with a selector, which the flight recorder takes no note of as it does of
 * threads that park. Used by one thread at a time.
 */
public final class FrameChannel implements Closeable {
  private static final int HEADER = 5;

  /** A peer that takes nothing for so long is given up. */
  private static final long SEND_NS = 2_000_000_000L;

  private final SocketChannel socket;
  private final Selector selector;
  private final SelectionKey key;
  private final int most;
  private ByteBuffer in = ByteBuffer.allocate(1 << 10).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * A frame.
   *
   * @param kind as {@link Messages} has it
   */
  public record Frame(byte kind, byte[] payload) {}

  /**
   * Speaks through a socket, which is closed with this.
   *
   * @param most bytes that a payload from the other side may have
   * @throws IOException if the socket is not usable; it is closed then
   */
  public FrameChannel(SocketChannel socket, int most) throws IOException {
    this.socket = socket;
    this.most = most;
    try {
      socket.configureBlocking(false);
      selector = Selector.open();
      key = socket.register(selector, SelectionKey.OP_READ);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Sends a frame.
   *
   * @throws IOException if the other side has gone, or takes nothing for two seconds
   */
  public void send(byte kind, byte[] payload) throws IOException {
    ByteBuffer out = ByteBuffer.allocate(HEADER + payload.length).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(1 + payload.length).put(kind).put(payload).flip();
    long untilNs = System.nanoTime() + SEND_NS;
    while (out.hasRemaining()) {
      if (socket.write(out) == 0) {
        awaitRoom(untilNs);
      }
    }
  }

  private void awaitRoom(long untilNs) throws IOException {
    long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
    if (leftMs <= 0) {
      throw new IOException("the other side takes nothing");
    }
    key.interestOps(SelectionKey.OP_WRITE);
    try {
      selector.select(leftMs);
      selector.selectedKeys().clear();
    } finally {
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  /**
   * Receives a frame.
   *
   * @param timeoutMs how long to wait for it; 0: only what is there already
   * @return null if there is none
   * @throws EOFException if the other side has gone
   * @throws IOException if it sends something else
   */
  public Frame receive(long timeoutMs) throws IOException {
    long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    while (true) {
      Frame frame = takeFrame();
      if (frame != null) {
        return frame;
      }
      int read = socket.read(in);
      if (read < 0) {
        throw new EOFException("the other side has ended");
      }
      if (read == 0) {
        long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
        if (leftMs <= 0) {
          return null;
        }
        selector.select(leftMs);
        selector.selectedKeys().clear();
      }
    }
  }

  /** The frame that is there as a whole, or null; then there is room for more of it. */
  private Frame takeFrame() throws IOException {
    int length = in.position() < Integer.BYTES ? 0 : in.getInt(0);
    if (in.position() >= Integer.BYTES && (length < 1 || length > 1 + most)) {
      throw new IOException("a frame of " + length + " bytes");
    }
    if (length > 0 && in.position() >= Integer.BYTES + length) {
      in.flip().position(Integer.BYTES);
      byte kind = in.get();
      byte[] payload = new byte[length - 1];
      in.get(payload);
      in.compact();
      return new Frame(kind, payload);
    }
    int needed = Integer.BYTES + length;
    if (needed > in.capacity()) {
      ByteBuffer larger = ByteBuffer.allocate(needed).order(ByteOrder.LITTLE_ENDIAN);
      in = larger.put(in.flip());
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    try (socket) {
      selector.close();
    }
  }
}
