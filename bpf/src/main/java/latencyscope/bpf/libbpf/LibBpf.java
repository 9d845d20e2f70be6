package latencyscope.bpf.libbpf;

import latencyscope.bpf.error.MissingLibraryException;
import latencyscope.bpf.ffm.Libc;
import latencyscope.bpf.ffm.NativeFunction;
import latencyscope.bpf.ffm.NativeLibrary;

/**
 * The calls of libbpf (1.0 or later, by its soname {@code libbpf.so.1}) that this package makes.
 *
 * <p>Since 1.0 a libbpf function that fails returns a negative error number, or NULL with errno
 * set. These are the C functions and nothing more; {@link NativeObject} and {@link KernelMap} give
 * them meaning.
 *
 * <p>A NULL that comes back is a segment whose {@code address()} is 0, and never equal to {@link
 * MemorySegment#NULL} by reference.
 */
final class LibBpf {
  private static final NativeLibrary LIBRARY = NativeLibrary.open("libbpf.so.1", "libbpf1");

  private static final NativeFunction SET_PRINT = LIBRARY.bind("libbpf_set_print");

  // Objects
  static final NativeFunction OBJECT_OPEN_MEM = LIBRARY.bind("bpf_object__open_mem");
  static final NativeFunction OBJECT_LOAD = LIBRARY.bind("bpf_object__load");
  static final NativeFunction OBJECT_CLOSE = LIBRARY.bind("bpf_object__close");
  static final NativeFunction FIND_MAP = LIBRARY.bind("bpf_object__find_map_by_name");
  static final NativeFunction FIND_PROGRAM = LIBRARY.bind("bpf_object__find_program_by_name");

  // Programs and links
  static final NativeFunction PROGRAM_FD = LIBRARY.bind("bpf_program__fd");
  static final NativeFunction PROGRAM_SET_AUTOLOAD = LIBRARY.bind("bpf_program__set_autoload");
  static final NativeFunction PROGRAM_SET_LOG_BUF = LIBRARY.bind("bpf_program__set_log_buf");
  static final NativeFunction PROGRAM_SET_LOG_LEVEL = LIBRARY.bind("bpf_program__set_log_level");
  static final NativeFunction PROGRAM_ATTACH = LIBRARY.bind("bpf_program__attach");
  static final NativeFunction ATTACH_PERF_EVENT = LIBRARY.bind("bpf_program__attach_perf_event");
  static final NativeFunction LINK_FD = LIBRARY.bind("bpf_link__fd");
  static final NativeFunction LINK_DESTROY = LIBRARY.bind("bpf_link__destroy");
  static final NativeFunction ITER_CREATE = LIBRARY.bind("bpf_iter_create");

  // Maps
  static final NativeFunction MAP_FD = LIBRARY.bind("bpf_map__fd");
  static final NativeFunction MAP_TYPE = LIBRARY.bind("bpf_map__type");
  static final NativeFunction MAP_KEY_SIZE = LIBRARY.bind("bpf_map__key_size");
  static final NativeFunction MAP_VALUE_SIZE = LIBRARY.bind("bpf_map__value_size");
  static final NativeFunction MAP_MAX_ENTRIES = LIBRARY.bind("bpf_map__max_entries");
  static final NativeFunction MAP_SET_MAX_ENTRIES = LIBRARY.bind("bpf_map__set_max_entries");
  static final NativeFunction MAP_SET_AUTOCREATE = LIBRARY.bind("bpf_map__set_autocreate");
  static final NativeFunction MAP_INITIAL_VALUE = LIBRARY.bind("bpf_map__initial_value");
  static final NativeFunction UPDATE = LIBRARY.bind("bpf_map_update_elem");
  static final NativeFunction LOOKUP = LIBRARY.bind("bpf_map_lookup_elem");
  static final NativeFunction TAKE = LIBRARY.bind("bpf_map_lookup_and_delete_elem");
  static final NativeFunction DELETE = LIBRARY.bind("bpf_map_delete_elem");
  static final NativeFunction NEXT_KEY = LIBRARY.bind("bpf_map_get_next_key");

  // Accounts
  static final NativeFunction OBJECT_INFO = LIBRARY.bind("bpf_obj_get_info_by_fd");
  static final NativeFunction ENABLE_STATS = LIBRARY.bind("bpf_enable_stats");

  static {
    silence();
  }

  private LibBpf() {}

  /**
   * Checks that the library and all its functions are there: to be called before any of them is.
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
      SET_PRINT.integer(0);
    }
  }
}
