package latencyscope.guest.facts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlGroupTest {
  @TempDir Path root;

  private Path file(String name, String text) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  @Test
  void theSecondVersionHasOneFolderForAllControllers() throws Exception {
    file("proc/self/cgroup", "0::/trading.slice/engine\n");
    Path stat = file("sys/fs/cgroup/trading.slice/engine/cpu.stat", "nr_throttled 1\n");
    assertEquals(Optional.of(stat), new ControlGroup(root, "self").find("cpu.stat"));
    assertEquals(Optional.empty(), new ControlGroup(root, "self").find("cpu.pressure"));
  }

  @Test
  void theFirstVersionHasAFolderForTheCpu() throws Exception {
    file("proc/7/cgroup", "4:memory:/other\n2:cpu,cpuacct:/engine\n");
    Path stat = file("sys/fs/cgroup/cpu,cpuacct/engine/cpu.stat", "nr_throttled 1\n");
    assertEquals(Optional.of(stat), new ControlGroup(root, "7").find("cpu.stat"));
  }

  @Test
  void withoutControlGroupsThereIsNothing() {
    assertEquals(Optional.empty(), new ControlGroup(root, "self").find("cpu.stat"));
  }
}
