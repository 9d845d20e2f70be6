package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Variable;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Errno;
import latencyscope.bpf.error.Names;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.Libc;
import latencyscope.bpf.ring.RingReader;

/**
 * Programs and maps in the kernel, and everything that was made of them; closing takes all of it
 * back.
 *
 * <p>Safe for use by several threads; a ring has one reader at a time. Memory that was mapped here
 * must not be touched after {@link #close}: doing so is an {@link IllegalStateException}, as is any
 * call of this class, and no harm to the process.
 */
public final class LoadedObject implements AutoCloseable {
  private static final int ITERATOR_BUFFER = 64 * 1024;

  private final ObjectFile file;
  private final List<String> programs;
  private final NativeObject object;
  private final Map<String, List<MemorySegment>> links = new LinkedHashMap<>();
  private final Map<String, KernelMap> maps = new HashMap<>();
  private final Map<String, RingReader> rings = new HashMap<>();
  private boolean closed;

  LoadedObject(KernelObject spec, NativeObject object) {
    this.file = spec.file();
    this.programs = spec.programs();
    this.object = object;
  }

  /** Names of the programs that are loaded, attached or not. */
  public List<String> programs() {
    return programs;
  }

  /**
   * Has a program run at the hook that its section names, or at the {@link SoftwareEvent} that it
   * is named after. Attaching it again does nothing.
   *
   * @throws IllegalArgumentException when no such program is loaded, or its name says no event
   * @throws BpfException when the kernel refuses
   */
  public synchronized void attach(String program) throws BpfException {
    MemorySegment handle = program(program);
    if (!links.containsKey(program)) {
      links.put(program, links(program, handle));
    }
  }

  /**
   * Has a program no longer run. Detaching one that is not attached does nothing.
   *
   * @throws IllegalArgumentException when no such program is loaded
   */
  public synchronized void detach(String program) throws BpfException {
    program(program);
    List<MemorySegment> attached = links.remove(program);
    if (attached != null) {
      attached.forEach(LoadedObject::destroy);
    }
  }

  /**
   * A map of the object, by its C name.
   *
   * @throws IllegalArgumentException when the object has no such map
   * @throws BpfException when it was not created
   */
  public synchronized KernelMap map(String map) throws BpfException {
    return kernelMap(file.map(map));
  }

  /** The memory of a map with {@code BPF_F_MMAPABLE}; see {@link KernelMap#memory}. */
  public MemorySegment mapMemory(String map) throws BpfException {
    return map(map).memory();
  }

  /** Puts a number into a queue; see {@link KernelMap#push}. */
  public void push(String queue, int value) throws BpfException {
    map(queue).push(value);
  }

  /**
   * The live memory of a global variable: programs see what is written to it, and the reverse.
   *
   * @return exactly the variable's bytes, read-only for a constant
   * @throws IllegalArgumentException when the object has no such variable
   */
  public synchronized MemorySegment variable(String name) throws BpfException {
    Variable variable = file.variable(name);
    // libbpf's own view of the section stays what it was before loading; the map is the live one.
    MemorySegment section = kernelMap(variable.section()).memory(!variable.constant());
    return section.asSlice(variable.offset(), variable.size());
  }

  /**
   * The reader of a ring, always the same one, because a ring has one consumer.
   *
   * @throws IllegalArgumentException when the object has no such map, or it is no ring
   */
  public synchronized RingReader ring(String map) throws BpfException {
    KernelMap ring = map(map);
    RingReader reader = rings.get(map);
    if (reader == null) {
      reader = ring.mapRing();
      rings.put(map, reader);
    }
    return reader;
  }

  /**
   * What the kernel counts of a program.
   *
   * @throws IllegalArgumentException when no such program is loaded
   */
  public synchronized ProgramInfo info(String program) throws BpfException {
    MemorySegment handle = program(program);
    return ProgramInfo.of(program, LibBpf.PROGRAM_FD.integer(handle.address()));
  }

  /**
   * Runs a {@code SEC("iter/…")} program over all of its objects.
   *
   * @param program name of an iterator
   * @return what it wrote
   * @throws IllegalArgumentException when no such program is loaded
   * @throws BpfException when it is no iterator, or the kernel refuses
   */
  public synchronized byte[] readIterator(String program) throws BpfException {
    MemorySegment link = link(program, program(program));
    try {
      int linkFd = LibBpf.LINK_FD.integer(link.address());
      int fd = LibBpf.ITER_CREATE.integer(linkFd);
      Refusal.check("iterate with " + program, fd);
      try {
        return readAll(program, fd);
      } finally {
        Libc.close(fd);
      }
    } finally {
      destroy(link);
    }
  }

  /** Detaches, unmaps and unloads everything. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      links.values().forEach(attached -> attached.forEach(LoadedObject::destroy));
      links.clear();
      object.close();
    }
  }

  /** Called with this object's lock held, so that it stays open until the lock is released. */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the object " + file.name() + " is closed");
    }
  }

  /** Closes with this object. */
  Arena arena() {
    return object.arena();
  }

  private KernelMap kernelMap(String map) throws BpfException {
    requireOpen();
    KernelMap known = maps.get(map);
    if (known == null) {
      known = new KernelMap(this, map, object.map(map));
      maps.put(map, known);
    }
    return known;
  }

  private MemorySegment program(String program) throws BpfException {
    requireOpen();
    if (!programs.contains(program)) {
      throw Names.unknown("loaded program", program, file.name(), programs);
    }
    return object.program(program);
  }

  private List<MemorySegment> links(String program, MemorySegment handle) throws BpfException {
    if (!file.hook(program).equals(SoftwareEvent.HOOK)) {
      return List.of(link(program, handle));
    }
    SoftwareEvent event =
        SoftwareEvent.of(program)
            .orElseThrow(
                () -> new IllegalArgumentException(program + " is not named after an event"));
    return PerfEvents.attach(program, handle, event);
  }

  private static MemorySegment link(String program, MemorySegment handle) throws BpfException {
    return LibBpf.PROGRAM_ATTACH.pointer("attach " + program, handle.address());
  }

  static void destroy(MemorySegment link) {
    LibBpf.LINK_DESTROY.integer(link.address());
  }

  private static byte[] readAll(String program, int fd) throws BpfException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(ITERATOR_BUFFER);
      while (true) {
        long count = Libc.read(fd, buffer);
        if (count == 0) {
          return all.toByteArray();
        }
        if (count > 0) {
          all.writeBytes(buffer.asSlice(0, count).toArray(JAVA_BYTE));
        } else if (count != -Errno.EINTR) {
          throw Refusal.of("read what " + program + " writes", (int) -count);
        }
      }
    }
  }
}
