package latencyscope.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import latencyscope.audit.Audit;
import latencyscope.audit.output.AuditJson;
import latencyscope.audit.output.AuditText;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.ResultOutput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists what of a host stands against low latency. */
@Command(
    name = "audit",
    description = {
      "List what of this host stands against low latency: CPUs, interrupts, memory, network, the"
          + " control group and JVM of a process.",
      "",
      "Each setting has its value, the wanted one, the reason and the command. Nothing is changed."
    },
    exitCodeList = {
      "0:nothing stands against it",
      "1:something does",
      "3:could not run: usage, no such folder"
    },
    footer = {
      "",
      "Examples:",
      "  latencyscope audit --pid PID",
      "  latencyscope audit --root /mnt/sosreport --json"
    })
final class AuditCommand extends Main.Common implements Callable<Integer> {
  private final Console console;
  private final Machine machine;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Read a copy of another machine's proc and sys in DIR instead of this host.")
  private Path root;

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      description = "Also read the control group and the JVM flags of a process.")
  private Long pid;

  @Option(names = "--json", description = "Write JSON instead of text.")
  private boolean json;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the result to FILE, whole or not at all, readable by you only.")
  private Path output;

  AuditCommand(Console console, Machine machine) {
    this.console = console;
    this.machine = machine;
  }

  @Override
  public Integer call() throws UserError {
    Path from = root == null ? machine.root() : root;
    if (!Files.isDirectory(from.resolve("proc"))) {
      throw new UserError("--root: " + from + " has no folder proc; name the folder above it");
    }
    if (pid != null && !Files.isDirectory(from.resolve("proc/" + pid))) {
      throw new UserError("--pid: there is no process " + pid + " in " + from.resolve("proc"));
    }
    ResultOutput result = new ResultOutput(console, output, json);
    result.check();
    Audit audit = Audit.of(from, pid == null ? 0 : pid);
    result.write(style -> json ? AuditJson.of(audit) : AuditText.of(audit, style));
    return audit.exitCode();
  }
}
