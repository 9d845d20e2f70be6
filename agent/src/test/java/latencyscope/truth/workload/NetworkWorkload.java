package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.Recording;

/**
 * A JVM that receives or sends a known number of packets under the agent, and writes down when it
 * did: lines {@code stamp SENT READ BYTES} in nanoseconds of {@code System.nanoTime}.
 *
 * <p>Talks with the test by lines: says {@code ready}, waits for {@code go}, says {@code done} and
 * what there is to say, waits for {@code stop}.
 */
public final class NetworkWorkload {
  /** Port on which it receives. */
  public static final int PORT = 17_717;

  private static final int MESSAGE = 64;

  /** Messages after which a sender that is answered waits: they fit into any socket's buffer. */
  public static final int BATCH = 32;

  private static final int ROOM = 1 << 20; // for all that may be waiting, so that none is cut
  private static final int SMALLEST = 1; // the kernel raises it to its minimum
  private static final long GAP_NS = 100_000;

  private final BufferedReader in =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  private final List<String> stamps = new ArrayList<>();
  private final ByteBuffer packet = ByteBuffer.allocateDirect(ROOM);
  private String outcome = "";

  private NetworkWorkload() {}

  /** A part of a load that may fail. */
  private interface Part {
    void run() throws Exception;
  }

  /**
   * Runs one load.
   *
   * @param args {@code udp}, {@code spin}, {@code tcp}, {@code overflow}, {@code send} or {@code
   *     idle}; number of messages, recording to write, file for the stamps
   */
  public static void main(String[] args) throws Exception {
    new NetworkWorkload().run(args[0], Integer.parseInt(args[1]), args[2], args[3]);
  }

  private void run(String load, int count, String recordingFile, String stampFile)
      throws Exception {
    try (Recording recording = new Recording()) {
      for (String event : List.of("NapiPoll", "SocketDelivery", "PacketDrop")) {
        recording.enable("latencyscope." + event).withThreshold(Duration.ZERO);
      }
      recording.start();
      Capturing.await();
      switch (load) {
        case "udp" -> onThread("md-reader", () -> readDatagrams(count, true));
        case "spin" -> onThread("md-reader", () -> readDatagrams(count, false));
        case "tcp" -> onThread("md-reader", this::readStream);
        case "overflow" -> onThread("md-reader", this::readLate);
        case "send" -> onThread("md-sender", () -> sendOnce(count));
        case "idle" -> onThread("idle", this::ready);
        default -> throw new IllegalArgumentException(load);
      }
      Files.write(Path.of(stampFile), stamps);
      System.out.println("done " + outcome);
      expect("stop");
      recording.stop();
      recording.dump(Path.of(recordingFile));
    }
  }

  private static void onThread(String name, Part part) throws Exception {
    Exception[] failure = new Exception[1];
    Thread thread =
        new Thread(
            () -> {
              try {
                part.run();
              } catch (Exception e) {
                failure[0] = e;
              }
            },
            name);
    thread.start();
    thread.join();
    if (failure[0] != null) {
      throw failure[0];
    }
  }

  private void ready() throws IOException {
    System.out.println("ready");
    expect("go");
  }

  private void expect(String word) throws IOException {
    String line = in.readLine();
    if (!word.equals(line)) {
      throw new IllegalStateException("expected " + word + ", got " + line);
    }
  }

  /** Sleeps until a datagram comes, or asks for it again and again as trading engines do. */
  private void readDatagrams(int count, boolean blocking) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(new InetSocketAddress(PORT));
      channel.configureBlocking(blocking);
      System.out.println("ready");
      for (int i = 0; i < count; i++) {
        packet.clear();
        SocketAddress sender = channel.receive(packet);
        while (sender == null) {
          sender = channel.receive(packet);
        }
        stamp(packet.position());
        if ((i + 1) % BATCH == 0) {
          packet.flip();
          channel.send(packet, sender);
        }
      }
      if (!blocking) {
        channel.receive(packet.clear()); // as before each of them; now there is nothing
      }
      expect("go");
    }
  }

  private void stamp(int bytes) {
    stamps.add("stamp " + packet.getLong(0) + " " + System.nanoTime() + " " + bytes);
  }

  private void readStream() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(PORT));
      System.out.println("ready");
      try (SocketChannel channel = server.accept()) {
        ByteBuffer answer = ByteBuffer.allocateDirect(1);
        long bytes = 0;
        packet.clear();
        while (channel.read(packet) > 0) {
          stamp(packet.position());
          bytes += packet.position();
          for (; bytes >= BATCH * MESSAGE; bytes -= BATCH * MESSAGE) {
            channel.write(answer.clear());
          }
          packet.clear();
        }
      }
      expect("go");
    }
  }

  /** Reads what fitted into the smallest buffer there is, when all has been sent. */
  private void readLate() throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALLEST);
      channel.bind(new InetSocketAddress(PORT));
      channel.configureBlocking(false);
      packet.clear();
      channel.receive(packet); // nothing yet; but the kernel sees whose socket it is
      ready();
      int read = 0;
      for (packet.clear(); channel.receive(packet) != null; packet.clear()) {
        stamp(packet.position());
        read++;
      }
      outcome = String.valueOf(read);
    }
  }

  private void sendOnce(int count) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      ready();
      send(channel, new InetSocketAddress("10.77.0.2", PORT), count, 0, false);
    }
  }

  private static void send(
      DatagramChannel channel, InetSocketAddress to, int count, long gapNs, boolean answered)
      throws IOException {
    ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE);
    for (int i = 0; i < count; i++) {
      message.clear();
      message.putLong(0, System.nanoTime());
      channel.send(message, to);
      if (answered && (i + 1) % BATCH == 0) {
        message.clear();
        channel.receive(message);
      }
      pause(gapNs);
    }
  }

  private static void pause(long ns) {
    for (long until = System.nanoTime() + ns; System.nanoTime() < until; ) {
      Thread.onSpinWait();
    }
  }

  /** The other end: sends to a workload. */
  public static final class Sender {
    private Sender() {}

    /**
     * Sends and ends.
     *
     * @param args {@code udp} (waits for the reader now and then), {@code flood} (does not) or
     *     {@code tcp}; address, number of messages of 64 bytes
     */
    public static void main(String[] args) throws IOException {
      InetSocketAddress to = new InetSocketAddress(args[1], PORT);
      int count = Integer.parseInt(args[2]);
      if (!args[0].equals("tcp")) {
        try (DatagramChannel channel = DatagramChannel.open()) {
          send(channel, to, count, GAP_NS, args[0].equals("udp"));
        }
        return;
      }
      try (SocketChannel channel = SocketChannel.open(to)) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE);
        for (int i = 0; i < count; i++) {
          message.clear();
          message.putLong(0, System.nanoTime());
          channel.write(message);
          if ((i + 1) % BATCH == 0) {
            channel.read(message.clear()); // what the reader answers
          }
          pause(GAP_NS);
        }
      }
    }
  }
}
