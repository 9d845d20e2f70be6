package latencyscope.guest.facts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import latencyscope.guest.hotspot.JvmArguments;
import latencyscope.jfr.capture.HostFact;
import latencyscope.jfr.schema.HostSetting;
import latencyscope.proc.KernelFile;

/**
 * The settings of this host that latency depends on, as the kernel's own files show them. What a
 * host does not have is left out. Stateless.
 */
public final class HostFacts {
  private static final Pattern CHOSEN = Pattern.compile("\\[(\\S+)]");
  private static final String RELEASE = "proc/sys/kernel/osrelease";
  private static final String CPUS = "sys/devices/system/cpu";

  private final Path root;

  /** Reads below this folder, which is {@code /} but in tests. */
  public HostFacts(Path root) {
    this.root = root;
  }

  /**
   * One fact.
   *
   * @param source file that says so
   */
  public record Fact(String name, String value, String source) {
    /** The event that says so. */
    public HostFact event() {
      HostFact event = new HostFact();
      event.name = name;
      event.value = value;
      event.source = source;
      return event;
    }

    /** Commits it to the flight recorder of this JVM. */
    public void commit() {
      event().commit();
    }
  }

  /** All facts that this host provides. */
  public List<Fact> read() {
    List<Fact> facts = new ArrayList<>();
    option("rcu_nocbs").ifPresent(facts::add);
    option("isolcpus").ifPresent(facts::add);
    option("nohz_full").ifPresent(facts::add);
    option("mitigations").ifPresent(facts::add);
    mitigations().ifPresent(facts::add);
    governors().ifPresent(facts::add);
    deepestIdleState().ifPresent(facts::add);
    file("hostname", "proc/sys/kernel/hostname").ifPresent(facts::add);
    // Of containers on one host, the names differ and this does not.
    file("boot_id", "proc/sys/kernel/random/boot_id").ifPresent(facts::add);
    file("clocksource", "sys/devices/system/clocksource/clocksource0/current_clocksource")
        .ifPresent(facts::add);
    chosen("transparent_hugepage", "sys/kernel/mm/transparent_hugepage/enabled")
        .ifPresent(facts::add);
    chosen("transparent_hugepage_defrag", "sys/kernel/mm/transparent_hugepage/defrag")
        .ifPresent(facts::add);
    file("swappiness", "proc/sys/vm/swappiness").ifPresent(facts::add);
    file("numa_balancing", "proc/sys/kernel/numa_balancing").ifPresent(facts::add);
    file("sched_rt_runtime_us", "proc/sys/kernel/sched_rt_runtime_us").ifPresent(facts::add);
    file("nmi_watchdog", "proc/sys/kernel/nmi_watchdog").ifPresent(facts::add);
    file("smt", CPUS + "/smt/active").ifPresent(facts::add);
    file("numa_nodes", "sys/devices/system/node/online").ifPresent(facts::add);
    facts.addAll(new Firmware(this).read());
    throttling().ifPresent(facts::add);
    cgroups().ifPresent(facts::add);
    swap().ifPresent(facts::add);
    addSettings(facts);
    return facts;
  }

  /** Every setting that a remedy may change: its value, or that this kernel does not have it. */
  private void addSettings(List<Fact> facts) {
    if (text(RELEASE).isEmpty()) {
      return; // what cannot be read is not absent
    }
    Set<String> known = facts.stream().map(Fact::name).collect(Collectors.toSet());
    for (HostSetting setting : HostSetting.values()) {
      if (!known.contains(setting.fact())) {
        String file = setting.file().substring(1);
        boolean isThere = Files.exists(root.resolve(file));
        String value = isThere ? text(file).orElse("none") : HostSetting.ABSENT;
        facts.add(new Fact(setting.fact(), value, setting.file()));
      }
    }
  }

  /**
   * The options of the kernel's build that boot options depend on; empty if it is unknown. Takes
   * some milliseconds, and does not change.
   */
  public List<Fact> kernelConfig() {
    String stored = "boot/config-" + text(RELEASE).orElse("");
    for (String file : List.of("proc/config.gz", stored)) {
      try (InputStream in = Files.newInputStream(root.resolve(file));
          InputStream plain = file.endsWith(".gz") ? new GZIPInputStream(in) : in) {
        String text = new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        return Stream.of("CONFIG_CPU_ISOLATION", "CONFIG_RCU_NOCB_CPU")
            .map(option ->
                new Fact(
                    option, text.contains(option + "=y") ? "y" : HostSetting.ABSENT, "/" + file))
            .toList();
      } catch (IOException e) {
        continue; // the next one
      }
    }
    return List.of();
  }

  /** Which version of control groups has the controllers. */
  private Optional<Fact> cgroups() {
    String folder = "sys/fs/cgroup";
    if (Files.exists(root.resolve(folder + "/cgroup.controllers"))) {
      return Optional.of(new Fact("cgroup", "v2", "/" + folder));
    }
    return Files.exists(root.resolve(folder + "/cpu"))
        ? Optional.of(new Fact("cgroup", "v1", "/" + folder))
        : Optional.empty();
  }

