package latencyscope.guest.hotspot;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.TreeSet;
import latencyscope.proc.MemoryMap;

/**
 * What this JVM reserved for its heap, its code cache and its metaspace.
 *
 * <p>Source: {@code CollectedHeap::_reserved} (of ZGC, its mappings), the bounds of {@code
 * CodeCache}, and for metaspace the addresses of the classes that are loaded and of their constant
 * pools: it is handed out in pieces of 4 MiB and multiples of it, so that whatever shares such a
 * piece with one of them is metaspace. Needs no safepoint: lists are followed as they are, and end
 * where memory is gone. Used by one thread at a time.
 */
public final class HotSpotMemory implements AutoCloseable {
  /** What metaspace is handed out in, or in multiples of it; bytes. */
  public static final long METASPACE_PIECE = 4L << 20;

  private static final String HEAP_OF_ZGC = "/memfd:java_heap";

  /** Bounds a walk over lists that change under it. */
  private static final int MAX_STEPS = 100_000;

  private final HotSpotStructs structs;
  private final long heap;
  private final long reservedStart;
  private final long reservedWords;
  private final long codeBegin;
  private final long codeEnd;
  private final long loaders;
  private final long nextLoader;
  private final long firstClass;
  private final long nextClass;
  private final long layoutHelper;
  private final long constants;

  /** Calls after which metaspace is looked at afresh: what was unloaded may have another use. */
  private static final int FORGET_AFTER = 60;

  private int calls;
  private final Map<Long, Long> newestClassSeen = new HashMap<>();
  private final TreeSet<Long> metaspacePieces = new TreeSet<>();

  /**
   * Finds where the JVM keeps these.
   *
   * @throws IOException if it is not described
   */
  public HotSpotMemory(HotSpotStructs structs) throws IOException {
    this.structs = structs;
    heap = structs.staticAddress("Universe", "_collectedHeap");
    long reserved = structs.offset("CollectedHeap"::equals, "_reserved");
    reservedStart = reserved + structs.offset("MemRegion"::equals, "_start");
    reservedWords = reserved + structs.offset("MemRegion"::equals, "_word_size");
    codeBegin = structs.staticAddress("CodeCache", "_low_bound");
    codeEnd = structs.staticAddress("CodeCache", "_high_bound");
    loaders = structs.staticAddress("ClassLoaderDataGraph", "_head");
    nextLoader = structs.offset("ClassLoaderData"::equals, "_next");
    firstClass = structs.offset("ClassLoaderData"::equals, "_klasses");
    nextClass = structs.offset("Klass"::equals, "_next_link");
    layoutHelper = structs.offset("Klass"::equals, "_layout_helper");
    constants = structs.offset("InstanceKlass"::equals, "_constants");
  }

  /**
   * The memory of this JVM.
   *
   * @throws IOException if it is not described; then nothing is left open
   */
  public static HotSpotMemory open() throws IOException {
    HotSpotStructs structs = new HotSpotStructs();
    try {
      return new HotSpotMemory(structs);
    } catch (IOException e) {
      structs.close();
      throw e;
    }
  }

  /**
   * What there is now.
   *
   * @param mappings of this JVM
   */
  public List<AddressRange> ranges(List<MemoryMap.Mapping> mappings) {
    List<AddressRange> ranges = new ArrayList<>();
    long collected = structs.readLong(heap);
    long start = structs.readLong(collected + reservedStart);
    long bytes = structs.readLong(collected + reservedWords) * Long.BYTES;
    if (start == 0) {
      ranges.addAll(heapOfZgc(mappings));
    }
    add(ranges, start, start + bytes, MemoryRegion.JAVA_HEAP);
    add(ranges, structs.readLong(codeBegin), structs.readLong(codeEnd), MemoryRegion.CODE_CACHE);
    findMetaspace();
    for (long piece : metaspacePieces) {
      add(ranges, piece, piece + METASPACE_PIECE, MemoryRegion.METASPACE);
    }
    return ranges;
  }

  /** It reserves no such memory, but maps a separate file all over a space that it reserves. */
  private static List<AddressRange> heapOfZgc(List<MemoryMap.Mapping> mappings) {
    LongSummaryStatistics bounds = new LongSummaryStatistics();
    for (MemoryMap.Mapping mapping : mappings) {
      if (mapping.path().startsWith(HEAP_OF_ZGC)) {
        bounds.accept(mapping.begin());
        bounds.accept(mapping.end());
      }
    }
    return bounds.getCount() == 0
        ? List.of()
        : List.of(new AddressRange(bounds.getMin(), bounds.getMax(), MemoryRegion.JAVA_HEAP));
  }

  private static void add(List<AddressRange> ranges, long begin, long end, MemoryRegion region) {
    if (begin > 0 && end > begin) {
      ranges.add(new AddressRange(begin, end, region));
    }
  }

  /** Follows each loader's list of classes, which begins with the newest, to the last one seen. */
  private void findMetaspace() {
    if (calls++ % FORGET_AFTER == 0) {
      newestClassSeen.clear();
      metaspacePieces.clear();
    }
    int steps = 0;
    Map<Long, Long> newest = new HashMap<>();
    for (long loader = structs.readLong(loaders);
        loader != 0 && steps++ < MAX_STEPS;
        loader = structs.readLong(loader + nextLoader)) {
      long first = structs.readLong(loader + firstClass);
      long seen = newestClassSeen.getOrDefault(loader, 0L);
      newest.put(loader, first);
      for (long type = first;
          type != 0 && type != seen && steps++ < MAX_STEPS;
          type = structs.readLong(type + nextClass)) {
        metaspacePieces.add(type & -METASPACE_PIECE);
        // Negative are arrays, which have no constants.
        if (structs.readInt(type + layoutHelper) >= 0) {
          metaspacePieces.add(structs.readLong(type + constants) & -METASPACE_PIECE);
        }
      }
    }
    newestClassSeen.clear();
    newestClassSeen.putAll(newest);
    metaspacePieces.remove(0L);
  }

  /** Closes the structures that it was made with. */
  @Override
  public void close() throws IOException {
    structs.close();
  }
}
