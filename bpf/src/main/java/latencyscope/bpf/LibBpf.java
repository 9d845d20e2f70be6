package latencyscope.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls of libbpf (1.0 or later, by its soname {@code libbpf.so.1}) that this package makes.
 *
 * <p>Since 1.0 a libbpf function that fails returns a negative error number, or NULL with errno
 * set. The handles are the C functions and nothing more; {@link NativeObject} and {@link KernelMap}
 * give them meaning. A handle whose first parameter is a {@code callState} captures errno.
 *
 * <p>A NULL that comes back is a segment whose {@code address()} is 0, and never equal to {@link
 * MemorySegment#NULL} by reference.
 */
final class LibBpf {
  private static final NativeLibrary LIBRARY = NativeLibrary.open("libbpf.so.1", "libbpf1");

  private static final MethodHandle SET_PRINT = pointer("libbpf_set_print", ADDRESS);

  // Objects
  static final MethodHandle OBJECT_OPEN_MEM =
      checkedPointer("bpf_object__open_mem", ADDRESS, JAVA_LONG, ADDRESS);
  static final MethodHandle OBJECT_LOAD = integer("bpf_object__load", ADDRESS);
  static final MethodHandle OBJECT_CLOSE = nothing("bpf_object__close", ADDRESS);
  static final MethodHandle FIND_MAP =
      checkedPointer("bpf_object__find_map_by_name", ADDRESS, ADDRESS);
  static final MethodHandle FIND_PROGRAM =
      checkedPointer("bpf_object__find_program_by_name", ADDRESS, ADDRESS);

  // Programs and links
  static final MethodHandle PROGRAM_FD = integer("bpf_program__fd", ADDRESS);
  static final MethodHandle PROGRAM_SET_AUTOLOAD =
      integer("bpf_program__set_autoload", ADDRESS, JAVA_BOOLEAN);
  static final MethodHandle PROGRAM_SET_LOG_BUF =
      integer("bpf_program__set_log_buf", ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle PROGRAM_SET_LOG_LEVEL =
      integer("bpf_program__set_log_level", ADDRESS, JAVA_INT);
  static final MethodHandle PROGRAM_ATTACH = checkedPointer("bpf_program__attach", ADDRESS);
  static final MethodHandle ATTACH_PERF_EVENT =
      checkedPointer("bpf_program__attach_perf_event", ADDRESS, JAVA_INT);
  static final MethodHandle LINK_FD = integer("bpf_link__fd", ADDRESS);
  static final MethodHandle LINK_DESTROY = integer("bpf_link__destroy", ADDRESS);
  static final MethodHandle ITER_CREATE = integer("bpf_iter_create", JAVA_INT);

  // Maps
  static final MethodHandle MAP_FD = integer("bpf_map__fd", ADDRESS);
  static final MethodHandle MAP_TYPE = integer("bpf_map__type", ADDRESS);
  static final MethodHandle MAP_KEY_SIZE = integer("bpf_map__key_size", ADDRESS);
  static final MethodHandle MAP_VALUE_SIZE = integer("bpf_map__value_size", ADDRESS);
  static final MethodHandle MAP_MAX_ENTRIES = integer("bpf_map__max_entries", ADDRESS);
  static final MethodHandle MAP_SET_MAX_ENTRIES =
      integer("bpf_map__set_max_entries", ADDRESS, JAVA_INT);
  static final MethodHandle MAP_SET_AUTOCREATE =
      integer("bpf_map__set_autocreate", ADDRESS, JAVA_BOOLEAN);
  static final MethodHandle MAP_INITIAL_VALUE =
      checkedPointer("bpf_map__initial_value", ADDRESS, ADDRESS);
  static final MethodHandle UPDATE =
      integer("bpf_map_update_elem", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle LOOKUP = integer("bpf_map_lookup_elem", JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle TAKE =
      integer("bpf_map_lookup_and_delete_elem", JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle DELETE = integer("bpf_map_delete_elem", JAVA_INT, ADDRESS);
  static final MethodHandle NEXT_KEY = integer("bpf_map_get_next_key", JAVA_INT, ADDRESS, ADDRESS);

  // Accounts
  static final MethodHandle OBJECT_INFO =
      integer("bpf_obj_get_info_by_fd", JAVA_INT, ADDRESS, ADDRESS);
  static final MethodHandle ENABLE_STATS = integer("bpf_enable_stats", JAVA_INT);

  static {
    silence();
  }

  private LibBpf() {}

  /**
   * Checks that the library and all its functions are there: to be called before any handle is.
   *
   * @throws MissingLibraryException when one is not
   */
  static void require() throws MissingLibraryException {
    LIBRARY.require();
    Libc.require();
  }

  /** libbpf would print its warnings into the engine's stderr. */
  private static void silence() {
    if (SET_PRINT != null) {
      Downcall.run(() -> (MemorySegment) SET_PRINT.invokeExact(MemorySegment.NULL));
    }
  }

  private static MethodHandle integer(String function, MemoryLayout... parameters) {
    return LIBRARY.bind(function, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  private static MethodHandle nothing(String function, MemoryLayout... parameters) {
    return LIBRARY.bind(function, FunctionDescriptor.ofVoid(parameters));
  }

  private static MethodHandle pointer(String function, MemoryLayout... parameters) {
    return LIBRARY.bind(function, FunctionDescriptor.of(ADDRESS, parameters));
  }

  private static MethodHandle checkedPointer(String function, MemoryLayout... parameters) {
    return LIBRARY.bind(function, FunctionDescriptor.of(ADDRESS, parameters), Downcall.CAPTURE);
  }
}
