package demo.measure;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * The engine's answer to a market-data packet: from its receipt until the order is sent.
 *
 * <p>One instance lives in each slot of the ring: {@code md-receiver} begins it when the kernel has
 * handed over the packet, {@code strategy} ends and commits it. Nothing is allocated.
 */
@Name("demo.TickToTrade")
@Label("Tick to Trade")
@Description("From the receipt of a market-data packet until the order that answers it is sent")
@Category({"Demo"})
@StackTrace(false)
public final class TickToTrade extends Event {
  @Label("Instrument")
  String instrument;

  @Label("Sequence")
  @Description("Sequence number of the market-data packet")
  long sequence;

  @Label("Side")
  String side;

  @Label("Price")
  @Description("Limit of the order, in ticks of 0.01")
  int price;

  @Label("Quantity")
  int quantity;

  /** An event that has not begun. */
  public TickToTrade() {}

  /** Ends the event; writes it if a recording wants it. */
  public void sent(String instrument, long sequence, String side, int price, int quantity) {
    end();
    if (shouldCommit()) {
      this.instrument = instrument;
      this.sequence = sequence;
      this.side = side;
      this.price = price;
      this.quantity = quantity;
      commit();
    }
  }
}
