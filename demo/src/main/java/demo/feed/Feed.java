package demo.feed;

import demo.book.Instrument;
import demo.book.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Publishes the simulated market as UDP datagrams, one message each, at a steady rate. */
public final class Feed implements Runnable {
  private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(40);
  private static final long GIVE_UP_NS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long END_REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(5);

  private final DatagramChannel channel;
  private final FlowControl flow;
  private final MarketSimulator market;
  private final long messages;
  private final double messagesPerNs;
  private final Tick tick = new Tick();
  private final ByteBuffer packet = ByteBuffer.allocateDirect(Tick.LENGTH);
  private long progressNs;
  private long sent;
  private volatile boolean stopped;

  /**
   * A feed that has not begun.
   *
   * @param channel blocking, connected to the receiver; stays the caller's to close
   * @param rate messages per second
   */
  public Feed(
      DatagramChannel channel, FlowControl flow, MarketSimulator market, long messages, long rate) {
    this.channel = channel;
    this.flow = flow;
    this.market = market;
    this.messages = messages;
    this.messagesPerNs = rate / 1e9;
  }

  /** Sends all messages, then says so until the receiver has heard it. */
  @Override
  public void run() {
    try {
      publish();
      end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Any thread: ends the stream after the message under way. */
  public void stop() {
    stopped = true;
  }

  private void publish() throws IOException {
    long startNs = System.nanoTime();
    progressNs = startNs;
    while (sent < messages && !stopped) {
      // The schedule is fixed: after a stall the feed catches up, as a market would.
      long due = 1 + (long) ((System.nanoTime() - startNs) * messagesPerNs);
      if (sent < due && maySend()) {
        send();
      } else {
        LockSupport.parkNanos(PAUSE_NS);
      }
    }
  }

  private boolean maySend() {
    if (flow.maySend(sent + 1)) {
      return true;
    }
    if (System.nanoTime() - progressNs > GIVE_UP_NS) {
      flow.acknowledge(sent); // lost for good: the receiver will report the gap
    }
    return false;
  }

  private void send() throws IOException {
    market.next(tick);
    transmit();
    sent = tick.sequence;
    progressNs = tick.sentNs;
  }

  private void end() throws IOException {
    tick.kind = Tick.Kind.END;
    tick.instrument = Instrument.of(0);
    tick.side = Side.BUY;
    tick.sequence = sent + 1;
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
    while (!flow.isAcknowledged(sent + 1) && System.nanoTime() < deadlineNs) {
      transmit();
      LockSupport.parkNanos(END_REPEAT_NS);
    }
  }

  private void transmit() throws IOException {
    tick.sentNs = System.nanoTime();
    packet.clear();
    tick.encode(packet);
    channel.write(packet.flip());
  }
}
