package latencyscope.agent.broker;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import latencyscope.guest.wire.FrameChannel;
import latencyscope.guest.wire.Messages;

/**
 * Listens at a Unix socket and serves each client on a thread of its own. Used by one thread, and
 * those that it starts.
 */
final class BrokerServer {
  private static final String MEMORY = "memory";

  /** Lines of a minute: no client is to fill the log. */
  private static final int MOST_LINES = 60;

  /** How long a client that is refused may take to say its first word. */
  private static final long LAST_WORD_MS = 1_000;

  private final ServerSocketChannel socket;
  private final Path memory;
  private final Admission admission;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ClientLimits limits = new ClientLimits();
  private LocalTime minute = LocalTime.MIN;
  private int lines;

  private BrokerServer(
      ServerSocketChannel socket,
      Path memory,
      Admission admission,
      PrintWriter out,
      PrintWriter err) {
    this.socket = socket;
    this.memory = memory;
    this.admission = admission;
    this.out = out;
    this.err = err;
  }

  /**
   * Begins to listen.
   *
   * @param admission who may be a client
   * @throws IOException in a sentence, if that cannot be
   */
  static BrokerServer open(Path path, Admission admission, PrintWriter out, PrintWriter err)
      throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    makeFolder(folder, "rwxr-xr-x");
    makeFolder(folder.resolve(MEMORY), "rwx--x--x");
    removeLeftovers(path, folder.resolve(MEMORY));
    ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.bind(UnixDomainSocketAddress.of(path));
      // Anybody may connect: who it is, and what it may have, is checked then.
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "cannot listen at " + path + " (" + e.getMessage() + "); name another: --socket PATH", e);
    }
    path.toFile().deleteOnExit();
    return new BrokerServer(socket, folder.resolve(MEMORY), admission, out, err);
  }

  private static void makeFolder(Path folder, String mode) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(mode));
    }
    int own = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    int owner = (int) Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    int bits = (int) Files.getAttribute(folder, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    if (owner != own || (bits & 022) != 0) {
      throw new IOException(
          "others could put a socket in place of the broker's, since "
              + folder
              + " is not the broker's alone; make it so: chown "
              + own
              + " "
              + folder
              + " && chmod go-w "
              + folder);
    }
  }

  private static void removeLeftovers(Path path, Path memory) throws IOException {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      try (SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        other.connect(UnixDomainSocketAddress.of(path));
      } catch (IOException nobodyListens) {
        Files.delete(path);
      }
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(
            "a broker listens at " + path + " already; end it, or name another: --socket PATH");
      }
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(memory)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }

  /** Serves clients until the process ends. */
  void serve() throws IOException {
    out.println("listening at " + socket.getLocalAddress());
    while (true) {
      SocketChannel client = socket.accept();
      try {
        Peer peer = Peer.of(client);
        FrameChannel frames = new FrameChannel(client, Messages.MOST_OF_CLIENT);
        Thread.ofPlatform()
            .daemon()
            .name("latencyscope-client-" + peer.pid())
            .start(() -> serve(frames, peer));
      } catch (IOException e) {
        client.close();
        say(err, "a client was not let in: " + e.getMessage());
      }
    }
  }

  private void serve(FrameChannel frames, Peer peer) {
    String who = "process " + peer.pid() + " of user " + peer.uid();
    boolean entered = false;
    try (frames) {
      try {
        admission.check(peer);
        limits.enter(peer.uid());
        entered = true;
        say(out, who + " is served");
        new ClientSession(frames, peer, memory).serve();
        say(out, who + " has ended");
      } catch (RefusedException e) {
        say(err, who + " is not served: " + e.getMessage());
        refuse(frames, e);
      }
    } catch (IOException e) {
      say(err, who + " does not speak as a client does: " + e.getMessage());
    } catch (ReflectiveOperationException | RuntimeException | Error e) {
      say(err, who + " was given up: " + e);
    } finally {
      if (entered) {
        limits.leave(peer.uid());
      }
    }
  }

  // It may be about to say its first word: to a socket that is closed it could not, and would not
  // come to reading why.
  private static void refuse(FrameChannel frames, RefusedException why) throws IOException {
    frames.send(Messages.REFUSED, why.message().payload());
    try {
      frames.receive(LAST_WORD_MS);
    } catch (IOException gone) {
      return;
    }
  }

  private synchronized void say(PrintWriter to, String sentence) {
    LocalTime now = LocalTime.now().truncatedTo(ChronoUnit.MINUTES);
    if (!now.equals(minute)) {
      minute = now;
      lines = 0;
    }
    if (++lines <= MOST_LINES) {
      to.println(sentence);
    }
  }
}
