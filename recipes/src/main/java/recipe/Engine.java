package recipe;

/** Carries orders from one thread, the feed, to another, the strategy. */
interface Engine extends AutoCloseable {
  /**
   * Starts the thread {@code strategy}, which hands every order to its receiver.
   *
   * @throws Exception if the library cannot start
   */
  void start(Receiver receiver) throws Exception;

  /** Sends an order; called by one thread. Whether there was room for it. */
  boolean send(long order);

  @Override
  void close();

  /** Takes orders. */
  interface Receiver {
    /** Called by the strategy thread before its first order. */
    void onStart();

    /** Takes one order, on the strategy thread. */
    void onOrder(long order);
  }
}
