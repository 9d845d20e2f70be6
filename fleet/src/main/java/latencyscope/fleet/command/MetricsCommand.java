package latencyscope.fleet.command;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import latencyscope.cli.Main;
import latencyscope.cli.capture.Durations;
import latencyscope.cli.console.Console;
import latencyscope.cli.console.Machine;
import latencyscope.cli.console.Target;
import latencyscope.cli.console.UserError;
import latencyscope.fleet.metrics.LivePush;
import latencyscope.fleet.metrics.Sender;
import latencyscope.fleet.metrics.Totals;
import latencyscope.recording.Recording;
import latencyscope.recording.chunk.RecordingException;
import latencyscope.report.Product;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Pushes counts and distributions to a receiver of OpenTelemetry's protocol. */
@Command(
    name = "metrics",
    description = {
      "Push exact counts and distributions to a receiver of OpenTelemetry's protocol (OTLP over"
          + " HTTP).",
      "",
      "Of recordings, or of a process while it runs. Nothing listens, and nothing of it is in the"
          + " process."
    },
    exitCodeList = {"0:the last totals have arrived", "3:they have not, or nothing was captured"},
    footer = {
      "",
      "Examples:",
      "  latencyscope metrics run.jfr --otlp http://collector:4318",
      "  latencyscope metrics --pid PID --otlp http://collector:4318 --interval 10s",
      "",
      "docs/metrics.md lists the metrics; docs/grafana/latencyscope.json is a dashboard."
    })
final class MetricsCommand extends Main.Diagnosed {
  private static final int FAILED = 3;

  private final Console console;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description = "A recording, each by itself; of a folder, all that end with .jfr.")
  private List<Path> files = List.of();

  @Option(
      names = {"-p", "--pid"},
      paramLabel = "PID",
      description = "The process to watch, JVM or not, instead of recordings.")
  private Long pid;

  @Option(
      names = "--otlp",
      paramLabel = "URL",
      required = true,
      description = "The receiver, such as http://collector:4318.")
  private String receiver;

  @Option(
      names = "--attach",
      description =
          "With --pid: load the agent into the target JVM (Java 25) and read what it records.")
  private boolean attach;

  @Option(
      names = "--interval",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = Durations.class,
      description = "With --pid: time between two pushes (default: 10s).")
  private Duration interval;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      converter = Durations.class,
      description = "With --pid: end after this time (default: run until Ctrl-C).")
  private Duration duration;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      converter = Durations.class,
      description = "How long to wait for the receiver's answer (default: 5s).")
  private Duration timeout;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      defaultValue = "latencyscope",
      description = "Value of the attribute service.name (default: latencyscope).")
  private String service;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description =
          "Value of the attribute host.name (default: what a recording says, or this host's name).")
  private String host;

  MetricsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws UserError {
    if (files.isEmpty() == (pid == null)) {
      throw new UserError("give either recordings or --pid PID");
    }
    URI address = address();
    try (Sender sender = new Sender(address, timeout)) {
      return pid == null ? files(sender) : live(sender);
    }
  }

  private URI address() throws UserError {
    try {
      URI address = new URI(receiver);
      boolean http = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (http && address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // as below
    }
    throw new UserError(
        "--otlp: '" + receiver + "' is not an address such as http://collector:4318");
  }

  private int files(Sender sender) throws UserError {
    int failed = 0;
    for (Path file : NamedRecordings.of(files)) {
      failed += file(sender, file) ? 0 : 1;
    }
    return failed == 0 ? 0 : FAILED;
  }

  private boolean file(Sender sender, Path file) {
    try {
      Recording recording = Recording.read(file);
      long from = recording.capture().start();
      Sender.Source source =
          new Sender.Source(
              service,
              host == null ? recording.hostFacts().get("hostname") : host,
              recording.capture().targetPid(),
              recording.capture().version());
      sender.send(Totals.of(recording), source, from, from + recording.capture().duration());
      if (!sender.await()) {
        console.say(file + " was not sent: " + receiver + ": " + sender.problem());
        return false;
      }
      return true;
    } catch (RecordingException e) {
      console.say(e.getMessage());
      return false;
    }
  }

  private int live(Sender sender) throws UserError {
    if (pid <= 0) {
      throw new UserError("--pid: " + pid + " is not a process id");
    }
    Sender.Source source =
        new Sender.Source(service, host == null ? hostName() : host, pid, Product.version());
    LivePush push =
        new LivePush(
            new LivePush.Settings(Target.of(pid, Machine.LOCAL), attach, interval, duration),
            source,
            sender,
            what -> console.say("metrics: " + receiver + ": " + what));
    return push.run() ? 0 : FAILED;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
