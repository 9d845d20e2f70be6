package latencyscope.bpf.libbpf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Scalars;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.btf.Variable;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.MissingLibraryException;
import latencyscope.bpf.kernel.Kernel;

/**
 * An object on its way into the kernel: its constants, its sizes, and which parts of it to load.
 *
 * <p>Nothing here touches the kernel before {@link #load}, and the names are checked against the
 * object's BTF at once. Not thread-safe. One may be loaded several times; each is an object of its
 * own.
 */
public final class KernelObject {
  private final ObjectFile file;
  private final Map<Variable, byte[]> constants = new LinkedHashMap<>();
  private final Map<String, Integer> entries = new LinkedHashMap<>();
  private final Map<String, Boolean> createdMaps = new LinkedHashMap<>();
  private final Map<String, Boolean> loadedPrograms = new LinkedHashMap<>();

  private KernelObject(ObjectFile file) {
    this.file = file;
  }

  /** Begins with the values and sizes of the source. */
  public static KernelObject open(ObjectFile file) {
    return new KernelObject(file);
  }

  /**
   * Sets a {@code const volatile} integer, bool or enum.
   *
   * @param name C name
   * @param value taken as signed or unsigned, whichever the C type is
   * @throws IllegalArgumentException when there is no such constant, or it is too narrow
   */
  public KernelObject constant(String name, long value) {
    Variable variable = constant(name);
    constants.put(variable, Scalars.encode(variable, value));
    return this;
  }

  /**
   * Sets a {@code const volatile} array of 64-bit integers; the rest of a longer one is zero.
   *
   * @throws IllegalArgumentException when there is no such constant, or it is too short
   */
  public KernelObject constant(String name, long[] values) {
    Variable variable = constant(name);
    boolean longs =
        variable.type() instanceof Type.Array(Type.Int(int width, boolean _), int _)
            && width == Long.BYTES;
    if (!longs) {
      throw new IllegalArgumentException(name + " is no array of 64-bit integers");
    }
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(values);
    return constant(name, bytes.array());
  }

  /**
   * Sets the bytes of any constant; the rest of a longer one is zero.
   *
   * @throws IllegalArgumentException when there is no such constant, or it is too short
   */
  public KernelObject constant(String name, byte[] bytes) {
    Variable variable = constant(name);
    if (bytes.length > variable.size()) {
      throw new IllegalArgumentException(
          name + " has " + variable.size() + " bytes, too few for " + bytes.length);
    }
    byte[] whole = new byte[variable.size()];
    System.arraycopy(bytes, 0, whole, 0, bytes.length);
    constants.put(variable, whole);
    return this;
  }

  /**
   * Sets the size of a map.
   *
   * @param count elements; bytes for a ring, which libbpf rounds up to a power of two of pages
   * @throws IllegalArgumentException when the object has no such map, or the count is not positive
   */
  public KernelObject mapEntries(String map, int count) {
    if (count <= 0) {
      throw new IllegalArgumentException("map " + map + " cannot have " + count + " entries");
    }
    entries.put(file.map(map), count);
    return this;
  }

  /**
   * Chooses whether a map is created. Programs that use one that is not are refused.
   *
   * @throws IllegalArgumentException when the object has no such map
   */
  public KernelObject createMap(String map, boolean create) {
    createdMaps.put(file.map(map), create);
    return this;
  }

  /**
   * Chooses whether a program is loaded; by default it is, unless its section begins with a
   * question mark.
   *
   * @throws IllegalArgumentException when the object has no such program
   */
  public KernelObject loadProgram(String program, boolean load) {
    file.hook(program);
    loadedPrograms.put(program, load);
    return this;
  }

  /**
   * Opens libbpf and finds its functions, which {@link #load} does otherwise.
   *
   * @throws MissingLibraryException when it is not there, or too old
   */
  public static void requireLibrary() throws MissingLibraryException {
    LibBpf.require();
  }

  /**
   * Loads maps and programs. Nothing runs before it is attached, nothing stays after a failure.
   *
   * @throws MissingLibraryException without libbpf
   * @throws MissingKernelFeatureException on a kernel that is too old or lacks a tracepoint
   * @throws MissingCapabilityException without CAP_BPF and CAP_PERFMON
   * @throws VerifierRefusalException when the verifier refuses a program
   * @throws BpfException when the kernel refuses for another reason
   */
  public LoadedObject load() throws BpfException {
    LibBpf.require();
    Kernel.running().require();
    NativeObject object = prepare();
    int result = object.load();
    if (result < 0) {
      object.close();
      throw new LoadFailure(this, -result).explain();
    }
    return new LoadedObject(this, object);
  }

  ObjectFile file() {
    return file;
  }

  /** The programs that are to be loaded, in the order in which libbpf loads them. */
  List<String> programs() {
    return file.programs().stream().filter(this::loads).toList();
  }

  /** A new object of libbpf with all that was chosen here. */
  NativeObject prepare() throws BpfException {
    NativeObject object = NativeObject.open(file);
    try {
      for (Map.Entry<Variable, byte[]> constant : constants.entrySet()) {
        byte[] value = constant.getValue();
        MemorySegment memory = object.initialValue(constant.getKey());
        MemorySegment.copy(value, 0, memory, ValueLayout.JAVA_BYTE, 0, value.length);
      }
      for (Map.Entry<String, Integer> map : entries.entrySet()) {
        object.setMaxEntries(map.getKey(), map.getValue());
      }
      for (Map.Entry<String, Boolean> map : createdMaps.entrySet()) {
        object.setCreated(map.getKey(), map.getValue());
      }
      for (Map.Entry<String, Boolean> program : loadedPrograms.entrySet()) {
        object.setLoaded(program.getKey(), program.getValue());
      }
      return object;
    } catch (BpfException | RuntimeException e) {
      object.close();
      throw e;
    }
  }

  private boolean loads(String program) {
    return loadedPrograms.getOrDefault(program, !file.hook(program).startsWith("?"));
  }

  private Variable constant(String name) {
    Variable variable = file.variable(name);
    if (!variable.constant()) {
      throw new IllegalArgumentException(
          name + " is no constant but lies in " + variable.section() + ": write to it when loaded");
    }
    return variable;
  }
}
