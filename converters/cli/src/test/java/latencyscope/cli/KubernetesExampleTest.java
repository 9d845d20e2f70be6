package latencyscope.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.ParseResult;

/** The example for Kubernetes names options that exist, and gives what docs/security.md says. */
class KubernetesExampleTest {
  private static final Path FOLDER = Path.of("../../examples/kubernetes");
  private static final String SOCKETS = "/run/latencyscope";

  @Test
  void theBrokerHasItsCapabilitiesAndNoOthers() throws Exception {
    Map<?, ?> pod = map(read("broker.yaml"), "spec", "template", "spec");
    Map<?, ?> broker = container(pod);

    assertEquals(true, pod.get("hostPID"), "it knows its clients by their ids on the host");
    Map<?, ?> context = map(broker, "securityContext");
    assertEquals(
        Map.of("drop", List.of("ALL"), "add", List.of("BPF", "PERFMON", "SYS_PTRACE")),
        context.get("capabilities"));
    assertEquals(false, context.get("allowPrivilegeEscalation"));
    assertFalse(context.containsKey("privileged"));
    assertEquals(List.of(SOCKETS, "/tmp"), mounts(broker));
  }

  @Test
  void theBrokersArgumentsAreThoseOfTheCommandLine() throws Exception {
    Map<?, ?> broker = container(map(read("broker.yaml"), "spec", "template", "spec"));
    String[] arguments = ((List<?>) broker.get("args")).toArray(String[]::new);

    ParseResult parsed =
        Main.commandLine(Console.ofProcess(), Machine.LOCAL).parseArgs(arguments).subcommand();

    assertEquals("broker", parsed.commandSpec().name());
    assertFalse(
        parsed.hasMatchedOption("--socket"), "the engines look where it listens by default");
  }

  @Test
  void theEngineHasNoPrivilege() throws Exception {
    Map<?, ?> engine = container(map(read("engine.yaml"), "spec"));

    assertEquals(
        Map.of("drop", List.of("ALL")), map(engine, "securityContext").get("capabilities"));
    assertEquals(List.of(SOCKETS), mounts(engine));
    assertTrue(
        ((List<?>) engine.get("command"))
            .stream().anyMatch(word -> word.toString().startsWith("-javaagent:")));
  }

  private static Map<?, ?> read(String file) throws IOException {
    LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
    return (Map<?, ?>) new Load(settings).loadFromString(Files.readString(FOLDER.resolve(file)));
  }

  private static Map<?, ?> map(Map<?, ?> map, String... path) {
    Map<?, ?> found = map;
    for (String key : path) {
      found = (Map<?, ?>) found.get(key);
    }
    return found;
  }

  private static Map<?, ?> container(Map<?, ?> pod) {
    List<?> containers = (List<?>) pod.get("containers");
    assertEquals(1, containers.size());
    return (Map<?, ?>) containers.get(0);
  }

  private static List<?> mounts(Map<?, ?> container) {
    return ((List<?>) container.get("volumeMounts"))
        .stream().map(mount -> ((Map<?, ?>) mount).get("mountPath")).toList();
  }
}
