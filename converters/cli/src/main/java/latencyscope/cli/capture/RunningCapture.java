package latencyscope.cli.capture;

import java.nio.file.Path;
import latencyscope.cli.console.UserError;

/** A recording that the agent fills, in this JVM or in the target's. Used by a single thread. */
public interface RunningCapture extends AutoCloseable {
  /** What the agent says of its capture: starting, capturing, failed, stopped; "" if nothing. */
  String state() throws UserError;

  /** How often to ask for the state, milliseconds. */
  long stateMillis();

  /** Ends the capture and writes what was recorded. */
  void finish(Path file) throws UserError;

  @Override
  void close();
}
