package demo.feed;

import demo.book.Instrument;
import demo.book.Side;
import demo.measure.TickToTrade;
import java.nio.ByteBuffer;

/**
 * One market-data message; a slot of the ring between receiver and strategy.
 *
 * <p>The message is fixed-length binary, in the byte order of the buffer. Reused; owned by one
 * thread at a time.
 */
public final class Tick {
  /** Bytes of an encoded message. */
  public static final int LENGTH = 40;

  private static final int ENCODED = 3 * Long.BYTES + 2 * Integer.BYTES + 3;

  /** What a message says. */
  public enum Kind {
    /** A limit order enters the market. */
    ADD,
    /** An order leaves the market. */
    CANCEL,
    /** An immediate-or-cancel order takes what it can. */
    EXECUTE,
    /** The stream is over. */
    END;

    private static final Kind[] VALUES = values();
  }

  /** Begun when the packet was received, committed when an order answers it. */
  public final TickToTrade tickToTrade = new TickToTrade();

  /** {@code System.nanoTime()} when the packet was received; not part of the message. */
  public long receivedNs;

  /** {@code System.nanoTime()} when the packet was sent. */
  public long sentNs;

  /** Consecutive from 1. */
  public long sequence;

  /** Market orders have positive ids. */
  public long orderId;

  public Kind kind;
  public Instrument instrument;
  public Side side;

  /** In ticks. */
  public int price;

  public int quantity;

  /** An empty message. */
  public Tick() {}

  void encode(ByteBuffer out) {
    out.putLong(sequence).putLong(sentNs).putLong(orderId).putInt(price).putInt(quantity);
    out.put((byte) kind.ordinal()).put((byte) instrument.ordinal()).put((byte) side.ordinal());
    out.position(out.position() + LENGTH - ENCODED);
  }

  void decode(ByteBuffer in) {
    sequence = in.getLong();
    sentNs = in.getLong();
    orderId = in.getLong();
    price = in.getInt();
    quantity = in.getInt();
    kind = Kind.VALUES[in.get()];
    instrument = Instrument.of(in.get());
    side = Side.of(in.get());
  }
}
