package demo.feed;

import demo.measure.Histogram;
import demo.thread.Injection;
import demo.thread.SpscRing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** Receives the feed, finds what is missing in it and passes the messages on to the strategy. */
public final class MarketDataReceiver implements Runnable {
  private final DatagramChannel channel;
  private final FlowControl flow;
  private final SpscRing<Tick> ring;
  private final Injection injection = new Injection();
  private final Histogram wireNs = new Histogram();
  private final ByteBuffer packet = ByteBuffer.allocateDirect(Tick.LENGTH);
  private long expected = 1;
  private boolean ended;
  // Written by the receiver's thread alone.
  private volatile long gaps;
  private volatile long lost;
  private volatile boolean stopped;

  /**
   * A receiver that has not begun.
   *
   * @param channel connected to the feed; blocking, or not blocking for a receiver that spins
   */
  public MarketDataReceiver(DatagramChannel channel, FlowControl flow, SpscRing<Tick> ring) {
    this.channel = channel;
    this.flow = flow;
    this.ring = ring;
  }

  /** Receives until the feed has ended. */
  @Override
  public void run() {
    try {
      while (!ended && !stopped) {
        receive();
        injection.runPending();
      }
    } catch (IOException e) {
      if (!stopped) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Any thread: gives up; the caller closes the channel to end a read under way. */
  public void stop() {
    stopped = true;
  }

  /** The door for actions on the {@code md-receiver} thread; it opens after a packet. */
  public Injection injection() {
    return injection;
  }

  /** How many times a sequence number was not the next one. */
  public long gaps() {
    return gaps;
  }

  /** How many messages never came. */
  public long lost() {
    return lost;
  }

  /** Time from sending a packet until it was received, in ns; read it after the thread ended. */
  public Histogram wireNs() {
    return wireNs;
  }

  private void receive() throws IOException {
    // A slot first: the tick then begins the moment the kernel hands over the packet.
    Tick tick = claim();
    packet.clear();
    if (tick != null && channel.read(packet) == Tick.LENGTH) {
      tick.tickToTrade.begin();
      tick.receivedNs = System.nanoTime();
      onPacket(tick);
    } else {
      Thread.onSpinWait();
    }
  }

  private void onPacket(Tick tick) {
    tick.decode(packet.flip());
    if (tick.sequence < expected) {
      return; // the end of the stream, repeated
    }
    countGap(tick.sequence);
    ended = tick.kind == Tick.Kind.END;
    if (!ended) {
      wireNs.record(tick.receivedNs - tick.sentNs);
    }
    ring.publish();
    flow.acknowledge(tick.sequence);
  }

  private void countGap(long sequence) {
    if (sequence > expected) {
      gaps++;
      lost += sequence - expected;
    }
    expected = sequence + 1;
  }

  /** Waits for the strategy while the ring is full; null if told to stop. */
  private Tick claim() {
    Tick tick = ring.claim();
    while (tick == null && !stopped) {
      Thread.yield(); // the strategy may be waiting for this very CPU
      tick = ring.claim();
    }
    return tick;
  }
}
