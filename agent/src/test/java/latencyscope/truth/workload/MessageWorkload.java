package latencyscope.truth.workload;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Event;
import jdk.jfr.Name;
import jdk.jfr.Recording;

/**
 * Two processes and one message: a server that sleeps before each answer, and a client whose
 * requests wait for it. They talk through a socket, or through a file that both have mapped.
 * Arguments: {@code server FILE MILLIS socket|MAPPED}, or {@code client FILE PORT|MAPPED COUNT}.
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
      boolean mapped = args[args[0].equals("server") ? 3 : 2].startsWith("/");
      if (args[0].equals("server")) {
        long millis = Long.parseLong(args[2]);
        if (mapped) {
          serve(Path.of(args[3]), millis);
        } else {
          serve(millis);
        }
      } else {
        int count = Integer.parseInt(args[3]);
        if (mapped) {
          request(Path.of(args[2]), count);
        } else {
          request(Integer.parseInt(args[2]), count);
        }
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

  /** Question and answer are numbers that lie beside each other. */
  private static final class Mapped {
    private static final int NO_MORE = -1;

    private final MemorySegment asked;
    private final MemorySegment answered;

    Mapped(Path file) {
      MemorySegment memory = NativeMemory.warm(file, 2L * Integer.BYTES);
      asked = memory.asSlice(0, Integer.BYTES);
      answered = memory.asSlice(Integer.BYTES);
    }
  }

  private static void serve(Path file, long millis) throws Exception {
    Files.write(file, new byte[2 * Integer.BYTES]);
    Mapped mapped = new Mapped(file);
    System.out.println("port " + file);
    int question = 0;
    while ((question = NativeMemory.awaitOther(mapped.asked, question)) != Mapped.NO_MORE) {
      Thread.sleep(millis);
      NativeMemory.change(mapped.answered, question);
    }
  }

  private static void request(Path file, int count) {
    Mapped mapped = new Mapped(file);
    for (int i = 1; i <= count; i++) {
      Request request = new Request();
      request.begin();
      NativeMemory.change(mapped.asked, i);
      NativeMemory.awaitOther(mapped.answered, i - 1);
      request.commit();
    }
    NativeMemory.change(mapped.asked, Mapped.NO_MORE);
  }
}
