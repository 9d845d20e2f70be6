package latencyscope.agent.broker;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.SocketChannel;
import latencyscope.bpf.ffm.Libc;

/**
 * The process at the other end of a Unix socket, as the kernel knows it. Immutable.
 *
 * @param pid in this process's pid namespace; 0 if it is not in there
 * @param uid its effective user when it connected
 * @param gid its effective group then
 */
record Peer(int pid, int uid, int gid) {
  private static final int INTS = 3;

  static Peer of(SocketChannel socket) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment credentials = arena.allocate(ValueLayout.JAVA_INT, INTS);
      int result = Libc.peerCredentials(descriptor(socket), credentials);
      if (result < 0) {
        throw new IOException("the kernel does not say who has connected: error " + -result);
      }
      return new Peer(
          credentials.getAtIndex(ValueLayout.JAVA_INT, 0),
          credentials.getAtIndex(ValueLayout.JAVA_INT, 1),
          credentials.getAtIndex(ValueLayout.JAVA_INT, 2));
    }
  }

  // The JDK gives names of user and group, and no process. The jar's manifest exports the package.
  private static int descriptor(SocketChannel socket) throws IOException {
    try {
      return (int) Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal").invoke(socket);
    } catch (ReflectiveOperationException e) {
      throw new IOException("this JVM does not give the number of a socket: " + e, e);
    }
  }
}
