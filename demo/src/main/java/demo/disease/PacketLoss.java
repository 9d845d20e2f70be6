package demo.disease;

import demo.feed.MarketDataReceiver;
import demo.thread.Recurring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The receiver pauses while its socket buffer holds only a few datagrams and the feed goes on.
 *
 * <p>The kernel drops what does not fit. What is lost is known from the sequence numbers.
 */
final class PacketLoss implements Disease {
  private static final long EVERY_MS = 200;
  private static final long PAUSE_MS = 20;
  private static final int SMALLEST = 1; // the kernel raises it to its minimum, 2,304 bytes

  private final Patient patient;
  private final Recurring pauser =
      new Recurring("receiver-pauser", TimeUnit.MILLISECONDS.toNanos(EVERY_MS), this::pause);
  private int bufferBefore;
  private int port;
  private long lost;
  private long drops;

  PacketLoss(Patient patient) {
    this.patient = patient;
  }

  @Override
  public String start() throws IOException {
    port = patient.socket().socket().getLocalPort();
    drops = KernelCounters.udpDrops(port);
    lost = patient.receiver().lost();
    bufferBefore = patient.socket().getOption(StandardSocketOptions.SO_RCVBUF);
    patient.socket().setOption(StandardSocketOptions.SO_RCVBUF, SMALLEST);
    patient.flow().open(true);
    pauser.start();
    return "md-receiver pauses for "
        + PAUSE_MS
        + " ms every "
        + EVERY_MS
        + " ms with a socket buffer of "
        + patient.socket().getOption(StandardSocketOptions.SO_RCVBUF)
        + " bytes";
  }

  @Override
  public void stop() {
    pauser.stop();
    patient.flow().open(false);
    try {
      // The kernel reports twice what was asked for, to allow for its own overhead.
      patient.socket().setOption(StandardSocketOptions.SO_RCVBUF, bufferBefore / 2);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Provoked provoked() {
    MarketDataReceiver receiver = patient.receiver();
    try {
      drops = KernelCounters.udpDrops(port) - drops;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Provoked(
        receiver.lost() - lost, "datagrams lost; drops of the socket in /proc/net/udp: " + drops);
  }

  private void pause() {
    patient
        .receiver()
        .injection()
        .offer(() -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS)));
  }
}
