package latencyscope.guest.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.MemoryRegion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of a Unix socket. */
class FrameChannelTest {
  private static final int MOST = 1 << 20;

  @TempDir Path folder;

  private SocketChannel raw;
  private FrameChannel ours;

  @BeforeEach
  void connect() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      raw = SocketChannel.open(address);
      ours = new FrameChannel(server.accept(), MOST);
    }
  }

  @AfterEach
  void close() throws IOException {
    raw.close();
    ours.close();
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    for (int value : values) {
      bytes.put((byte) value);
    }
    return bytes.flip();
  }

  @Test
  void framesCrossWholeHoweverTheyAreCut() throws IOException {
    assertNull(ours.receive(0));
    for (int value : new int[] {3, 0, 0, 0, 9, 1}) {
      raw.write(bytes(value));
      assertNull(ours.receive(0));
    }
    raw.write(bytes(2, 1, 0, 0, 0, 8));
    FrameChannel.Frame first = ours.receive(1_000);
    assertEquals(9, first.kind());
    assertArrayEquals(new byte[] {1, 2}, first.payload());
    FrameChannel.Frame second = ours.receive(1_000);
    assertEquals(8, second.kind());
    assertEquals(0, second.payload().length);
    assertNull(ours.receive(1));
  }

  @Test
  void alsoLongOnes() throws Exception {
    byte[] payload = new byte[MOST];
    payload[MOST - 1] = 7;
    try (FrameChannel theirs = new FrameChannel(raw, MOST)) {
      Thread sender = new Thread(() -> send(theirs, payload));
      sender.start();
      assertArrayEquals(payload, ours.receive(10_000).payload());
      sender.join();
    }
  }

  private static void send(FrameChannel to, byte[] payload) {
    try {
      to.send((byte) 1, payload);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whoTakesNothingIsGivenUp() {
    byte[] payload = new byte[MOST];
    IOException e = assertThrows(IOException.class, () -> ours.send((byte) 1, payload));
    assertTrue(e.getMessage().contains("takes nothing"), e::getMessage);
  }

  @Test
  void whoSendsSomethingElseIsFoundOut() throws IOException {
    raw.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes("ascii")));
    assertThrows(IOException.class, () -> ours.receive(1_000));
  }

  @Test
  void whoHasGoneIsMissed() throws IOException {
    raw.write(bytes(3, 0));
    raw.close();
    assertThrows(EOFException.class, () -> ours.receive(1_000));
  }

  /** What is said is what is understood. */
  @Test
  void messagesCross() throws IOException {
    Messages.Hello hello = new Messages.Hello(1, "0.2.0");
    assertEquals(hello, Messages.Hello.read(hello.payload()));
    EventSchema.Type type =
        new EventSchema.Type("Counter", List.of(new EventSchema.Field("value", "LONG")));
    Messages.Welcome welcome = new Messages.Welcome(hello, new EventSchema(List.of(type)));
    assertEquals(welcome, Messages.Welcome.read(welcome.payload()));
    Messages.Wishes wishes = new Messages.Wishes(true, false, 17, List.of(-1L, 0L, 1_000L));
    assertEquals(wishes, Messages.Wishes.read(wishes.payload()));
    Messages.Open open =
        new Messages.Open(12, List.of("irq", "memory"), "4-7", "eth0", -1, true, wishes);
    assertEquals(open, Messages.Open.read(open.payload()));
    Messages.Opened opened =
        new Messages.Opened(
            "/run/x",
            List.of("irq"),
            List.of(new Messages.ProbeState("irq", "ls_irq", "attached", "", "")),
            5,
            6);
    assertEquals(opened, Messages.Opened.read(opened.payload()));
    AddressRange heap = new AddressRange(16, 32, MemoryRegion.JAVA_HEAP);
    Messages.Regions regions = new Messages.Regions(List.of(heap));
    assertEquals(regions, Messages.Regions.read(regions.payload()));
    Messages.Done done = new Messages.Done(1, 2, 3, 4);
    assertEquals(done, Messages.Done.read(done.payload()));
    Messages.Refused refused = new Messages.Refused("why", "remedy");
    assertEquals(refused, Messages.Refused.read(refused.payload()));
    assertTrue(Messages.Complete.read(new Messages.Complete(true).payload()).withLog());
    assertEquals(8, Messages.Position.read(new Messages.Position(8).payload()).bytes());
  }

  /** Another version's greeting is understood as far as its version, whatever follows. */
  @Test
  void anotherVersionIsTold() throws IOException {
    byte[] bytes = new Messages.Hello(Messages.VERSION + 1, "9.9").payload();
    Messages.Welcome welcome = Messages.Welcome.read(bytes);
    assertEquals("9.9", welcome.hello().product());
    assertTrue(welcome.schema().types().isEmpty());
  }
}
