package recipe;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.FragmentHandler;
import org.agrona.CloseHelper;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Shared memory between a publication and a subscription, which an agent polls in its duty cycle.
 */
final class AeronEngine implements Engine {
  private static final String CHANNEL = "aeron:ipc";
  private static final int STREAM = 10;
  private static final int FRAGMENTS = 16;

  private final UnsafeBuffer message = new UnsafeBuffer(new byte[Long.BYTES]);
  private MediaDriver driver;
  private Aeron aeron;
  private Publication publication;
  private AgentRunner runner;

  /** What the strategy's thread does over and over. */
  private record DutyCycle(Receiver receiver, Subscription subscription) implements Agent {
    @Override
    public void onStart() {
      receiver.onStart();
    }

    @Override
    public int doWork() {
      FragmentHandler handler =
          (buffer, offset, length, header) -> receiver.onOrder(buffer.getLong(offset));
      return subscription.poll(handler, FRAGMENTS);
    }

    @Override
    public String roleName() {
      return Strategy.THREAD;
    }
  }

  @Override
  public void start(Receiver receiver) {
    driver =
        MediaDriver.launchEmbedded(
            new MediaDriver.Context()
                .threadingMode(ThreadingMode.SHARED)
                .sharedIdleStrategy(new SleepingMillisIdleStrategy(1))
                .dirDeleteOnShutdown(true));
    aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .idleStrategy(new SleepingMillisIdleStrategy(1)));
    Subscription subscription = aeron.addSubscription(CHANNEL, STREAM);
    publication = aeron.addPublication(CHANNEL, STREAM);
    runner =
        new AgentRunner(
            new BusySpinIdleStrategy(),
            Throwable::printStackTrace,
            null,
            new DutyCycle(receiver, subscription));
    AgentRunner.startOnThread(runner);
  }

  @Override
  public boolean send(long order) {
    message.putLong(0, order);
    return publication.offer(message) > 0;
  }

  @Override
  public void close() {
    CloseHelper.closeAll(runner, aeron, driver);
  }
}
