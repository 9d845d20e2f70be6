package latencyscope.guest.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import latencyscope.guest.settings.Complaints;
import latencyscope.guest.settings.Version;
import latencyscope.guest.wire.EventSchema;
import latencyscope.guest.wire.FrameChannel;
import latencyscope.guest.wire.Messages;

/**
 * The conversation with a broker, until it has gone: from then on nothing is sent, and {@link
 * #ended} says why. Safe for use by several threads.
 */
final class BrokerLink implements AutoCloseable {
  static final String RESTART = "start it again as root: latencyscope broker";

  private static final long HELLO_MS = 5_000;
  private static final long CALL_NS = 10_000_000_000L;

  /** Between two looks for an answer. */
  private static final long LOOK_MS = 5;

  private final Path path;
  private final FrameChannel frames;
  private final EventSchema schema;

  /** The recorder's thread may have everything completed while the drain thread pauses. */
  private final ReentrantLock socket = new ReentrantLock();

  /** Why there is no more from it; null as long as there is. */
  private volatile String ended;

  private BrokerLink(Path path, FrameChannel frames, EventSchema schema) {
    this.path = path;
    this.frames = frames;
    this.schema = schema;
  }

  /**
   * Greets a broker.
   *
   * @param path of its socket
   * @throws BrokerException if there is none, or one of another version
   * @throws IOException if it does not speak as a broker does
   */
  static BrokerLink open(Path path) throws BrokerException, IOException {
    FrameChannel frames = new FrameChannel(BrokerSocket.connect(path), Messages.MOST_OF_BROKER);
    boolean opened = false;
    try {
      Messages.Hello hello = new Messages.Hello(Messages.VERSION, Version.ofThisJar());
      frames.send(Messages.HELLO, hello.payload());
      Messages.Welcome welcome = Messages.Welcome.read(answer(frames, Messages.WELCOME, HELLO_MS));
      int theirs = welcome.hello().version();
      if (theirs != Messages.VERSION) {
        throw new BrokerException(
            String.format(
                "the broker at %s is LatencyScope %s with protocol %d, and this is %s with %d",
                path, welcome.hello().product(), theirs, hello.product(), hello.version()),
            "use one version of latencyscope.jar for both");
      }
      opened = true;
      return new BrokerLink(path, frames, welcome.schema());
    } finally {
      if (!opened) {
        frames.close();
      }
    }
  }

  private static byte[] answer(FrameChannel frames, byte kind, long timeoutMs)
      throws IOException, BrokerException {
    FrameChannel.Frame frame = frames.receive(timeoutMs);
    if (frame == null) {
      throw new IOException("no answer within " + timeoutMs / 1_000 + " s");
    }
    if (frame.kind() == Messages.REFUSED) {
      Messages.Refused refused = Messages.Refused.read(frame.payload());
      throw new BrokerException("the broker refuses: " + refused.reason(), refused.remedy());
    }
    if (frame.kind() != kind) {
      throw new IOException("message " + frame.kind() + " instead of " + kind);
    }
    return frame.payload();
  }

  /** Path of the broker's socket. */
  Path path() {
    return path;
  }

  /** What the broker sends of events. */
  EventSchema schema() {
    return schema;
  }

  /** Why there is no more from it, as a sentence without its full stop; null while there is. */
  String ended() {
    return ended;
  }

  /** Says once that there is no more; what was written until now can still be read. */
  void end(Exception why) {
    if (ended == null) {
      ended = "the broker at " + path + " is gone (" + why.getMessage() + ")";
      Complaints.say(ended + "; " + RESTART);
    }
  }

  /**
   * Asks for what has to be had; before anything is captured.
   *
   * @return the answer's payload
   * @throws BrokerException if the broker refuses
   */
  byte[] ask(byte kind, Messages.Message message, byte answer, long timeoutMs)
      throws IOException, BrokerException {
    frames.send(kind, message.payload());
    return answer(frames, answer, timeoutMs);
  }

  /** Says a kind and no more; before anything is captured. */
  void confirm(byte kind) throws IOException {
    frames.send(kind, new byte[0]);
  }

  /** Says something that has no answer. */
  void send(byte kind, Messages.Message message) {
    if (ended != null) {
      return;
    }
    socket.lock();
    try {
      frames.send(kind, message.payload());
    } catch (IOException e) {
      end(e);
    } finally {
      socket.unlock();
    }
  }

  /**
   * Has the broker do something.
   *
   * @param meanwhile takes some of what comes of it; says whether there is more
   * @return what it says when it has done it; null if there is no more from it
   */
  Messages.Done call(byte kind, byte[] payload, BooleanSupplier meanwhile) {
    if (ended != null) {
      return null;
    }
    socket.lock();
    try {
      frames.send(kind, payload);
      return Messages.Done.read(awaitDone(meanwhile));
    } catch (IOException e) {
      end(e);
      return null;
    } finally {
      socket.unlock();
    }
  }

  private byte[] awaitDone(BooleanSupplier meanwhile) throws IOException {
    long untilNs = System.nanoTime() + CALL_NS;
    while (System.nanoTime() - untilNs < 0) {
      boolean more = meanwhile.getAsBoolean();
      FrameChannel.Frame frame = frames.receive(more ? 0 : LOOK_MS);
      if (frame != null && frame.kind() == Messages.DONE) {
        return frame.payload();
      }
      if (frame != null) {
        throw unasked(frame);
      }
      if (ended != null) {
        throw new IOException(ended);
      }
    }
    throw new IOException("no answer within 10 s");
  }

  /** Waits for so long, or until the broker says what it was not asked for. */
  void pause(long ms) {
    if (ended != null || !socket.tryLock()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
      return;
    }
    try {
      FrameChannel.Frame frame = frames.receive(ms);
      if (frame != null) {
        throw unasked(frame);
      }
    } catch (IOException e) {
      end(e);
    } finally {
      socket.unlock();
    }
  }

  private static IOException unasked(FrameChannel.Frame frame) throws IOException {
    return new IOException(
        frame.kind() == Messages.REFUSED
            ? Messages.Refused.read(frame.payload()).reason()
            : "message " + frame.kind());
  }

  @Override
  public void close() throws IOException {
    frames.close();
  }
}
