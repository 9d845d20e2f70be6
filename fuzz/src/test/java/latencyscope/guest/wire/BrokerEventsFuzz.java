package latencyscope.guest.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jdk.jfr.Event;
import latencyscope.fuzz.Choices;
import latencyscope.guest.event.TickClock;
import latencyscope.jfr.capture.BudgetExceeded;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.ProcessStatus;
import latencyscope.jfr.memory.PageFault;

/**
 * A broker's memory, which may have been written to by anybody: what is in it are events, or it is
 * found out; reading ends. On the other side, a client may say anything of how far it has read.
 */
public final class BrokerEventsFuzz {
  private static final int CAPACITY = 1 << 10;

  /** With values of every kind; more would only take longer to bind. */
  private static final List<Class<? extends Event>> TYPES =
      List.of(Counter.class, PageFault.class, ProcessStatus.class, BudgetExceeded.class);

  private static final TickClock CLOCK = TickClock.ofKernel();

  /** Not of the heap, where no other process could see what is written. */
  private static final ByteBuffer MEMORY =
      ByteBuffer.allocateDirect(AreaWriter.HEADER + CAPACITY).order(ByteOrder.LITTLE_ENDIAN);

  private BrokerEventsFuzz() {}

  /** Reads an area of these contents, and writes to one with this reader. */
  public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
    Choices choices = new Choices(bytes);
    write(choices);
    read(choices);
  }

  private static void write(Choices choices) {
    AreaWriter writer = new AreaWriter(MEMORY);
    for (int i = choices.below(16); i > 0; i--) {
      writer.put(ByteBuffer.allocate(choices.below(CAPACITY + 9)));
      long before = writer.pending();
      boolean taken = writer.readUntil(choices.any());
      if (writer.pending() < 0
          || writer.pending() > before
          || !taken && writer.pending() != before) {
        throw new AssertionError(writer.pending() + " bytes are left of " + before);
      }
    }
  }

  private static void read(Choices choices) throws Exception {
    EventReader events = new EventReader(new EventWriter(TYPES).schema(), TYPES);
    boolean anything = choices.below(4) == 0;
    MEMORY.putLong(AreaWriter.WRITTEN, anything ? choices.any() : choices.below(CAPACITY + 9) & -8);
    int at = AreaWriter.HEADER;
    while (at <= MEMORY.capacity() - 2 * Long.BYTES) {
      int length = choices.below(8) == 0 ? (int) choices.any() : 8 + choices.below(128) & -8;
      MEMORY.putInt(at, length);
      MEMORY.putInt(at + Integer.BYTES, choices.below(TYPES.size() + 1));
      int end = Math.min(MEMORY.capacity(), at + Math.max(Long.BYTES, length & CAPACITY - 1 & -8));
      for (at += Long.BYTES; at < end; at += Long.BYTES) {
        MEMORY.putLong(at, choices.more() ? choices.any() : 0);
      }
    }
    AreaReader area = new AreaReader(MEMORY);
    try {
      while (area.drain(8, record -> events.read(record, CLOCK)) > 0) {
        continue;
      }
    } catch (EventReader.GarbageException e) {
      return; // the capture goes on without this broker
    }
  }
}
