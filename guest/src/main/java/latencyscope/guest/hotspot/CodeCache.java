package latencyscope.guest.hotspot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What lies at an address of this JVM's code cache.
 *
 * <p>Source: the segment map of each {@code CodeHeap}, and the {@code CodeBlob} that it leads to;
 * the layout is that of JDK 25 (scopes in {@code nmethod::_immutable_data} since JDK 23,
 * JDK-8331087; metadata behind the relocations in {@code CodeBlob::_mutable_data} since 25,
 * JDK-8343789). Code comes and goes: what is remembered is looked at again once in each round of
 * look-ups. Code that was replaced between an occurrence and the round that reads it is taken for
 * the code in its place. A known address is found without allocation. Used by one thread at a time.
 */
final class CodeCache {
  private static final int PLACES = 1 << 14;
  private static final int MOST_WEIGHT = 1 << 22;
  private static final int FREE = 0xff;
  private static final int MOST_STEPS = 10_000;
  private static final int MOST_PLACES_BYTES = 1 << 20;
  private static final int NMETHOD = 1; // CodeBlobKind::Nmethod, since JDK 24
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private record Heap(long low, long high, long segments, int log2) {}

  private final HotSpotStructs structs;
  private final JavaMethods methods;
  private final Layout layout;
  private final long begin;
  private final long end;
  private final Heap[] heaps;
  private final ByteBuffer header;

  private final long[] pcs = new long[PLACES];
  private final CodeBlob[] blobs = new CodeBlob[PLACES];
  private final Map<Long, CodeBlob> byAddress = new HashMap<>();
  private long weight;
  private int round;

  /** Where members lie. */
  private record Layout(
      long headerSize,
      long used,
      long size,
      long kind,
      long codeOffset,
      long dataOffset,
      long frameSize,
      long frameComplete,
      long mutableData,
      long relocationSize,
      long method,
      long compileId,
      long immutableData,
      long scopesPcs,
      long scopesData,
      long nmethodSize,
      long pcDescSize,
      long pcOffset,
      long scopeOffset) {
    static Layout of(HotSpotStructs structs) throws IOException {
      return new Layout(
          structs.size("HeapBlock"),
          structs.offset("HeapBlock::Header"::equals, "_used"),
          blob(structs, "_size"),
          blob(structs, "_kind"),
          blob(structs, "_code_offset"),
          blob(structs, "_data_offset"),
          blob(structs, "_frame_size"),
          blob(structs, "_frame_complete_offset"),
          blob(structs, "_mutable_data"),
          blob(structs, "_relocation_size"),
          nmethod(structs, "_method"),
          nmethod(structs, "_compile_id"),
          nmethod(structs, "_immutable_data"),
          nmethod(structs, "_scopes_pcs_offset"),
          nmethod(structs, "_scopes_data_offset"),
          structs.size("nmethod"),
          structs.size("PcDesc"),
          structs.offset("PcDesc"::equals, "_pc_offset"),
          structs.offset("PcDesc"::equals, "_scope_decode_offset"));
    }

    private static long blob(HotSpotStructs structs, String member) throws IOException {
      return structs.offset("CodeBlob"::equals, member);
    }

    private static long nmethod(HotSpotStructs structs, String member) throws IOException {
      return structs.offset("nmethod"::equals, member);
    }
  }

  /**
   * Finds the heaps, which a JVM makes when it starts.
   *
   * @throws IOException if they are not described as those of JDK 25 are
   */
  CodeCache(HotSpotStructs structs, JavaMethods methods) throws IOException {
    this.structs = structs;
    this.methods = methods;
    layout = Layout.of(structs);
    begin = structs.readLong(structs.staticAddress("CodeCache", "_low_bound"));
    end = structs.readLong(structs.staticAddress("CodeCache", "_high_bound"));
    heaps = heaps(structs);
    header =
        ByteBuffer.allocateDirect(Math.toIntExact(layout.nmethodSize))
            .order(ByteOrder.nativeOrder());
  }

  private static Heap[] heaps(HotSpotStructs structs) throws IOException {
    long list = structs.readLong(structs.staticAddress("CodeCache", "_heaps"));
    int count = structs.readInt(list + structs.offset("GrowableArrayBase"::equals, "_len"));
    long array = structs.readLong(list + structs.offset("GrowableArray<int>"::equals, "_data"));
    if (count <= 0 || count > 16) {
      throw new IOException("this JVM's code cache has an unknown layout");
    }
    long low = structs.offset("VirtualSpace"::equals, "_low");
    long highest = structs.offset("VirtualSpace"::equals, "_high_boundary");
    long memory = structs.offset("CodeHeap"::equals, "_memory");
    long segments = structs.offset("CodeHeap"::equals, "_segmap");
    long log2 = structs.offset("CodeHeap"::equals, "_log2_segment_size");
    Heap[] heaps = new Heap[count];
    for (int i = 0; i < count; i++) {
      long heap = structs.readLong(array + (long) i * Long.BYTES);
      heaps[i] =
          new Heap(
              structs.readLong(heap + memory + low),
              structs.readLong(heap + memory + highest),
              structs.readLong(heap + segments + low),
              structs.readInt(heap + log2));
    }
    return heaps;
  }

