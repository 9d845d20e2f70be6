package latencyscope.cli.capture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.cli.console.Machine;
import latencyscope.proc.Capabilities;

/**
 * Something that a capture needs of this machine.
 *
 * @param name what it is
 * @param present whether it is there
 * @param detail what was found
 * @param remedy the command or sentence that helps; null if nothing has to be done
 */
public record Prerequisite(String name, boolean present, String detail, String remedy) {
  private static final int NEEDED_JDK = 25;
  private static final String BROKER = "run/latencyscope/broker.sock";
  private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");
  private static final List<String> LIBRARY_DIRECTORIES =
      List.of(
          "lib/x86_64-linux-gnu",
          "usr/lib/x86_64-linux-gnu",
          "lib/aarch64-linux-gnu",
          "usr/lib/aarch64-linux-gnu",
          "lib64",
          "usr/lib64",
          "lib",
          "usr/lib",
          "usr/local/lib",
          "usr/local/lib64");

  /** What a capture needs, as this machine has it. */
  public static List<Prerequisite> of(Machine machine) {
    List<Prerequisite> all = new ArrayList<>();
    all.add(kernel(machine));
    all.add(btf(machine));
    all.add(privileges(machine));
    all.add(library(machine));
    all.add(jdk());
    return all;
  }

  private static Prerequisite kernel(Machine machine) {
    String release = machine.read("proc/sys/kernel/osrelease").orElse("unknown");
    Matcher matcher = RELEASE.matcher(release);
    boolean present =
        matcher.matches()
            && (Integer.parseInt(matcher.group(1)) > 5
                || Integer.parseInt(matcher.group(1)) == 5
                    && Integer.parseInt(matcher.group(2)) >= 10);
    return new Prerequisite(
        "Linux >= 5.10", present, release, present ? null : "boot a newer kernel");
  }

  private static Prerequisite btf(Machine machine) {
    boolean present = Files.isReadable(machine.file("sys/kernel/btf/vmlinux"));
    return new Prerequisite(
        "BTF of the kernel",
        present,
        "/sys/kernel/btf/vmlinux" + (present ? "" : " cannot be read"),
        present ? null : "boot a kernel built with CONFIG_DEBUG_INFO_BTF=y");
  }

  private static Prerequisite privileges(Machine machine) {
    Capabilities held = Capabilities.of(machine.root());
    String name = "root, or CAP_BPF and CAP_PERFMON, or a broker";
    if (held.allowBpf()) {
      String found = held.has("CAP_SYS_ADMIN") ? "CAP_SYS_ADMIN" : "CAP_BPF, CAP_PERFMON";
      return new Prerequisite(name, true, found + ": captures load their own programs", null);
    }
    String named = System.getenv("LATENCYSCOPE_BROKER");
    Path socket = named == null || named.isEmpty() ? machine.file(BROKER) : Path.of(named);
    return Files.exists(socket)
        ? new Prerequisite(
            name, true, "a broker: it captures your own processes, by the socket " + socket, null)
        : new Prerequisite(
            name,
            false,
            "none",
            "run it with sudo, or once on this host: sudo latencyscope broker");
  }

  private static Prerequisite library(Machine machine) {
    Optional<String> found =
        LIBRARY_DIRECTORIES.stream()
            .map(directory -> directory + "/libbpf.so.1")
            .filter(file -> Files.exists(machine.file(file)))
            .findFirst();
    return new Prerequisite(
        "libbpf >= 1.0",
        found.isPresent(),
        found.map(file -> "/" + file).orElse("libbpf.so.1 was not found in the usual directories"),
        found.isPresent() ? null : "apt-get install libbpf1, or dnf install libbpf");
  }

  private static Prerequisite jdk() {
    boolean present = Runtime.version().feature() >= NEEDED_JDK;
    return new Prerequisite(
        "JDK >= 25",
        present,
        Runtime.version().toString(),
        present ? null : "JAVA_HOME=/path/to/jdk-25 latencyscope doctor");
  }
}
