package latencyscope.agent.module;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import latencyscope.agent.record.KernelConstants;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.btf.Type;
import latencyscope.bpf.btf.Variable;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.kernel.KernelTypes;
import latencyscope.bpf.libbpf.KernelObject;

/**
 * The constants that a module may get before it is loaded: it declares the {@code const volatile}
 * variables that it wants to know, and gets those. Immutable.
 *
 * <p>Beside those of a name, {@code arguments_of_X} is how many arguments tracepoint X has on this
 * kernel, {@code has_hook_X} whether it has that tracepoint, {@code percpu_offset_X} where the
 * per-CPU variable X lies in each CPU's area, {@code member_offset_X__Y} where the member Y lies in
 * the structure X that not every kernel has, and {@code names_of_X} a table of the names of the
 * kernel's enum X.
 */
final class ModuleConstants {
  private static final String ARGUMENTS = "arguments_of_";
  private static final String NAMES = "names_of_";
  private static final String TRACEPOINT = "tp_btf/";
  private static final String HAS_HOOK = "has_hook_";
  private static final String PERCPU_OFFSET = "percpu_offset_";
  private static final String MEMBER_OFFSET = "member_offset_";
  private static final String MEMBER = "__";

  private final Map<String, BiConsumer<KernelObject, String>> known = new TreeMap<>();

  private final Kernel kernel;
  private final NetworkScope network;

  ModuleConstants(Kernel kernel, NetworkScope network) {
    this.kernel = kernel;
    this.network = network;
    known.put("switch_has_state", since(kernel, KernelChange.SWITCH_STATE));
    long sockets = SocketStorage.missing(kernel) == null ? 1 : 0;
    known.put("has_socket_storage", (object, name) -> object.constant(name, sockets));
    known.put("target_netns", (object, name) -> object.constant(name, network.namespace()));
    known.put("interface_name", (object, name) -> object.constant(name, network.nameWords()));
    known.put("interface_mask", (object, name) -> object.constant(name, network.nameMask()));
  }

  private static BiConsumer<KernelObject, String> since(Kernel kernel, KernelChange change) {
    long there = change.isIn(kernel.version()) ? 1 : 0;
    return (object, name) -> object.constant(name, there);
  }

  /**
   * Sets all constants that a module declares.
   *
   * @param problems takes a sentence on what was asked of it and cannot be
   */
  void setAll(KernelObject object, ObjectFile file, Consumer<String> problems) {
    for (Variable variable : file.variables()) {
      String name = variable.name();
      if (name.equals("interface_name") && network.problem() != null) {
        problems.accept(network.problem());
      }
      if (name.startsWith(ARGUMENTS)) {
        String tracepoint = name.substring(ARGUMENTS.length());
        object.constant(name, KernelTypes.running().tracepointArguments(tracepoint));
      } else if (name.startsWith(HAS_HOOK)) {
        object.constant(
            name, kernel.hasHook(TRACEPOINT + name.substring(HAS_HOOK.length())) ? 1 : 0);
      } else if (name.startsWith(PERCPU_OFFSET)) {
        KernelTypes.running()
            .perCpuOffset(name.substring(PERCPU_OFFSET.length()))
            .ifPresent(offset -> object.constant(name, offset));
      } else if (name.startsWith(MEMBER_OFFSET)) {
        int member = name.indexOf(MEMBER);
        KernelTypes.running()
            .memberOffset(
                name.substring(MEMBER_OFFSET.length(), member),
                name.substring(member + MEMBER.length()))
            .ifPresent(offset -> object.constant(name, offset));
      } else if (name.startsWith(NAMES)) {
        object.constant(name, names(variable));
      } else {
        Optional.ofNullable(known.get(name)).ifPresent(constant -> constant.accept(object, name));
      }
    }
  }

  private static byte[] names(Variable variable) {
    if (variable.type() instanceof Type.Array(Type.Chars(int bytes), int rows)) {
      return KernelConstants.table(variable.name().substring(NAMES.length()), rows, bytes);
    }
    throw new IllegalArgumentException(variable.name() + " is no table of texts");
  }
}
