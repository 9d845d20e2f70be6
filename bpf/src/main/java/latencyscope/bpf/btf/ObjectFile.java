package latencyscope.bpf.btf;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import latencyscope.bpf.error.MalformedObjectException;
import latencyscope.bpf.error.Names;

/**
 * A compiled BPF object and what its BTF says of it: no kernel, no native memory.
 *
 * <p>All of it is read and checked at once, so that nothing asked of it later can turn out
 * malformed. Immutable, safe for use by several threads.
 */
public final class ObjectFile {
  static final String RECORD_PREFIX = "__record_";
  private static final String FOLDER = "/latencyscope/bpf";

  private final String name;
  private final byte[] bytes;
  private final ObjectTypes types;
  private final Map<String, String> hooks;

  private ObjectFile(String name, byte[] bytes) throws MalformedObjectException {
    this.name = name;
    this.bytes = bytes.clone();
    ElfObject elf = ElfObject.read(this.bytes);
    this.types = new ObjectTypes(elf, btf(elf));
    this.hooks = hooks(elf);
  }

  /**
   * Names of the objects that are packed with this class, in alphabetical order.
   *
   * @throws MalformedObjectException when the index is missing or garbled
   */
  public static List<String> index() throws MalformedObjectException {
    return new ObjectIndex(FOLDER).names();
  }

  /**
   * Reads an object that is packed with this class.
   *
   * @param name name of its source without {@code .bpf.c}
   * @throws MalformedObjectException when it is not the one that was built, or cannot be read
   * @throws IllegalArgumentException when the index does not have it
   */
  public static ObjectFile named(String name) throws MalformedObjectException {
    return in(FOLDER, name);
  }

  /**
   * Reads an object from memory.
   *
   * @param bytes a whole ELF file; copied
   * @throws MalformedObjectException when it is no BPF object, or inconsistent anywhere
   */
  public static ObjectFile read(byte[] bytes) throws MalformedObjectException {
    return new ObjectFile("object", bytes);
  }

  static ObjectFile in(String folder, String name) throws MalformedObjectException {
    return new ObjectFile(name, new ObjectIndex(folder).read(name));
  }

  /** Name that it has in the index. */
  public String name() {
    return name;
  }

  /** A copy of the ELF file. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The programs' names in the order of the object, functions that only programs call left out. */
  public List<String> programs() {
    return List.copyOf(hooks.keySet());
  }

  /**
   * Where a program attaches.
   *
   * @param program name of a program
   * @return its section, such as {@code tp_btf/sched_switch}
   * @throws IllegalArgumentException when the object does not have it
   */
  public String hook(String program) {
    return known("program", hooks, program);
  }

  /** The maps' names in the order of declaration, those of global variables left out. */
  public List<String> maps() {
    return List.copyOf(types.maps);
  }

  /**
   * The records that programs send: every {@code struct x} for which the C source has a
   *
   * <pre>{@code
   * const struct x *__record_x __attribute__((unused));
   * }</pre>
   *
   * without which the compiler leaves a struct out of BTF that only {@code bpf_ringbuf_reserve}
   * uses.
   */
  public List<Struct> records() {
    return List.copyOf(types.records.values());
  }

  /**
   * A struct or union, record or not.
   *
   * @param struct C name without the word {@code struct}
   * @throws IllegalArgumentException when the object's BTF does not have it
   */
  public Struct struct(String struct) {
    return known("struct", types.structs, struct);
  }

  /**
   * An enum.
   *
   * @param enumeration C name without the word {@code enum}
   * @throws IllegalArgumentException when the object's BTF does not have it
   */
  public Type.Enumeration enumeration(String enumeration) {
    return known("enum", types.enumerations, enumeration);
  }

  /** The global variables, those that only declare a record left out. */
  public List<Variable> variables() {
    return List.copyOf(types.variables.values());
  }

  /**
   * A global variable.
   *
   * @param variable C name
   * @throws IllegalArgumentException when the object does not have it
   */
  public Variable variable(String variable) {
    return known("variable", types.variables, variable);
  }

  /** Checks a map's name. */
  public String map(String map) {
    if (!types.maps.contains(map)) {
      throw Names.unknown("map", map, name, types.maps);
    }
    return map;
  }

  private <T> T known(String kind, Map<String, T> all, String wanted) {
    T found = all.get(wanted);
    if (found == null) {
      throw Names.unknown(kind, wanted, name, all.keySet());
    }
    return found;
  }

  private static Btf btf(ElfObject elf) throws MalformedObjectException {
    var section = elf.section(".BTF");
    if (section.isEmpty()) {
      throw new MalformedObjectException("the object has no .BTF section: compile it with -g");
    }
    return Btf.read(section.get().bytes());
  }

  private static Map<String, String> hooks(ElfObject elf) {
    Map<String, String> hooks = new LinkedHashMap<>();
    for (ElfObject.Symbol symbol : elf.symbols()) {
      boolean entry = symbol.function() && symbol.global() && symbol.section().executable();
      // What is in .text is called by programs, says libbpf, and is none itself.
      if (entry && !symbol.section().name().equals(".text")) {
        hooks.put(symbol.name(), symbol.section().name());
      }
    }
    return hooks;
  }
}
