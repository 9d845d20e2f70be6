package demo.strategy;

import demo.book.Instrument;

/**
 * Counts all trades and folds each into a checksum (64-bit FNV-1a over its numbers, in order).
 *
 * <p>Two runs with the same checksum have made the same trades in the same order. Used by one
 * thread.
 */
public final class TradeTape {
  private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long checksum = OFFSET_BASIS;
  private long trades;

  TradeTape() {}

  void add(Instrument instrument, long makerId, long takerId, int price, int quantity) {
    trades++;
    fold(instrument.ordinal());
    fold(makerId);
    fold(takerId);
    fold(price);
    fold(quantity);
  }

  /** Number of trades between anyone. */
  public long trades() {
    return trades;
  }

  /** The checksum of all trades so far. */
  public long checksum() {
    return checksum;
  }

  private void fold(long value) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      checksum = (checksum ^ (value >>> shift & 0xff)) * PRIME;
    }
  }
}
