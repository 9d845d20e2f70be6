package latencyscope.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.UserError;
import latencyscope.cli.output.OutputFile;
import latencyscope.jfr.Profile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the flight recorder's settings files. */
@Command(
    name = "profiles",
    description = "Write latencyscope.jfc and latencyscope-full.jfc, for jcmd, java and JMC.",
    exitCodeList = {"0:written", "3:could not be written"},
    footer = {
      "",
      "Examples:",
      "  latencyscope profiles .",
      "  jcmd PID JFR.start name=why settings=$PWD/latencyscope.jfc",
      "",
      "First load the agent: java -javaagent:latencyscope.jar ..., or, later,",
      "  jcmd PID JVMTI.agent_load $PWD/latencyscope.jar"
    })
final class ProfilesCommand extends Main.Common implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "DIR", description = "Target directory; created if it does not exist.")
  private Path directory;

  ProfilesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    for (Profile profile : Profile.values()) {
      Path file = directory.resolve(profile.file());
      try {
        Files.createDirectories(directory);
      } catch (IOException e) {
        throw new UserError(directory + " could not be created: " + e.getMessage(), e);
      }
      OutputFile.forAll(file).write(profile.toXml().getBytes(StandardCharsets.UTF_8));
      console.out().println(file);
    }
    return 0;
  }
}
