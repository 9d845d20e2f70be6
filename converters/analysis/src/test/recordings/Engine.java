import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Has a bit of everything that the five modules see, in a third of a second: the program behind
 * src/test/resources/recordings, which record.sh makes.
 *
 * <p>Arguments: milliseconds to wait before, and of how many orders one is an event.
 */
public final class Engine {
  @jdk.jfr.Name("demo.TickToTrade")
  @jdk.jfr.StackTrace(false)
  static final class TickToTrade extends jdk.jfr.Event {
    String instrument;
    int quantity;
  }

  private static final long LENGTH_NS = 300_000_000;
  private static final Object BOOK = new Object();
  private static volatile boolean done;
  private static int every;

  private Engine() {}

  public static void main(String[] arguments) throws Exception {
    every = Integer.parseInt(arguments[1]);
    Thread.sleep(Long.parseLong(arguments[0]));
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    List<Thread> threads = new ArrayList<>();
    threads.add(new Thread(Engine::trade, "strategy"));
    threads.add(new Thread(Engine::book, "行情处理线程"));
    threads.add(new Thread(() -> receive(socket), "🚀 md-feed"));
    threads.add(new Thread(() -> send(socket), "exchange, \"simulated\""));
    threads.forEach(Thread::start);
    Process competitor =
        new ProcessBuilder("timeout", "1", "sh", "-c", "while :; do :; done").start();
    Thread.sleep(LENGTH_NS / 2_000_000);
    System.gc();
    Thread.sleep(LENGTH_NS / 2_000_000);
    done = true;
    competitor.destroy();
    for (Thread thread : threads) {
      thread.join();
    }
    jdk.jfr.FlightRecorder.getFlightRecorder()
        .getRecordings()
        .get(0)
        .dump(java.nio.file.Path.of("engine.jfr"));
  }

  private static void trade() {
    for (int i = 0; !done; i++) {
      TickToTrade tick = new TickToTrade();
      tick.begin();
      spin(200_000);
      synchronized (BOOK) {
        spin(20_000);
      }
      tick.instrument = i % 2 == 0 ? "EUR/USD" : "東京<&>\"1\"";
      tick.quantity = i;
      if (i % every == 0) {
        touch();
        tick.commit();
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static void book() {
    while (!done) {
      synchronized (BOOK) {
        spin(300_000);
      }
      LockSupport.parkNanos(3_000_000);
    }
  }

  private static void touch() {
    ByteBuffer fresh = ByteBuffer.allocateDirect(1 << 20);
    for (int i = 0; i < fresh.capacity(); i += 4096) {
      fresh.put(i, (byte) 1);
    }
  }

  private static void receive(DatagramSocket socket) {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[64], 64);
      do {
        socket.receive(packet);
        spin(50_000);
      } while (packet.getLength() > 1);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void send(DatagramSocket socket) {
    try (DatagramSocket own = new DatagramSocket()) {
      while (!done) {
        own.send(new DatagramPacket(new byte[32], 32, socket.getLocalSocketAddress()));
        Thread.sleep(4);
      }
      own.send(new DatagramPacket(new byte[1], 1, socket.getLocalSocketAddress()));
    } catch (java.io.IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void spin(long ns) {
    long end = System.nanoTime() + ns;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
