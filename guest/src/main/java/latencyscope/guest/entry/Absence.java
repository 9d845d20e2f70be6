package latencyscope.guest.entry;

import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.ProbeStatus;

/**
 * Says in every recording why an agent that came in vain does not capture.
 *
 * <p>Readers of the recording have not seen the engine's standard error.
 */
final class Absence implements FlightRecorderListener {
  private final String reason;

  private Absence(String reason) {
    this.reason = reason;
  }

  /** Says so from now on; needs the module jdk.jfr. Throws nothing. */
  static void record(String reason) {
    try {
      FlightRecorder.addListener(new Absence(reason));
    } catch (RuntimeException | LinkageError e) {
      return; // no recorder in this JVM: standard error has the message
    }
  }

  @Override
  public void recorderInitialized(FlightRecorder recorder) {
    try {
      FlightRecorder.register(ProbeStatus.class);
      // At the end of each chunk, as the agent's own account would come.
      FlightRecorder.addPeriodicEvent(Capture.class, this::commit);
    } catch (RuntimeException | LinkageError e) {
      return; // it would end in the thread that starts the recording
    }
  }

  private void commit() {
    ProbeStatus status = new ProbeStatus();
    status.module = "capture";
    status.state = "unavailable";
    status.reason = reason;
    status.commit();
  }
}
