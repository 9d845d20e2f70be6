package latencyscope.jmc;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;

/** What Mission Control's threads page has in its lanes. */
final class Lanes {
  private Lanes() {}

  /** Of each of our events with a length its type, that length, and its thread, in order. */
  static List<String> of(IItemCollection items) {
    List<String> lanes = new ArrayList<>();
    for (IItemIterable ofType : items) {
      IMemberAccessor<IQuantity, IItem> start =
          JfrAttributes.START_TIME.getAccessor(ofType.getType());
      IMemberAccessor<IQuantity, IItem> end = JfrAttributes.END_TIME.getAccessor(ofType.getType());
      IMemberAccessor<IMCThread, IItem> thread =
          JfrAttributes.EVENT_THREAD.getAccessor(ofType.getType());
      if (ofType.getType().getIdentifier().startsWith("latencyscope.") && thread != null) {
        for (IItem item : ofType) {
          if (thread.getMember(item) == null) {
            continue;
          }
          IQuantity length = end.getMember(item).subtract(start.getMember(item));
          lanes.add(
              ofType.getType().getIdentifier()
                  + ' '
                  + length.clampedLongValueIn(UnitLookup.NANOSECOND)
                  + ' '
                  + thread.getMember(item).getThreadName());
        }
      }
    }
    lanes.sort(null);
    return lanes;
  }
}
