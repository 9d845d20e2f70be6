package latencyscope.bpf;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.Optional;

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

  private final Path file;
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
      // As if it had none: whoever asks must do without on older kernels anyway.
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
   * The name of the type that a structure's member is declared with, such as {@code spinlock_t}; ""
   * if that type has none.
   *
   * @param struct C name without the word {@code struct}
   * @return empty if the kernel has no such structure or member, or its types cannot be read
   */
  public Optional<String> memberType(String struct, String member) {
    try {
      Btf btf = btf();
      for (int type = 1; type < btf.count(); type++) {
        if (btf.kind(type) == Btf.STRUCT && btf.name(type).equals(struct)) {
          return memberType(btf, type, member);
        }
      }
    } catch (IOException | MalformedObjectException e) {
      // As above.
    }
    return Optional.empty();
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

  private synchronized Btf btf() throws IOException, MalformedObjectException {
    Btf btf = read.get();
    if (btf == null) {
      btf = Btf.read(Bytes.ofFile("the kernel's BTF", file));
      read = new SoftReference<>(btf);
    }
    return btf;
  }
}
