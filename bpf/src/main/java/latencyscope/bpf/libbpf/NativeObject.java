package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Variable;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.NativeFunction;

/**
 * A {@code struct bpf_object} of libbpf, and the memory whose life is that object's.
 *
 * <p>Not thread-safe: its owner is.
 */
final class NativeObject implements AutoCloseable {
  private static final int LOG_LEVEL_REASON = 1;

  private final Arena arena = Arena.ofShared();
  private final String name;
  private MemorySegment object = MemorySegment.NULL;

  private NativeObject(String name) {
    this.name = name;
  }

  static NativeObject open(ObjectFile file) throws BpfException {
    NativeObject opened = new NativeObject(file.name());
    try {
      opened.open(file.bytes());
      return opened;
    } catch (BpfException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  private void open(byte[] bytes) throws BpfException {
    MemorySegment image = arena.allocate(bytes.length, Long.BYTES);
    MemorySegment.copy(bytes, 0, image, JAVA_BYTE, 0, bytes.length);
    // The first two fields of struct bpf_object_open_opts; its own size says there are no more.
    // Without a name libbpf would call the maps of global variables after an address.
    MemorySegment options = arena.allocate(16, Long.BYTES);
    options.set(JAVA_LONG, 0, options.byteSize());
    options.set(ADDRESS, 8, arena.allocateFrom("ls_" + name));
    object =
        LibBpf.OBJECT_OPEN_MEM.pointer(
            "open the object " + name, image.address(), image.byteSize(), options.address());
  }

  /** Closes with the object. */
  Arena arena() {
    return arena;
  }

  /** 0 or the negative error number. An object cannot be loaded twice, also not after a failure. */
  int load() {
    return LibBpf.OBJECT_LOAD.integer(object.address());
  }

  MemorySegment map(String map) throws BpfException {
    return find("map", map, LibBpf.FIND_MAP);
  }

  MemorySegment program(String program) throws BpfException {
    return find("program", program, LibBpf.FIND_PROGRAM);
  }

  private MemorySegment find(String kind, String wanted, NativeFunction search)
      throws BpfException {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment text = scratch.allocateFrom(wanted);
      return search.pointer("find the " + kind + " " + wanted, object.address(), text.address());
    }
  }

  /** A variable's initial value, to be written to before loading. */
  @SuppressWarnings("restricted")
  MemorySegment initialValue(Variable variable) throws BpfException {
    MemorySegment map = map(variable.section());
    MemorySegment size = arena.allocate(JAVA_LONG);
    MemorySegment section =
        LibBpf.MAP_INITIAL_VALUE.pointer(
            "find the section " + variable.section(), map.address(), size.address());
    MemorySegment whole = section.reinterpret(size.get(JAVA_LONG, 0), arena, null);
    return whole.asSlice(variable.offset(), variable.size());
  }

  void setMaxEntries(String name, int entries) throws BpfException {
    MemorySegment map = map(name);
    Refusal.check(
        "size the map " + name, LibBpf.MAP_SET_MAX_ENTRIES.integer(map.address(), entries));
  }

  void setCreated(String name, boolean created) throws BpfException {
    MemorySegment map = map(name);
    Refusal.check(
        "choose the map " + name,
        LibBpf.MAP_SET_AUTOCREATE.integer(map.address(), created ? 1 : 0));
  }

  void setLoaded(String name, boolean loaded) throws BpfException {
    MemorySegment program = program(name);
    Refusal.check(
        "choose the program " + name,
        LibBpf.PROGRAM_SET_AUTOLOAD.integer(program.address(), loaded ? 1 : 0));
  }

  /** Has the verifier write its reasons about a program into a buffer. */
  void setLog(String name, MemorySegment buffer) throws BpfException {
    MemorySegment program = program(name);
    Refusal.check(
        "set a log for " + name,
        LibBpf.PROGRAM_SET_LOG_BUF.integer(program.address(), buffer.address(), buffer.byteSize()));
    Refusal.check(
        "set a log for " + name,
        LibBpf.PROGRAM_SET_LOG_LEVEL.integer(program.address(), LOG_LEVEL_REASON));
  }

  /** Reading the arena's memory afterwards throws an exception. */
  @Override
  public void close() {
    if (!arena.scope().isAlive()) {
      return;
    }
    try {
      arena.close();
    } finally {
      if (object.address() != 0) {
        LibBpf.OBJECT_CLOSE.integer(object.address());
      }
    }
  }
}
