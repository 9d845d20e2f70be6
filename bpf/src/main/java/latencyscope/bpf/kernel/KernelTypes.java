package latencyscope.bpf.kernel;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import latencyscope.bpf.btf.Btf;
import latencyscope.bpf.btf.Bytes;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.btf.TypeReader;
import latencyscope.bpf.error.MalformedObjectException;

/**
 * What the running kernel's own BTF says of types that differ from kernel to kernel.
 *
 * <p>It is some ten megabytes, which are read for a question and not kept. Safe for use by several
 * threads.
 */
public final class KernelTypes {
  private static final KernelTypes RUNNING = new KernelTypes(Path.of("/"));
  private static final String TRACEPOINT = "btf_trace_";
  private static final long MEMBER_BYTES = 12;

  /** No type has this number but void. */
  private static final int NONE = 0;

  private final Path file;
  private final Map<String, Integer> structs = new ConcurrentHashMap<>();
  private SoftReference<Btf> read = new SoftReference<>(null);

  private KernelTypes(Path root) {
    file = root.resolve("sys/kernel/btf/vmlinux");
  }

  /** Those of the kernel that this process runs on. */
  public static KernelTypes running() {
    return RUNNING;
  }

  /** Those of the kernel that a copy of {@code /sys} under another root describes. */
  static KernelTypes at(Path root) {
    return new KernelTypes(root);
  }

  /**
   * An enum of the kernel.
   *
   * @param name C name without the word {@code enum}
   * @return empty if the kernel has none of this name, or its types cannot be read
   */
  public Optional<Type.Enumeration> enumeration(String name) {
    try {
      Btf btf = btf();
      for (int type = 1; type < btf.count(); type++) {
        int kind = btf.kind(type);
        if ((kind == Btf.ENUM || kind == Btf.ENUM64) && btf.name(type).equals(name)) {
          return Optional.of(new TypeReader(btf).enumeration(type));
        }
      }
    } catch (IOException | MalformedObjectException e) {
      // As if it had none: callers must do without on older kernels anyway.
    }
    return Optional.empty();
  }

  /**
   * How many arguments a raw tracepoint hands to its programs; 0 if the kernel does not have it, or
   * its types cannot be read.
   */
  public int tracepointArguments(String name) {
    try {
      Btf btf = btf();
      for (int type = 1; type < btf.count(); type++) {
        if (btf.kind(type) == Btf.TYPEDEF && btf.name(type).equals(TRACEPOINT + name)) {
          // A pointer to a function, whose first parameter is the tracepoint's own.
          return btf.entries(btf.sizeOrType(btf.sizeOrType(type))) - 1;
        }
      }
    } catch (IOException | MalformedObjectException e) {
      // As above.
    }
    return 0;
  }

  /**
   * Where a variable of the kernel's own lies in each CPU's area; empty if the kernel has none of
   * this name, or its types cannot be read.
   */
  public OptionalLong perCpuOffset(String name) {
    try {
      Btf btf = btf();
      for (int type = btf.count() - 1; type > 0; type--) {
        // Newer kernels have the variables of other sections in there, too.
        if (btf.kind(type) == Btf.DATASEC && btf.name(type).endsWith("data..percpu")) {
          return perCpuOffset(btf, type, name);
        }
      }
    } catch (IOException | MalformedObjectException e) {
      // As above.
    }
    return OptionalLong.empty();
  }

  private static OptionalLong perCpuOffset(Btf btf, int section, String name)
      throws MalformedObjectException {
    Bytes variables = btf.detail(section);
    for (int i = 0; i < btf.entries(section); i++) {
      if (btf.name(variables.u32(i * MEMBER_BYTES)).equals(name)) {
        return OptionalLong.of(variables.u32(i * MEMBER_BYTES + Integer.BYTES));
      }
    }
    return OptionalLong.empty();
  }

  /**
   * The name of the type that a structure's member is declared with, such as {@code spinlock_t}; ""
   * if that type has none.
   *
   * @param struct C name without the word {@code struct}
   * @return empty if the kernel has no such structure or member, or its types cannot be read
   */
  public Optional<String> memberType(String struct, String member) {
    try {
      Btf btf = btf();
      int type = struct(btf, struct);
      return type == NONE ? Optional.empty() : memberType(btf, type, member);
    } catch (IOException | MalformedObjectException e) {
      return Optional.empty(); // as above
    }
  }

  private static Optional<String> memberType(Btf btf, int struct, String member)
      throws MalformedObjectException {
    Bytes members = btf.detail(struct);
    for (int i = 0; i < btf.entries(struct); i++) {
      if (btf.string(members.u32(i * MEMBER_BYTES)).equals(member)) {
        return Optional.of(btf.name(members.u32(i * MEMBER_BYTES + Integer.BYTES)));
      }
    }
    return Optional.empty();
  }

  /**
   * Where a member lies in a structure of the kernel, in bytes from the structure's begin.
   *
   * <p>A program that asks for it with CO-RE cannot do without {@code CAP_SYS_ADMIN} where the
   * kernel itself has no such structure: libbpf then looks for it in all modules, and only that
   * capability may list them ({@code BPF_BTF_GET_NEXT_ID}).
   *
   * @param struct C name without the word {@code struct}
   * @return empty if the kernel has no such structure or member, or its types cannot be read
   */
  public OptionalLong memberOffset(String struct, String member) {
    try {
      Btf btf = btf();
      int type = struct(btf, struct);
      return type == NONE ? OptionalLong.empty() : memberOffset(btf, type, member);
    } catch (IOException | MalformedObjectException e) {
      return OptionalLong.empty(); // as above
    }
  }

  private static OptionalLong memberOffset(Btf btf, long struct, String member)
      throws MalformedObjectException {
    Bytes members = btf.detail(struct);
    for (int i = 0; i < btf.entries(struct); i++) {
      String name = btf.string(members.u32(i * MEMBER_BYTES));
      long type = members.u32(i * MEMBER_BYTES + Integer.BYTES);
      long bits = members.u32(i * MEMBER_BYTES + 2 * Integer.BYTES);
      // With the flag, the upper eight bits are the width of a bit field.
      long offset = (btf.flag(struct) ? bits & 0xffffff : bits) / Byte.SIZE;
      if (name.equals(member)) {
        return OptionalLong.of(offset);
      }
      boolean nested = btf.kind(type) == Btf.STRUCT || btf.kind(type) == Btf.UNION;
      OptionalLong inside =
          name.isEmpty() && nested ? memberOffset(btf, type, member) : OptionalLong.empty();
      if (inside.isPresent()) {
        return OptionalLong.of(offset + inside.getAsLong());
      }
    }
    return OptionalLong.empty();
  }

  /** The number of a structure; {@link #NONE} if the kernel has none of this name. */
  private int struct(Btf btf, String name) throws MalformedObjectException {
    // The kernel has 10,000 of them, and modules ask for the same few while they are loaded.
    Integer known = structs.get(name);
    if (known == null) {
      known = NONE;
      for (int type = 1; type < btf.count() && known == NONE; type++) {
        known = btf.kind(type) == Btf.STRUCT && btf.name(type).equals(name) ? type : NONE;
      }
      structs.put(name, known);
    }
    return known;
  }

  private synchronized Btf btf() throws IOException, MalformedObjectException {
    Btf btf = read.get();
    if (btf == null) {
      btf = Btf.read(Bytes.ofFile("the kernel's BTF", file));
      read = new SoftReference<>(btf);
    }
    return btf;
  }
}