  /** What was seen before this is looked at again when it is asked for. */
  void beginRound() {
    round++;
  }

  /** Whether an address is in the code cache. */
  boolean contains(long pc) {
    return pc >= begin && pc < end;
  }

  /** The code that an address is in; null if there is none. */
  CodeBlob find(long pc) {
    if (!contains(pc)) {
      return null;
    }
    int at = (int) (pc * SPREAD >>> 32) & PLACES - 1;
    CodeBlob blob = pcs[at] == pc ? blobs[at] : null;
    if (blob == null || !isCurrent(blob)) {
      blob = look(pc);
      pcs[at] = pc;
      blobs[at] = blob;
    }
    return blob;
  }

  private boolean isCurrent(CodeBlob blob) {
    if (blob.checked == round) {
      return true;
    }
    if (!readHeader(blob.address)
        || methodOfHeader() != blob.method
        || compileIdOfHeader() != blob.compileId
        || blob.address + header.getInt((int) layout.codeOffset) != blob.begin) {
      byAddress.remove(blob.address);
      return false;
    }
    blob.checked = round;
    return true;
  }

  private boolean readHeader(long address) {
    return structs.readBytes(address, header.clear());
  }

  private boolean isNmethod() {
    return header.get((int) layout.kind) == NMETHOD;
  }

  private long methodOfHeader() {
    return isNmethod() ? header.getLong((int) layout.method) : CodeBlob.NO_METHOD;
  }

  private int compileIdOfHeader() {
    return isNmethod() ? header.getInt((int) layout.compileId) : 0;
  }

  private CodeBlob look(long pc) {
    long address = addressOf(pc);
    CodeBlob known = address == 0 ? null : byAddress.get(address);
    if (known != null && isCurrent(known)) {
      return known.contains(pc) ? known : null;
    }
    if (address == 0 || !readHeader(address)) {
      return null;
    }
    CodeBlob blob = read(address);
    if (blob == null || !blob.contains(pc)) {
      return null;
    }
    if (weight > MOST_WEIGHT) {
      byAddress.clear();
      Arrays.fill(blobs, null);
      weight = 0;
    }
    weight += blob.weight();
    byAddress.put(address, blob);
    return blob;
  }

  /** Begin of the blob that an address is in; 0 if there is none. */
  private long addressOf(long pc) {
    for (Heap heap : heaps) {
      if (pc >= heap.low && pc < heap.high) {
        long segment = pc - heap.low >> heap.log2;
        int back = structs.readByte(heap.segments + segment);
        for (int steps = 0; back > 0 && back != FREE && steps < MOST_STEPS; steps++) {
          segment -= back;
          back = structs.readByte(heap.segments + segment);
        }
        long block = heap.low + (segment << heap.log2);
        boolean found = back == 0 && structs.readByte(block + layout.used) == 1;
        return found ? block + layout.headerSize : 0;
      }
    }
    return 0;
  }

  private CodeBlob read(long address) {
    int code = header.getInt((int) layout.codeOffset);
    int size = header.getInt((int) layout.size);
    int data = header.getInt((int) layout.dataOffset);
    if (code <= 0 || data < code || size < data) {
      return null;
    }
    long frameWords = header.getInt((int) layout.frameSize);
    long immutable = isNmethod() ? header.getLong((int) layout.immutableData) : 0;
    int scopesPcs = isNmethod() ? header.getInt((int) layout.scopesPcs) : 0;
    int scopesData = isNmethod() ? header.getInt((int) layout.scopesData) : 0;
    CodeBlob blob =
        new CodeBlob(
            address,
            address + code,
            address + data,
            Math.max(0, frameWords) * Long.BYTES,
            header.getShort((int) layout.frameComplete),
            methodOfHeader(),
            compileIdOfHeader(),
            immutable + scopesData,
            header.getLong((int) layout.mutableData) + header.getInt((int) layout.relocationSize));
    blob.checked = round;
    if (immutable != 0 && !readPlaces(blob, immutable + scopesPcs, scopesData - scopesPcs)) {
      return null;
    }
    blob.isWrapper = blob.isMethod() && blob.hasNoPlaces() && methods.isNative(blob.method);
    return blob;
  }

  private boolean readPlaces(CodeBlob blob, long address, int bytes) {
    int stride = (int) layout.pcDescSize;
    if (bytes < 0 || bytes > MOST_PLACES_BYTES || bytes % Integer.BYTES != 0) {
      return false;
    }
    int count = bytes / stride;
    ByteBuffer places = ByteBuffer.allocateDirect(count * stride).order(ByteOrder.nativeOrder());
    if (count > 0 && !structs.readBytes(address, places)) {
      return false;
    }
    int[] offsets = new int[count];
    int[] scopes = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = places.getInt(i * stride + (int) layout.pcOffset);
      scopes[i] = places.getInt(i * stride + (int) layout.scopeOffset);
      if (i > 0 && offsets[i] <= offsets[i - 1]) {
        return false; // not what it was taken for
      }
    }
    blob.places(offsets, scopes);
    return true;
  }
}
