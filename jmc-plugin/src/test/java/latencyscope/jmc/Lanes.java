package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import latencyscope.jfr.schema.EventFields;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.KernelEvent;
import latencyscope.recording.thread.ThreadId;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.IMemberAccessor;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;

/** What Mission Control's threads page has in its lanes. */
final class Lanes {
  private static final String PREFIX = "latencyscope.";
  private static final String NOBODY = ", no thread of the target";

  private static final IAttribute<IQuantity> LENGTH =
      Attribute.attr(EventFields.KERNEL_DURATION.name(), "Kernel Duration", UnitLookup.TIMESPAN);

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

  /** What a page adds up of the events of a type on a lane. */
  record Sum(long count, long totalNs, long longestNs) {
    static Sum of(long ns) {
      return new Sum(1, ns, ns);
    }

    Sum plus(Sum other) {
      return new Sum(
          count + other.count, totalNs + other.totalNs, Math.max(longestNs, other.longestNs));
    }
  }

  /** Of each of our types and each lane, what pages add up. */
  static Map<String, Sum> sums(IItemCollection items) {
    Map<String, Sum> sums = new TreeMap<>();
    for (IItemIterable ofType : items) {
      String type = ofType.getType().getIdentifier();
      IMemberAccessor<IMCThread, IItem> thread =
          JfrAttributes.EVENT_THREAD.getAccessor(ofType.getType());
      IMemberAccessor<IQuantity, IItem> length = LENGTH.getAccessor(ofType.getType());
      if (type.startsWith(PREFIX) && length != null) {
        for (IItem item : ofType) {
          IMCThread lane = thread.getMember(item);
          String name = lane == null ? "(no lane)" : lane.getThreadName();
          String of = name.endsWith(NOBODY) ? "" : name;
          long ns = length.getMember(item).clampedLongValueIn(UnitLookup.NANOSECOND);
          sums.merge(type.substring(PREFIX.length()) + ' ' + of, Sum.of(ns), Sum::plus);
        }
      }
    }
    return sums;
  }

  private final Map<ThreadId, Map<String, Sum>> byThread = new HashMap<>();

  /** Adds up what the command line reads from the file, without Mission Control's model. */
  EventConsumer ofTheFile() {
    return new EventConsumer() {
      @Override
      public void accept(KernelEvent event) {
        add(event.type(), event);
      }

      @Override
      public void acceptExemplar(KernelEvent exemplar) {
        add("Exemplar", exemplar);
      }
    };
  }

  private void add(String type, KernelEvent event) {
    byThread
        .computeIfAbsent(event.thread(), t -> new TreeMap<>())
        .merge(type, Sum.of(event.duration()), Sum::plus);
  }

  /**
   * The same as {@link #sums(IItemCollection)}.
   *
   * @param recording what was read
   */
  Map<String, Sum> sums(Recording recording) {
    Map<String, Sum> sums = new TreeMap<>();
    byThread.forEach((thread, types) -> {
      String name = thread.osTid() == 0 ? "" : recording.latest(thread).name();
      types.forEach((type, sum) -> sums.merge(type + ' ' + name, sum, Sum::plus));
    });
    return sums;
  }

  /** No lane has what the kernel keeps of a name of which the recording has more. */
  static void assertFullNames(IItemCollection items) {
    Set<String> names = new TreeSet<>();
    sums(items).keySet().forEach(key -> names.add(key.substring(key.indexOf(' ') + 1)));
    assertFalse(
        names.contains("C2 CompilerThre") || names.contains("VM Periodic Tas"), names::toString);
  }
}
