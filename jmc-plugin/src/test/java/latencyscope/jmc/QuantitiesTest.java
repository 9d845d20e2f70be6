package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import jdk.jfr.ContentType;
import jdk.jfr.Event;
import jdk.jfr.Name;
import latencyscope.jfr.Schema;
import latencyscope.jfr.schema.Count;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.item.Attribute;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.KindOfQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/** What kind of quantity Mission Control takes our fields for. */
class QuantitiesTest {
  /** Numbers that stand for something and are not to be added up. */
  private static final Set<String> IDENTIFIERS =
      Set.of("chunkStart", "expected", "monotonic", "result", "subjectId", "ticks");

  @TempDir static Path folder;

  @Test
  void everyLongIsAnIdOrACountOrHasAUnit() {
    Set<String> undecided = new TreeSet<>();
    for (Class<? extends Event> type : Schema.events()) {
      for (Field field : type.getFields()) {
        String name = field.getName();
        if (field.getType() == long.class
            && !Modifier.isStatic(field.getModifiers())
            && !hasUnit(field)
            && !name.matches(".*([pP]id|[tT]id|ThreadId|[pP]rocessId)")
            && !IDENTIFIERS.contains(name)
            && !field.isAnnotationPresent(Count.class)) {
          undecided.add(type.getAnnotation(Name.class).value() + "." + name);
        }
      }
    }
    assertEquals(Set.of(), undecided, "mark it with @Count, or give it a unit");
  }

  private static boolean hasUnit(Field field) {
    for (var annotation : field.getAnnotations()) {
      if (annotation.annotationType().isAnnotationPresent(ContentType.class)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void quantitiesHaveTheirKind() throws Exception {
    Path recording = folder.resolve("every.jfr");
    EveryEvent.record(recording);
    IItemCollection items = JfrLoaderToolkit.loadEvents(recording.toFile());
    assertKind(items, "RunQueueWait", "kernelDuration", UnitLookup.TIMESPAN);
    assertKind(items, "RunQueueWait", "culpritHeld", UnitLookup.TIMESPAN);
    assertKind(items, "RunQueueWait", "kernelStart", UnitLookup.TIMESTAMP);
    assertKind(items, "RunQueueWait", "cpu", UnitLookup.NUMBER);
    assertKind(items, "HardIrq", "irq", UnitLookup.NUMBER);
    assertKind(items, "PageFault", "address", UnitLookup.ADDRESS);
    assertKind(items, "PageFault", "fileOffset", UnitLookup.MEMORY);
    assertKind(items, "SocketDelivery", "bytes", UnitLookup.MEMORY);
    assertKind(items, "TlbShootdown", "pages", UnitLookup.NUMBER);
    assertKind(items, "RecordsLost", "count", UnitLookup.NUMBER);
    assertKind(items, "Counter", "value", UnitLookup.NUMBER);
    assertKind(items, "ProbeCost", "runs", UnitLookup.NUMBER);
  }

  private static void assertKind(
      IItemCollection items, String type, String field, KindOfQuantity<?> kind) {
    @SuppressWarnings("unchecked")
    IAttribute<IQuantity> attribute =
        (IAttribute<IQuantity>) (IAttribute<?>) Attribute.attr(field, field, kind);
    IItemCollection ofType = items.apply(ItemFilters.type("latencyscope." + type));
    assertTrue(ofType.apply(ItemFilters.hasAttribute(attribute)).hasItems(), type + "." + field);
  }
}
