package latencyscope.guest.hotspot;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import latencyscope.jfr.LockLookup;

/**
 * The named mutexes of this JVM ({@code MethodCompileQueue_lock}, {@code Heap_lock} and about a
 * hundred others), by the addresses of their futexes.
 *
 * <p>Source: {@code Mutex::_mutex_array}, {@code _num_mutex} and {@code _name}
 * (src/hotspot/share/runtime/mutex.hpp), which vmStructs.cpp has since JDK 24 (JDK-8343741). A
 * mutex holds the platform's lock and condition between its begin and its name. HotSpot makes all
 * of them when it starts and frees none, so that they are read once. A look-up allocates nothing.
 * Immutable.
 */
public final class HotSpotMutexes implements LockLookup {
  /** A larger number is not a count of mutexes: HotSpot has room for 128 (MAX_NUM_MUTEX). */
  private static final int MAX = 1_024;

  /** A pthread mutex and condition take 88 bytes; debug builds add a few words. */
  private static final int MAX_BYTES = 512;

  /** Begin of each mutex, ascending. */
  private final long[] addresses;

  private final String[] names;

  /** Bytes from a mutex's begin that its futexes lie in. */
  private final long bytes;

  /**
   * Creates a table.
   *
   * @param byAddress names by the begin of the mutex
   * @param bytes of each that futexes lie in
   */
  HotSpotMutexes(Map<Long, String> byAddress, long bytes) {
    TreeMap<Long, String> sorted = new TreeMap<>(byAddress);
    addresses = sorted.keySet().stream().mapToLong(address -> address).toArray();
    names = sorted.values().toArray(String[]::new);
    this.bytes = bytes;
  }

  /**
   * Reads the mutexes of this JVM.
   *
   * @throws IOException if it does not export them, with a sentence that says what is missing
   */
  public static HotSpotMutexes read() throws IOException {
    try (HotSpotStructs structs = new HotSpotStructs()) {
      return read(structs);
    }
  }

  private static HotSpotMutexes read(HotSpotStructs structs) throws IOException {
    long nameOffset = structs.offset("Mutex"::equals, "_name");
    int count = structs.readInt(structs.staticAddress("Mutex", "_num_mutex"));
    long array = structs.readLong(structs.staticAddress("Mutex", "_mutex_array"));
    if (count <= 0 || count > MAX || nameOffset <= 0 || nameOffset > MAX_BYTES) {
      throw new IOException("this JVM's table of mutexes has an unknown layout");
    }
    Map<Long, String> names = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      long mutex = structs.readLong(array + (long) i * Long.BYTES);
      String name = structs.readText(structs.readLong(mutex + nameOffset));
      if (mutex == 0 || name.isEmpty()) {
        throw new IOException("this JVM's table of mutexes has an unknown layout");
      }
      names.put(mutex, name);
    }
    return new HotSpotMutexes(names, nameOffset);
  }

  /** How many there are. */
  public int count() {
    return names.length;
  }

  @Override
  public String nameAt(long address) {
    int found = Arrays.binarySearch(addresses, address);
    int at = found >= 0 ? found : -found - 2;
    return at >= 0 && address - addresses[at] < bytes ? names[at] : null;
  }
}
