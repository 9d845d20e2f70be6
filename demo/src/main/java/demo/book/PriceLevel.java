package demo.book;

/** The orders at one price, oldest first. Not thread-safe. */
final class PriceLevel {
  final int price;

  /** Side of the orders here; meaningless while the level is empty. */
  Side side;

  private Order first;
  private Order last;
  private long open;

  PriceLevel(int price) {
    this.price = price;
  }

  Order first() {
    return first;
  }

  boolean isEmpty() {
    return first == null;
  }

  /** Open quantity of all orders here. */
  long open() {
    return open;
  }

  void append(Order order) {
    order.ahead = last;
    if (last == null) {
      first = order;
    } else {
      last.behind = order;
    }
    last = order;
    open += order.open;
  }

  /** Takes quantity from an order, which keeps its place in the queue. */
  void reduce(Order order, int quantity) {
    order.open -= quantity;
    open -= quantity;
  }

  void remove(Order order) {
    if (order.ahead == null) {
      first = order.behind;
    } else {
      order.ahead.behind = order.behind;
    }
    if (order.behind == null) {
      last = order.ahead;
    } else {
      order.behind.ahead = order.ahead;
    }
    open -= order.open;
  }
}
