package demo.feed;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;

/**
 * Two UDP sockets on 127.0.0.1 that are connected to each other, so that nobody else's packets get
 * in.
 */
public final class Wire implements AutoCloseable {
  private final DatagramChannel sender;
  private final DatagramChannel receiver;

  private Wire(DatagramChannel sender, DatagramChannel receiver) {
    this.sender = sender;
    this.receiver = receiver;
  }

  /**
   * Opens both ends, blocking.
   *
   * @param port of the receiving end; 0 for any
   * @throws IOException if the port is taken
   */
  public static Wire open(int port) throws IOException {
    // IPv4 by name: the drops of an IPv6 socket are accounted for in another file.
    Wire wire =
        new Wire(
            DatagramChannel.open(StandardProtocolFamily.INET),
            DatagramChannel.open(StandardProtocolFamily.INET));
    try {
      wire.connect(InetAddress.getByName("127.0.0.1"), port);
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }

  private void connect(InetAddress loopback, int port) throws IOException {
    receiver.bind(new InetSocketAddress(loopback, port));
    sender.bind(new InetSocketAddress(loopback, 0));
    sender.connect(receiver.getLocalAddress());
    receiver.connect(sender.getLocalAddress());
  }

  /** The feed's end. */
  public DatagramChannel sender() {
    return sender;
  }

  /** The engine's end. */
  public DatagramChannel receiver() {
    return receiver;
  }

  @Override
  public void close() throws IOException {
    sender.close();
    receiver.close();
  }
}
