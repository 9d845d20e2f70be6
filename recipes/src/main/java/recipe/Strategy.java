package recipe;

import java.util.concurrent.CountDownLatch;

/** Works a little on every order, and has the trouble that is provoked. */
final class Strategy implements Engine.Receiver {
  static final String THREAD = "strategy";
  private static final int WORK = 200;

  private final CountDownLatch started = new CountDownLatch(1);
  private final int cpu;
  private volatile Runnable trouble = () -> {};
  private volatile long received;
  private long state;

  /**
   * @param cpu the CPU that its thread has for itself
   */
  Strategy(int cpu) {
    this.cpu = cpu;
  }

  @Override
  public void onStart() {
    Tool.pinCallingThread(cpu);
    started.countDown();
  }

  void awaitStart() throws InterruptedException {
    started.await();
  }

  void have(Runnable newTrouble) {
    trouble = newTrouble;
  }

  /** Takes what was read: the compiler leaves out a read whose value nobody wants. */
  void use(long value) {
    state += value;
  }

  long received() {
    return received;
  }

  @Override
  public void onOrder(long id) {
    Order order = new Order();
    order.begin();
    for (int i = 0; i < WORK; i++) {
      state = state * 6_364_136_223_846_793_005L + id;
    }
    trouble.run();
    order.id = id;
    order.commit();
    received = received + 1;
  }
}
