package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import latencyscope.bpf.btf.Scalars;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Errno;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.Libc;
import latencyscope.bpf.ffm.NativeFunction;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.ring.RingReader;

/**
 * A map in the kernel.
 *
 * <p>Keys and values are the bytes of the C types. The value of a per-CPU map is one value for each
 * possible CPU, each rounded up to 8 bytes.
 *
 * <p>Safe for use by several threads. Once its object is closed every call is an {@link
 * IllegalStateException}.
 */
public final class KernelMap {
  private static final int PERCPU_HASH = 5;
  private static final int PERCPU_ARRAY = 6;
  private static final int LRU_PERCPU_HASH = 10;
  private static final int RINGBUF = 27;

  private final LoadedObject owner;
  private final String name;
  private final int fd;
  private final int type;
  private final int keySize;
  private final int valueSize;
  private final int maxEntries;
  private MemorySegment memory;

  KernelMap(LoadedObject owner, String name, MemorySegment map) throws BpfException {
    this.owner = owner;
    this.name = name;
    this.fd = Refusal.check("use the map " + name, ask(LibBpf.MAP_FD, map));
    this.type = ask(LibBpf.MAP_TYPE, map);
    this.keySize = ask(LibBpf.MAP_KEY_SIZE, map);
    this.valueSize = ask(LibBpf.MAP_VALUE_SIZE, map);
    this.maxEntries = ask(LibBpf.MAP_MAX_ENTRIES, map);
  }

  /** C name. */
  public String name() {
    return name;
  }

  /** File descriptor, owned by the map's object. */
  public int fd() {
    return fd;
  }

  /** Bytes of a key, 0 for a queue or ring. */
  public int keySize() {
    return keySize;
  }

  /** Bytes of a value as user space sees it: of a per-CPU map for all possible CPUs. */
  public int valueSize() {
    boolean perCpu = type == PERCPU_HASH || type == PERCPU_ARRAY || type == LRU_PERCPU_HASH;
    return perCpu
        ? roundedValueSize() * (Kernel.running().possibleCpus().last().orElseThrow() + 1)
        : valueSize;
  }

  /** Elements that it can hold, bytes for a ring. */
  public int maxEntries() {
    return maxEntries;
  }

  /** A key or value of 4 bytes. */
  public static byte[] u32(int value) {
    return Scalars.encode(value, Integer.BYTES);
  }

  /** A key or value of 8 bytes. */
  public static byte[] u64(long value) {
    return Scalars.encode(value, Long.BYTES);
  }

  /**
   * Sets the value of a key.
   *
   * @throws IllegalArgumentException when key or value has another size than the map's
   * @throws BpfException when the kernel refuses, with E2BIG when the map is full
   */
  public void put(byte[] key, byte[] value) throws BpfException {
    check("key", key, keySize);
    check("value", value, valueSize());
    try (Arena arena = Arena.ofConfined()) {
      update("write to", keySize == 0 ? MemorySegment.NULL : copy(arena, key), copy(arena, value));
    }
  }

