package latencyscope.truth.workload;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import latencyscope.guest.wire.FrameChannel;
import latencyscope.guest.wire.Messages;

/**
 * A client of a broker that does what no agent does. Says on standard output what came of each:
 * {@code refused REASON}, {@code ended} or {@code served}.
 */
public final class RawClient {
  private static final int GARBAGE = 100_000;
  private static final long ANSWER_MS = 30_000;

  private final FrameChannel frames;
  private int types;

  private RawClient(SocketChannel socket) throws IOException {
    frames = new FrameChannel(socket, Messages.MOST_OF_BROKER);
  }

  /**
   * Misbehaves.
   *
   * @param args socket, and what to do, one after the other: {@code garbage}, {@code lie=PID},
   *     {@code flood}, {@code position} (says that it has read what was never written), {@code
   *     calls} (asks for everything all the time), {@code deaf=MILLIS} (never reads)
   */
  public static void main(String[] args) throws Exception {
    for (int i = 1; i < args.length; i++) {
      String[] words = args[i].split("=");
      System.out.println(misbehave(Path.of(args[0]), words[0], words.length > 1 ? words[1] : "0"));
    }
  }

  private static String misbehave(Path path, String how, String number) throws Exception {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    socket.connect(UnixDomainSocketAddress.of(path));
    if (how.equals("garbage")) {
      try (socket) {
        return garbage(socket);
      }
    }
    RawClient client = new RawClient(socket);
    try (FrameChannel frames = client.frames) {
      frames.send(Messages.HELLO, new Messages.Hello(Messages.VERSION, "raw").payload());
      FrameChannel.Frame welcome = frames.receive(ANSWER_MS);
      if (welcome.kind() == Messages.REFUSED) {
        return "refused " + Messages.Refused.read(welcome.payload()).reason();
      }
      client.types = Messages.Welcome.read(welcome.payload()).schema().types().size();
      return client.obey(how, Long.parseLong(number));
    }
  }

  private static String garbage(SocketChannel socket) throws IOException {
    byte[] bytes = new byte[GARBAGE];
    new Random(1).nextBytes(bytes);
    try {
      socket.write(ByteBuffer.wrap(bytes));
      return socket.read(ByteBuffer.allocate(1)) < 0 ? "ended" : "served";
    } catch (IOException e) {
      return "ended";
    }
  }

  private String obey(String how, long number) throws Exception {
    String opened = open(how.equals("lie") ? number : 0);
    if (!opened.equals("served")) {
      return opened;
    }
    switch (how) {
      case "flood" -> {
        return keepSending(Messages.POSITION, new Messages.Position(0).payload());
      }
      case "calls" -> {
        return keepSending(Messages.COMPLETE, new Messages.Complete(true).payload());
      }
      case "position" -> {
        frames.send(Messages.POSITION, new Messages.Position(1L << 40).payload());
        return answer();
      }
      case "deaf" -> {
        TimeUnit.MILLISECONDS.sleep(number);
        return "served";
      }
      default -> throw new IllegalArgumentException(how);
    }
  }

  private String open(long pid) throws IOException {
    List<Long> everything = Collections.nCopies(types, 0L);
    Messages.Wishes wishes = new Messages.Wishes(true, false, 0, everything);
    List<String> modules = List.of("syscall");
    frames.send(Messages.OPEN, new Messages.Open(pid, modules, "", "", 0, false, wishes).payload());
    return answer();
  }

  private String keepSending(byte kind, byte[] payload) {
    try {
      for (int i = 0; i < 100_000; i++) {
        frames.send(kind, payload);
        FrameChannel.Frame frame = frames.receive(0);
        if (frame != null && frame.kind() == Messages.REFUSED) {
          return "refused " + Messages.Refused.read(frame.payload()).reason();
        }
      }
      return "served";
    } catch (IOException e) {
      return "ended";
    }
  }

  private String answer() {
    try {
      FrameChannel.Frame frame = frames.receive(ANSWER_MS);
      if (frame == null) {
        return "nothing";
      }
      return frame.kind() == Messages.REFUSED
          ? "refused " + Messages.Refused.read(frame.payload()).reason()
          : "served";
    } catch (IOException e) {
      return "ended";
    }
  }
}
