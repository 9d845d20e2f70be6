package demo;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The command: reads options, runs a session, prints what came of it. */
public final class TradingEngine {
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int COULD_NOT_RUN = 3;
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSSSSS");

  private final PrintStream out;
  private final PrintStream err;

  TradingEngine(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Runs the engine; {@code --help} says how. */
  public static void main(String[] arguments) {
    // UTF-8 whatever the locale: microseconds are written with a µ.
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    System.exit(new TradingEngine(out, err).run(arguments));
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** Returns the exit code. */
  int run(String... arguments) {
    try {
      Optional<Options> options = OptionsParser.parse(arguments);
      if (options.isEmpty()) {
        out.print(Options.HELP);
        return DONE;
      }
      return run(options.get());
    } catch (OptionsParser.UsageException e) {
      err.println(e.getMessage());
      return COULD_NOT_RUN;
    } catch (IOException e) {
      err.println("The engine could not run: " + e);
      return COULD_NOT_RUN;
    } catch (InterruptedException e) {
      err.println("The engine was interrupted.");
      return FAILED;
    }
  }

  private int run(Options options) throws IOException, InterruptedException {
    try (Workspace workspace = new Workspace(options.directory());
        TradingSession session =
            new TradingSession(options, workspace.directory(), this::announce)) {
      header(options);
      session.run();
      if (session.failure().isPresent()) {
        err.println("The engine failed:");
        session.failure().get().printStackTrace(err);
        return FAILED;
      }
      Outcome outcome = session.outcome();
      out.print(Report.of(outcome));
      return outcome.reconciled() ? DONE : FAILED;
    }
  }

  private void header(Options options) {
    String diseases =
        options.diseases().stream().map(kind -> kind.option()).collect(Collectors.joining(", "));
    out.printf(
        Locale.ROOT,
        "trading engine  pid %d  seed %d  %,d messages at %,d/s  diseases: %s%n%n",
        ProcessHandle.current().pid(),
        options.seed(),
        options.messages(),
        options.rate(),
        diseases.isEmpty() ? "none" : diseases);
  }

  private void announce(String what) {
    out.println(LocalTime.now().format(CLOCK) + "  " + what);
  }
}
