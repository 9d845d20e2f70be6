package demo.book;

/** A limit order at rest in a book; a node of its price level's queue. Not thread-safe. */
final class Order {
  final long id;
  final PriceLevel level;

  /** What is still to be traded. */
  int open;

  Order ahead;
  Order behind;

  Order(long id, int open, PriceLevel level) {
    this.id = id;
    this.open = open;
    this.level = level;
  }
}