  /** How many devices memory may be swapped out to: a line each, behind the heading. */
  private Optional<Fact> swap() {
    return text("proc/swaps")
        .map(text ->
            new Fact("swap_devices", String.valueOf(text.lines().count() - 1), "/proc/swaps"));
  }

  /** The flags that this JVM was started with; empty if it is unknown. */
  public static Optional<Fact> jvmFlags() {
    try {
      return Optional.of(
          new Fact("jvm_flags", String.join(" ", JvmArguments.read()), "HotSpot's Arguments"));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether something moves interrupts about: then their masks are not what one has set. Looks at
   * every process, so not to be asked by a thread that somebody waits for.
   */
  public Fact irqBalancer() {
    for (Path process : list(root.resolve("proc"), "[0-9]*")) {
      if (text("proc/" + process.getFileName() + "/comm")
          .filter("irqbalance"::equals)
          .isPresent()) {
        return new Fact("irqbalance", "running, pid " + process.getFileName(), "/proc");
      }
    }
    return new Fact("irqbalance", "not running", "/proc");
  }

  /** The share of the CPUs that the group of this process may use, where there is a limit. */
  private Optional<Fact> throttling() {
    CpuQuota quota = new CpuQuota(root, "self");
    return quota.limit().map(limit -> new Fact("cpu_quota", limit, quota.source()));
  }

  /** What a file says; empty if this host does not have it. */
  Optional<Fact> file(String name, String file) {
    return text(file).map(text -> new Fact(name, text, "/" + file));
  }

  /** Of a file that lists all choices, the one in brackets. */
  private Optional<Fact> chosen(String name, String file) {
    return text(file)
        .map(CHOSEN::matcher)
        .filter(Matcher::find)
        .map(found -> new Fact(name, found.group(1), "/" + file));
  }

  /** An option of the kernel's command line. */
  private Optional<Fact> option(String name) {
    return text("proc/cmdline").stream()
        .flatMap(line -> Stream.of(line.split("\\s+")))
        .filter(word -> word.startsWith(name + "="))
        .findFirst()
        .map(word -> new Fact(name, word.substring(name.length() + 1), "/proc/cmdline"));
  }

  /** The weaknesses of this CPU that the kernel works around, which costs on each system call. */
  private Optional<Fact> mitigations() {
    String folder = CPUS + "/vulnerabilities";
    Map<String, String> mitigated = new TreeMap<>();
    for (Path file : list(root.resolve(folder), "*")) {
      text(folder + "/" + file.getFileName())
          .filter(text -> text.startsWith("Mitigation"))
          .ifPresent(text -> mitigated.put(file.getFileName().toString(), text));
    }
    return mitigated.isEmpty()
        ? Optional.empty()
        : Optional.of(new Fact("mitigated", String.join(" ", mitigated.keySet()), "/" + folder));
  }

  /** The frequency governors in force: one, unless CPUs differ. */
  private Optional<Fact> governors() {
    Map<String, Integer> cpus = new TreeMap<>();
    for (Path cpu : list(root.resolve(CPUS), "cpu[0-9]*")) {
      text(CPUS + "/" + cpu.getFileName() + "/cpufreq/scaling_governor")
          .ifPresent(governor -> cpus.merge(governor, 1, Integer::sum));
    }
    return cpus.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Fact(
                "governor",
                String.join("+", cpus.keySet()),
                "/" + CPUS + "/cpu*/cpufreq/scaling_governor"));
  }

  /** The idle state that takes longest to leave, of those that the first CPU may enter. */
  private Optional<Fact> deepestIdleState() {
    String folder = CPUS + "/cpu0/cpuidle";
    Map<Long, String> byLatencyUs = new LinkedHashMap<>();
    for (Path state : list(root.resolve(folder), "state*")) {
      String of = folder + "/" + state.getFileName() + "/";
      if (text(of + "disable").filter("1"::equals).isEmpty()) {
        text(of + "latency")
            .ifPresent(us -> byLatencyUs.put(Long.parseLong(us), text(of + "name").orElse("?")));
      }
    }
    return byLatencyUs.entrySet().stream()
        .max(Comparator.comparing(Map.Entry::getKey))
        .map(deepest ->
            new Fact(
                "deepest_idle_state",
                deepest.getValue() + ", " + deepest.getKey() + " us to leave",
                "/" + folder));
  }

  private static List<Path> list(Path folder, String glob) {
    List<Path> files = new ArrayList<>();
    try (var found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(files::add);
    } catch (IOException e) {
      return List.of(); // this host has no such thing
    }
    return files;
  }

  /** The text of a file below the root; empty if there is none. */
  Optional<String> text(String file) {
    return KernelFile.find(root.resolve(file)).filter(t -> !t.isEmpty());
  }
}
