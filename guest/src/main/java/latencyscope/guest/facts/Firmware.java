package latencyscope.guest.facts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import latencyscope.guest.facts.HostFacts.Fact;

/**
 * What the host's vendor has set below the kernel, as far as the kernel shows it to every user. An
 * update of it changes latency as an update of the kernel does. What a host does not have, such as
 * a virtual machine, is left out. Stateless.
 */
final class Firmware {
  private static final Pattern MICROCODE = Pattern.compile("(?m)^microcode\\s*:\\s*(\\S+)$");
  private static final Pattern MODEL = Pattern.compile("(?m)^model name\\s*:\\s*(.+)$");
  private static final String DMI = "sys/class/dmi/id/";
  private static final String CPU_INFO = "proc/cpuinfo";

  private final HostFacts host;

  /** Of a host, whose files it reads. */
  Firmware(HostFacts host) {
    this.host = host;
  }

  /** All facts that this host provides. */
  List<Fact> read() {
    List<Fact> facts = new ArrayList<>();
    host.file("server", DMI + "product_name").ifPresent(facts::add);
    host.file("bios_vendor", DMI + "bios_vendor").ifPresent(facts::add);
    host.file("bios_version", DMI + "bios_version").ifPresent(facts::add);
    host.file("bios_date", DMI + "bios_date").ifPresent(facts::add);
    String cpus = host.text(CPU_INFO).orElse("");
    first(MODEL, cpus).ifPresent(model -> facts.add(new Fact("cpu_model", model, "/" + CPU_INFO)));
    first(MICROCODE, cpus)
        .ifPresent(version -> facts.add(new Fact("microcode", version, "/" + CPU_INFO)));
    turbo().ifPresent(facts::add);
    return facts;
  }

  /** Whether CPUs may run above their nominal frequency: either driver has its own file. */
  private Optional<Fact> turbo() {
    String intel = "sys/devices/system/cpu/intel_pstate/no_turbo";
    String others = "sys/devices/system/cpu/cpufreq/boost";
    Optional<String> none = host.text(intel);
    return none.isPresent()
        ? none.map(off -> new Fact("turbo", off.equals("0") ? "on" : "off", "/" + intel))
        : host.text(others)
            .map(on -> new Fact("turbo", on.equals("0") ? "off" : "on", "/" + others));
  }

  private static Optional<String> first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1).strip()) : Optional.empty();
  }
}
