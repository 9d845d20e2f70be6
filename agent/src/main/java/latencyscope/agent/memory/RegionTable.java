package latencyscope.agent.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.List;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Struct;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.libbpf.LoadedObject;
import latencyscope.guest.hotspot.AddressRange;
import latencyscope.guest.hotspot.MemoryRegion;

/**
 * The kernel side's table of what the target uses its memory for: two of them, of which one is
 * written while programs read the other.
 *
 * <p>Source of the layout: the compiled object's {@code struct address_range}. Used by one thread
 * at a time.
 */
public final class RegionTable {
  private static final String RANGES = "ranges";
  private static final int TABLES = 2;

  private final MemorySegment ranges;
  private final MemorySegment counts;
  private final MemorySegment inUse;
  private final MemorySegment stale;
  private final int capacity;
  private final int stride;
  private final long begin;
  private final long end;
  private final long region;
  private final int[] numbers;

  private RegionTable(LoadedObject object, ObjectFile file) throws BpfException {
    Struct range = file.struct("address_range");
    ranges = object.variable(RANGES);
    counts = object.variable("range_count");
    inUse = object.variable("range_table");
    stale = object.variable("ranges_are_stale");
    stride = range.size();
    capacity = (int) (ranges.byteSize() / stride / TABLES);
    begin = range.member("begin").offset();
    end = range.member("end").offset();
    region = range.member("region").offset();
    Type.Enumeration constants = file.enumeration("memory_region");
    numbers = new int[MemoryRegion.values().length];
    for (MemoryRegion one : MemoryRegion.values()) {
      numbers[one.ordinal()] = Math.toIntExact(constants.values().get("REGION_" + one.name()));
    }
  }

  /** The table of a module; null if it has none. */
  public static RegionTable of(LoadedObject object, ObjectFile file) throws BpfException {
    return file.variables().stream().anyMatch(variable -> variable.name().equals(RANGES))
        ? new RegionTable(object, file)
        : null;
  }

  /** Whether the programs have found memory to be of another use than the table says. */
  public boolean isStale() {
    return stale.get(ValueLayout.JAVA_INT, 0) != 0;
  }

  /** Puts these in place of what was there; those beyond its capacity are left out. */
  public void write(List<AddressRange> all) {
    int table = 1 - inUse.get(ValueLayout.JAVA_INT, 0);
    int count = Math.min(all.size(), capacity);
    for (int i = 0; i < count; i++) {
      AddressRange range = all.get(i);
      long at = ((long) table * capacity + i) * stride;
      ranges.set(ValueLayout.JAVA_LONG, at + begin, range.begin());
      ranges.set(ValueLayout.JAVA_LONG, at + end, range.end());
      ranges.set(ValueLayout.JAVA_INT, at + region, numbers[range.region().ordinal()]);
    }
    counts.setAtIndex(ValueLayout.JAVA_INT, table, count);
    // Its contents first, then the table.
    VarHandle.releaseFence();
    inUse.set(ValueLayout.JAVA_INT, 0, table);
    stale.set(ValueLayout.JAVA_INT, 0, 0);
  }
}
