package demo.measure;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One of the engine's orders has traded. An instant; reused, so nothing is allocated. */
@Name("demo.Fill")
@Label("Fill")
@Description("One of the engine's orders has traded, in whole or in part")
@Category({"Demo"})
@StackTrace(false)
public final class Fill extends Event {
  @Label("Instrument")
  String instrument;

  @Label("Side")
  String side;

  @Label("Price")
  @Description("Price of the trade, in ticks of 0.01")
  int price;

  @Label("Quantity")
  int quantity;

  @Label("Maker")
  @Description("Whether the engine's order was at rest when it traded")
  boolean maker;

  /** An event that has not happened. */
  public Fill() {}

  /** Writes the event if a recording wants it. */
  public void happened(String instrument, String side, int price, int quantity, boolean maker) {
    if (shouldCommit()) {
      this.instrument = instrument;
      this.side = side;
      this.price = price;
      this.quantity = quantity;
      this.maker = maker;
      commit();
    }
  }
}
