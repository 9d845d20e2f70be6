package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;

/**
 * Two processes and one message: a server that sleeps before each answer, and a client whose
 * requests wait for it. Arguments: {@code server FILE MILLIS}, or {@code client FILE PORT COUNT}.
 */
public final class MessageWorkload {
  private MessageWorkload() {}

  /** From a request to its answer. */
  @Name("test.Request")
  public static final class Request extends Event {
    /** Creates an empty event. */
    public Request() {}
  }

  public static void main(String[] args) throws Exception {
    try (Recording recording = new Recording()) {
      for (String type : new String[] {"ContextSwitch", "RunQueueWait", "FutexWait", "Sleep"}) {
        recording.enable("latencyscope." + type).withoutThreshold();
      }
      recording.enable("latencyscope.BlockingSyscall").withoutThreshold();
      recording.enable("test.Request").withoutThreshold();
      recording.start();
      while (!"capturing".equals(System.getProperty("latencyscope.state"))) {
        LockSupport.parkNanos(10_000_000);
      }
      Thread worker = new Thread(() -> run(args), args[0]);
      worker.start();
      worker.join();
      System.out.println("done");
      // The other one's recording goes on for as long as this one's.
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      recording.stop();
      recording.dump(Path.of(args[1]));
    }
    System.out.println("dumped");
  }

  private static void run(String[] args) {
    try {
      if (args[0].equals("server")) {
        serve(Long.parseLong(args[2]));
      } else {
        request(Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serve(long millis) throws Exception {
    try (ServerSocketChannel server =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      System.out.println("port " + ((InetSocketAddress) server.getLocalAddress()).getPort());
      try (SocketChannel client = server.accept()) {
        ByteBuffer message = ByteBuffer.allocate(8);
        while (client.read(message.clear()) > 0) {
          Thread.sleep(millis);
          client.write(message.flip());
        }
      }
    }
  }

  private static void request(int port, int count) throws Exception {
    try (SocketChannel server =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      ByteBuffer message = ByteBuffer.allocate(8);
      for (int i = 0; i < count; i++) {
        Request request = new Request();
        request.begin();
        server.write(message.clear());
        message.clear();
        server.read(message);
        request.commit();
      }
    }
  }
}
