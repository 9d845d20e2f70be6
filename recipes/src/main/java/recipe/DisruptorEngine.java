package recipe;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;

/** A ring with one consumer that spins. */
final class DisruptorEngine implements Engine {
  private static final int SLOTS = 1 << 14;

  private Disruptor<Slot> disruptor;
  private RingBuffer<Slot> ring;

  private static final class Slot {
    long order;
  }

  @Override
  public void start(Receiver receiver) {
    disruptor =
        new Disruptor<>(
            Slot::new,
            SLOTS,
            task -> new Thread(task, Strategy.THREAD),
            ProducerType.SINGLE,
            new BusySpinWaitStrategy());
    disruptor.handleEventsWith(
        new EventHandler<Slot>() {
          @Override
          public void onStart() {
            receiver.onStart();
          }

          @Override
          public void onEvent(Slot slot, long sequence, boolean endOfBatch) {
            receiver.onOrder(slot.order);
          }
        });
    ring = disruptor.start();
  }

  @Override
  public boolean send(long order) {
    return ring.tryPublishEvent((slot, sequence) -> slot.order = order);
  }

  @Override
  public void close() {
    disruptor.halt();
  }
}