  /**
   * The value of a key, empty when it has none.
   *
   * @throws IllegalArgumentException when the key has another size than the map's
   * @throws BpfException when the kernel refuses
   */
  public Optional<byte[]> get(byte[] key) throws BpfException {
    check("key", key, keySize);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(valueSize(), Long.BYTES);
      boolean found = find("read", LibBpf.LOOKUP, copy(arena, key), value);
      return found ? Optional.of(value.toArray(JAVA_BYTE)) : Optional.empty();
    }
  }

  /**
   * Removes a key.
   *
   * @return whether it was there
   * @throws IllegalArgumentException when the key has another size than the map's
   * @throws BpfException when the kernel refuses
   */
  public boolean remove(byte[] key) throws BpfException {
    check("key", key, keySize);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = copy(arena, key);
      synchronized (owner) {
        owner.requireOpen();
        return found("remove from", LibBpf.DELETE.integer(fd, bytes.address()));
      }
    }
  }

  /**
   * The keys at this moment; one that comes or goes meanwhile may be missing or be there.
   *
   * @throws BpfException when the kernel refuses
   */
  public List<byte[]> keys() throws BpfException {
    List<byte[]> keys = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment next = arena.allocate(Math.max(1, keySize), Long.BYTES);
      MemorySegment previous = MemorySegment.NULL;
      // Removals make the kernel start over: never more keys than the map can hold.
      while (keys.size() < maxEntries && find("list", LibBpf.NEXT_KEY, previous, next)) {
        keys.add(next.toArray(JAVA_BYTE));
        previous = copy(arena, keys.getLast());
      }
    }
    return keys;
  }

  /**
   * Appends to a queue of 4-byte values.
   *
   * @throws BpfException when the kernel refuses, with E2BIG when the queue is full
   */
  public void push(int value) throws BpfException {
    put(new byte[0], u32(value));
  }

  /**
   * Takes the oldest value out of a queue of 4-byte values, empty when there is none.
   *
   * @throws BpfException when the kernel refuses
   */
  public OptionalInt pop() throws BpfException {
    check("value", new byte[Integer.BYTES], valueSize);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(Integer.BYTES, Long.BYTES);
      boolean found = find("take from", LibBpf.TAKE, MemorySegment.NULL, value);
      return found ? OptionalInt.of(value.get(JAVA_INT, 0)) : OptionalInt.empty();
    }
  }

  /**
   * The elements of an array with {@code BPF_F_MMAPABLE}, without a call for each.
   *
   * @return all elements, {@link #stride} bytes apart; always the same segment
   * @throws BpfException with EINVAL or ENOTSUPP when the map is no such array
   */
  public MemorySegment memory() throws BpfException {
    return memory(true);
  }

  /** The same, or for a map that the kernel has frozen a read-only view. */
  MemorySegment memory(boolean writable) throws BpfException {
    synchronized (owner) {
      owner.requireOpen();
      if (memory == null) {
        memory = map("map " + name, (long) stride() * maxEntries, writable, 0);
      }
      return memory;
    }
  }

  /** Bytes from one element to the next in {@link #memory}: the kernel aligns each to 8. */
  public int stride() {
    return roundedValueSize();
  }

  /** Maps the three parts of a ring. */
  RingReader mapRing() throws BpfException {
    if (type != RINGBUF) {
      throw new IllegalArgumentException("map " + name + " is no ring");
    }
    long page = Libc.pageSize();
    // The kernel lets nobody but itself write to the producer's part.
    MemorySegment consumer = map("ring " + name, page, true, 0);
    MemorySegment producer = map("ring " + name, page + 2L * maxEntries, false, page);
    return new RingReader(consumer, producer.asSlice(0, page), producer.asSlice(page));
  }

  private MemorySegment map(String what, long size, boolean writable, long offset)
      throws BpfException {
    int protection = writable ? Libc.PROT_READ | Libc.PROT_WRITE : Libc.PROT_READ;
    return Libc.map(owner.arena(), what, size, protection, fd, offset);
  }

  private int roundedValueSize() {
    return valueSize + 7 & ~7;
  }

  private void update(String verb, MemorySegment key, MemorySegment value) throws BpfException {
    synchronized (owner) {
      owner.requireOpen();
      int result = LibBpf.UPDATE.integer(fd, key.address(), value.address(), 0);
      Refusal.check(verb + " the map " + name, result);
    }
  }

  private boolean find(String verb, NativeFunction call, MemorySegment key, MemorySegment into)
      throws BpfException {
    synchronized (owner) {
      owner.requireOpen();
      return found(verb, call.integer(fd, key.address(), into.address()));
    }
  }

  private boolean found(String verb, int result) throws BpfException {
    if (result == -Errno.ENOENT) {
      return false;
    }
    Refusal.check(verb + " the map " + name, result);
    return true;
  }

  private void check(String what, byte[] bytes, int size) {
    if (bytes.length != size) {
      throw new IllegalArgumentException(
          "a " + what + " of map " + name + " has " + size + " bytes, not " + bytes.length);
    }
  }

  private static MemorySegment copy(Arena arena, byte[] bytes) {
    MemorySegment copy = arena.allocate(Math.max(1, bytes.length), Long.BYTES);
    MemorySegment.copy(bytes, 0, copy, JAVA_BYTE, 0, bytes.length);
    return copy;
  }

  private static int ask(NativeFunction question, MemorySegment map) {
    return question.integer(map.address());
  }
}
