package latencyscope.jmc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Name;
import jdk.jfr.Recording;
import jdk.jfr.Registered;
import latencyscope.jfr.KernelEvent;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmc.common.IMCThread;
import org.openjdk.jmc.common.item.IAttribute;
import org.openjdk.jmc.common.item.IItem;
import org.openjdk.jmc.common.item.IItemCollection;
import org.openjdk.jmc.common.item.IItemIterable;
import org.openjdk.jmc.common.item.ItemFilters;
import org.openjdk.jmc.common.unit.IQuantity;
import org.openjdk.jmc.common.unit.UnitLookup;
import org.openjdk.jmc.flightrecorder.JfrAttributes;
import org.openjdk.jmc.flightrecorder.JfrLoaderToolkit;

/** A recording as Mission Control's own loader shows it, with this plug-in and without. */
class MissionControlLoadsKernelTimesTest {
  private static final long EARLIER_NS = 30_000_000;
  private static final long LENGTH_NS = 4_321;

  /** One that keeps the fields that we remove: as JDK 17 and 21 write all of ours. */
  @Name("latencyscope.Stall")
  @Registered(false)
  static final class Stall extends KernelEvent {}

  /** One of somebody else, with a field that is called as ours is. */
  @Name("somebody.Stall")
  @Registered(false)
  static final class ForeignStall extends Event {
    long kernelStart;
    long kernelDuration;
  }

  @TempDir static Path directory;

  private static IItemCollection withPlugIn;
  private static IItemCollection without;

  @BeforeAll
  static void recordAndLoad() throws Exception {
    List<File> file = List.of(directory.resolve("stalls.jfr").toFile());
    record(file.get(0).toPath());
    // Asks the service loader, as Mission Control does outside of its OSGi container.
    withPlugIn = JfrLoaderToolkit.loadEvents(file);
    without = JfrLoaderToolkit.loadEvents(file, List.of());
  }

  private static void record(Path file) throws Exception {
    FlightRecorder.register(Stall.class);
    FlightRecorder.register(ForeignStall.class);
    try (Recording recording = new Recording()) {
      recording.enable(Stall.class).withoutThreshold();
      recording.enable(ForeignStall.class).withoutThreshold();
      recording.start();
      Thread affected = new Thread(MissionControlLoadsKernelTimesTest::commitForeign, "affected");
      affected.start();
      affected.join();
      commitOurs(affected);
      recording.stop();
      recording.dump(file);
    }
  }

  private static void commitForeign() {
    ForeignStall foreign = new ForeignStall();
    foreign.kernelStart = 1;
    foreign.kernelDuration = 2;
    foreign.commit();
  }

  private static void commitOurs(Thread affected) throws ReflectiveOperationException {
    Stall stall = new Stall();
    stall.begin();
    VarHandle startTime =
        MethodHandles.privateLookupIn(Stall.class, MethodHandles.lookup())
            .findVarHandle(Stall.class, "startTime", long.class);
    stall.kernelStart = (long) startTime.get(stall) - EARLIER_NS;
    stall.kernelDuration = LENGTH_NS;
    stall.laneThread = affected;
    stall.commit();
  }

  @Test
  void ourEventIsAtTheKernelsTime() {
    IQuantity shown = only(withPlugIn, "latencyscope.Stall", JfrAttributes.START_TIME);
    IQuantity recorded = only(without, "latencyscope.Stall", JfrAttributes.START_TIME);
    long movedBy = recorded.subtract(shown).clampedLongValueIn(UnitLookup.NANOSECOND);
    assertTrue(movedBy > EARLIER_NS * 0.9 && movedBy < EARLIER_NS * 1.1, movedBy + " ns");
    IQuantity length = only(withPlugIn, "latencyscope.Stall", JfrAttributes.DURATION);
    assertEquals(LENGTH_NS, length.clampedLongValueIn(UnitLookup.NANOSECOND));
    assertNotEquals(length, only(without, "latencyscope.Stall", JfrAttributes.DURATION));
  }

  @Test
  void ourEventIsOnTheAffectedThread() {
    IMCThread shown = only(withPlugIn, "latencyscope.Stall", JfrAttributes.EVENT_THREAD);
    assertEquals("affected", shown.getThreadName());
  }

  @Test
  void eventsOfOthersAreAsTheyWereRecorded() {
    for (IAttribute<?> attribute :
        List.of(
            JfrAttributes.START_TIME,
            JfrAttributes.END_TIME,
            JfrAttributes.DURATION,
            JfrAttributes.EVENT_THREAD)) {
      Object shown = only(withPlugIn, "somebody.Stall", attribute);
      assertEquals(only(without, "somebody.Stall", attribute), shown, attribute.getName());
    }
    IMCThread thread = only(withPlugIn, "somebody.Stall", JfrAttributes.EVENT_THREAD);
    assertEquals("affected", thread.getThreadName());
  }

  private static <T> T only(IItemCollection all, String type, IAttribute<T> attribute) {
    for (IItemIterable items : all.apply(ItemFilters.type(type))) {
      for (IItem item : items) {
        return attribute.getAccessor(items.getType()).getMember(item);
      }
    }
    throw new AssertionError("no " + type);
  }
}
