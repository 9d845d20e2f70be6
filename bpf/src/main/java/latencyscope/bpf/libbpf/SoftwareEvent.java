package latencyscope.bpf.libbpf;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Events that the kernel itself counts and hands to {@code SEC("perf_event")} programs, each single
 * one: {@code enum perf_sw_ids} of include/uapi/linux/perf_event.h.
 *
 * <p>Nothing in an object says which event such a program is for, so its name does: {@code
 * ls_page_faults_min} is for {@link #PAGE_FAULTS_MIN}, {@code ls_page_faults_min__before_5_17} too.
 */
public enum SoftwareEvent {
  /** A page fault for which nothing had to be read from a device. */
  PAGE_FAULTS_MIN(5),
  /** A page fault that had to wait for a device, or to be tried again. */
  PAGE_FAULTS_MAJ(6);

  /** Section of the programs that handle such events. */
  static final String HOOK = "perf_event";

  private static final String PREFIX = "ls_";

  final int config;

  SoftwareEvent(int config) {
    this.config = config;
  }

  /** The event that a program is named after. */
  public static Optional<SoftwareEvent> of(String program) {
    return Arrays.stream(values()).filter(event -> event.isNameOf(program)).findFirst();
  }

  private boolean isNameOf(String program) {
    String name = PREFIX + name().toLowerCase(Locale.ROOT);
    return program.equals(name) || program.startsWith(name + "__");
  }
}
