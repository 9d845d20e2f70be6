package recipe;

import java.util.TreeMap;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/** An exchange: orders queue for one thread, which matches them in a book of prices. */
final class MatchingEngine implements Engine {
  private static final int SLOTS = 1 << 14;
  private static final int PRICES = 64;

  private final OneToOneConcurrentArrayQueue<Long> queue =
      new OneToOneConcurrentArrayQueue<>(SLOTS);
  private final TreeMap<Integer, Integer> bids = new TreeMap<>();
  private final TreeMap<Integer, Integer> asks = new TreeMap<>();
  private Thread strategy;
  private volatile boolean stopped;

  @Override
  public void start(Receiver receiver) {
    strategy =
        new Thread(
            () -> {
              receiver.onStart();
              while (!stopped) {
                Long order = queue.poll();
                if (order == null) {
                  Thread.onSpinWait();
                } else {
                  match(order);
                  receiver.onOrder(order);
                }
              }
            },
            Strategy.THREAD);
    strategy.start();
  }

  // Every second order buys; prices overlap, so that most of them trade.
  private void match(long order) {
    int price = (int) (order * 31 % PRICES);
    boolean buys = (order & 1) == 0;
    TreeMap<Integer, Integer> others = buys ? asks : bids;
    Integer best = others.isEmpty() ? null : buys ? others.firstKey() : others.lastKey();
    if (best != null && (buys ? best <= price : best >= price)) {
      others.computeIfPresent(best, (p, quantity) -> quantity > 1 ? quantity - 1 : null);
    } else {
      (buys ? bids : asks).merge(price, 1, Integer::sum);
    }
  }

  @Override
  public boolean send(long order) {
    return queue.offer(order);
  }

  @Override
  public void close() {
    stopped = true;
    Tool.join(strategy);
  }
}
