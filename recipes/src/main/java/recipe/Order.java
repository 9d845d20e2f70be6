package recipe;

import jdk.jfr.Contextual;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** What the strategy does for one order. */
@Name("recipe.Order")
@Label("Order")
@StackTrace(false)
final class Order extends Event {
  @Label("Order Id")
  @Contextual
  long id;
}
