package latencyscope.truth.workload;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;

/**
 * An engine that suffers what {@link EveryModuleWorkload} does not provoke: a socket that is full,
 * safepoints that wait for a thread, and the quota of a control group.
 *
 * <p>Talks with the test by lines: says the id of a thread that never gives up its CPU, waits until
 * that has its quota, then writes a recording of what follows and says {@code done}.
 */
public final class HarmedEngine {
  /** Datagrams for a socket that has room for a few, and whose reader does not read. */
  public static final int DATAGRAMS = 500;

  private static final List<String> KERNEL = List.of("RunQueueWait", "ContextSwitch", "PacketDrop");
  private static final List<String> JVM =
      List.of(
          "GCPhasePause",
          "SafepointBegin",
          "SafepointEnd",
          "SafepointStateSynchronization",
          "ExecuteVMOperation");

  /** Large enough that a copy, in which no thread stops for a safepoint, takes milliseconds. */
  private static final int COPIED_BYTES = 128 << 20;

  private static final int COLLECTIONS = 5;
  private static final int SMALL_BUFFER = 4096;
  private static final Duration LIMITED = Duration.ofMillis(800);

  private static volatile boolean limited = true;
  private static volatile boolean stopped;

  private HarmedEngine() {}

  /** Runs it; the argument is the file of the recording. */
  public static void main(String[] args) throws Exception {
    try (Recording recording = new Recording()) {
      KERNEL.forEach(e -> recording.enable("latencyscope." + e).withThreshold(Duration.ZERO));
      JVM.forEach(event -> recording.enable("jdk." + event).withThreshold(Duration.ZERO));
      recording.start();
      Capturing.await();
      Thread spinner = thread("limited", HarmedEngine::spin);
      System.in.read();
      Thread.sleep(LIMITED);
      // Safepoints that wait for it are excused by its quota: those to come wait for another one.
      limited = false;
      spinner.join();
      thread("copier", HarmedEngine::copy);
      for (int i = 0; i < COLLECTIONS; i++) {
        Thread.sleep(50);
        System.gc();
      }
      fillSocket();
      stopped = true;
      recording.stop();
      recording.dump(Path.of(args[0]));
    }
    System.out.println("done");
  }

  /** Something that a thread does. */
  private interface Work {
    void run() throws Exception;
  }

  private static Thread thread(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Exception e) {
                e.printStackTrace();
                System.exit(2);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void spin() throws Exception {
    System.out.println("spinning " + Path.of("/proc/thread-self").toRealPath().getFileName());
    while (limited) {
      Thread.onSpinWait();
    }
  }

  private static void copy() {
    byte[] from = new byte[COPIED_BYTES];
    byte[] to = new byte[COPIED_BYTES];
    while (!stopped) {
      System.arraycopy(from, 0, to, 0, COPIED_BYTES);
    }
  }

  private static void fillSocket() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (DatagramSocket reader = new DatagramSocket(null);
        DatagramSocket sender = new DatagramSocket(0, loopback)) {
      reader.setReceiveBufferSize(SMALL_BUFFER);
      reader.bind(new InetSocketAddress(loopback, 0));
      byte[] message = new byte[64];
      // A socket is the target's once one of its threads has read from it.
      sender.send(new DatagramPacket(message, 64, loopback, reader.getLocalPort()));
      reader.receive(new DatagramPacket(message, 64));
      for (int i = 0; i < DATAGRAMS; i++) {
        sender.send(new DatagramPacket(message, 64, loopback, reader.getLocalPort()));
      }
      // Until the capture has counted them: a socket that is gone has no drops.
      Thread.sleep(100);
    }
  }
}
