package latencyscope.proc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of Linux capabilities, as in {@code capabilities(7)}.
 *
 * @param mask one bit for each, in the numbering of linux/capability.h
 */
public record Capabilities(long mask) {
  // In the order of linux/capability.h, from bit 0.
  private static final String[] NAMES =
      ("CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE"
              + " NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE"
              + " SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE"
              + " SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL"
              + " SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON"
              + " BPF CHECKPOINT_RESTORE")
          .split(" ");

  /** The effective ones of this process. */
  public static Capabilities held() {
    return of(Path.of("/"));
  }

  /** {@code CapEff} of {@code /proc/self/status} under a root; none where it cannot be read. */
  public static Capabilities of(Path root) {
    try {
      return KernelFile.text(root.resolve("proc/self/status"))
          .lines()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> line.substring("CapEff:".length()).strip())
          .map(mask -> new Capabilities(Long.parseUnsignedLong(mask, 16)))
          .findFirst()
          .orElse(new Capabilities(0));
    } catch (IOException | NumberFormatException unreadable) {
      return new Capabilities(0);
    }
  }

  /**
   * Whether one is in the set.
   *
   * @param name such as {@code CAP_BPF}
   * @throws IllegalArgumentException when no capability has that name
   */
  public boolean has(String name) {
    return (mask >>> number(name) & 1) != 0;
  }

  /**
   * The number of a capability in linux/capability.h.
   *
   * @param name such as {@code CAP_BPF}
   * @throws IllegalArgumentException when no capability has that name
   */
  public static int number(String name) {
    int bit = names().indexOf(name);
    if (bit < 0) {
      throw new IllegalArgumentException(
          "Linux has no capability " + name + "; there are: " + String.join(", ", names()));
    }
    return bit;
  }

  /** Whether they suffice to load and attach tracing programs. */
  public boolean allowBpf() {
    return has("CAP_SYS_ADMIN") || has("CAP_BPF") && has("CAP_PERFMON");
  }

  /** The names, such as {@code CAP_KILL CAP_BPF}; {@code none} for the empty set. */
  @Override
  public String toString() {
    List<String> held = names().stream().filter(this::has).toList();
    return held.isEmpty() ? "none" : String.join(" ", held);
  }

  private static List<String> names() {
    List<String> names = new ArrayList<>();
    for (String name : NAMES) {
      names.add("CAP_" + name);
    }
    return names;
  }
}
