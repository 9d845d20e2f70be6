package latencyscope.guest.broker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** Where the broker listens, and whether it is one that may be believed. Stateless. */
public final class BrokerSocket {
  /** Where it listens unless an option or the environment says otherwise. */
  public static final Path DEFAULT = Path.of("/run/latencyscope/broker.sock");

  /** Environment variable that says otherwise. */
  static final String VARIABLE = "LATENCYSCOPE_BROKER";

  private static final int ROOT = 0;
  private static final int OTHERS_WRITE = 022;

  /** Only its owner may take a file out of such a folder. */
  private static final int STICKY = 01000;

  private static final String START = "start the broker as root: latencyscope broker";

  private BrokerSocket() {}

  /** The socket of this process's environment. */
  public static Path inEnvironment() {
    String named = System.getenv(VARIABLE);
    return named == null || named.isEmpty() ? DEFAULT : Path.of(named);
  }

  /** What is said of a path that is none. */
  public static BrokerException noPath(String text) {
    return new BrokerException("'" + text + "' is no path of a broker's socket", START);
  }

  /**
   * Connects.
   *
   * @throws BrokerException if nobody listens, or somebody whom anybody could have put there
   */
  static SocketChannel connect(Path path) throws BrokerException {
    check(path);
    SocketChannel socket = null;
    try {
      socket = SocketChannel.open(StandardProtocolFamily.UNIX);
      socket.connect(UnixDomainSocketAddress.of(path));
      return socket;
    } catch (IOException e) {
      closeQuietly(socket);
      throw new BrokerException(
          "no broker answers at " + path + " (" + e.getMessage() + ")", START);
    }
  }

  private static void closeQuietly(SocketChannel socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      return; // nothing was sent
    }
  }

  // What a broker says gets into a recording: it must be root's, or this user's own.
  private static void check(Path path) throws BrokerException {
    try {
      int own = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      requireOwner(path, own);
      Path folder = path.toAbsolutePath().getParent();
      for (; folder != null; folder = folder.getParent()) {
        requireOwner(folder, own);
        int mode = (int) Files.getAttribute(folder, "unix:mode");
        if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
          throw new BrokerException(
              "anybody may have put " + path + " there, since others may write to " + folder,
              "chmod go-w " + folder);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new BrokerException("there is no broker at " + path, START);
    }
  }

  private static void requireOwner(Path file, int own) throws BrokerException, IOException {
    int owner = (int) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (owner != ROOT && owner != own) {
      throw new BrokerException(
          file + " belongs to user " + owner + ", and a broker is root's", START);
    }
  }
}
