package latencyscope.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TaskAffinityTest {
  private static Optional<TaskAffinity> parse(String state, String more) {
    List<String> lines =
        List.of("Name:\ta\\nTgid: 7", "State:\t" + state, "Tgid:\t4711", "Pid:\t4712", more);
    return TaskAffinity.parse(String.join("\n", lines), "a\nTgid: 7");
  }

  @Test
  void aLivingTaskHasAProcessAndCpus() {
    assertEquals(
        Optional.of(new TaskAffinity(4711, "a\nTgid: 7", "0,2-3")),
        parse("S (sleeping)", "Cpus_allowed_list:\t0,2-3"));
  }

  @Test
  void oneThatWaitsToBeReapedHasEnded() {
    assertTrue(parse("Z (zombie)", "Cpus_allowed_list:\t0").isEmpty());
    assertTrue(parse("X (dead)", "Cpus_allowed_list:\t0").isEmpty());
  }

  @Test
  void whatDoesNotSayAllIsNone() {
    assertTrue(parse("S (sleeping)", "Cpus_allowed:\tf").isEmpty());
    assertTrue(TaskAffinity.parse("", "").isEmpty());
    assertTrue(TaskAffinity.read(Path.of("/proc/0")).isEmpty());
  }

  @Test
  void theRunningThreadIsOne() {
    TaskAffinity own = TaskAffinity.read(Path.of("/proc/thread-self")).orElseThrow();
    assertEquals(ProcessHandle.current().pid(), own.processId());
  }
}
