package latencyscope.guest.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirmwareTest {
  private static final String CPUS = "sys/devices/system/cpu/";

  @TempDir Path root;

  private void file(String name, String text) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }

  private Map<String, String> facts() {
    return new Firmware(new HostFacts(root))
        .read().stream().collect(Collectors.toMap(f -> f.name(), f -> f.value()));
  }

  @Test
  void aServerTellsItsFirmware() throws Exception {
    file("sys/class/dmi/id/product_name", "PowerEdge R650 ");
    file("sys/class/dmi/id/bios_vendor", "Dell Inc.");
    file("sys/class/dmi/id/bios_version", "1.12.1");
    file("sys/class/dmi/id/bios_date", "09/04/2024");
    file(
        "proc/cpuinfo",
        "processor\t: 0\nmodel name\t: Xeon 8358 @ 2.60GHz\nmicrocode\t: 0xd0003d1");
    file(CPUS + "intel_pstate/no_turbo", "1");
    assertEquals(
        Map.of(
            "server", "PowerEdge R650",
            "bios_vendor", "Dell Inc.",
            "bios_version", "1.12.1",
            "bios_date", "09/04/2024",
            "cpu_model", "Xeon 8358 @ 2.60GHz",
            "microcode", "0xd0003d1",
            "turbo", "off"),
        facts());
  }

  @Test
  void otherDriversNameTheSameThingBoost() throws Exception {
    file(CPUS + "cpufreq/boost", "1");
    assertEquals(Map.of("turbo", "on"), facts());
  }

  @Test
  void aHostThatTellsNothingHasNoFacts() {
    assertEquals(Map.of(), facts());
  }
}
