package latencyscope.cli;

import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.FlightRecorder;
import latencyscope.cli.capture.CaptureSession;
import latencyscope.jfr.capture.Capture;
import latencyscope.jfr.capture.Counter;
import latencyscope.jfr.capture.ProbeStatus;
import latencyscope.jfr.isolation.RunQueueWait;

/** Fills recordings through the flight recorder as the agent does, with made-up values. */
final class FakeAgent implements AutoCloseable {
  private final Runnable hook = this::commit;
  private final AtomicReference<String> refusal = new AtomicReference<>();
  private final boolean targetAlive;

  private FakeAgent(boolean targetAlive) {
    this.targetAlive = targetAlive;
  }

  static FakeAgent start(boolean targetAlive) {
    FlightRecorder.register(RunQueueWait.class);
    FlightRecorder.register(Counter.class);
    FlightRecorder.register(ProbeStatus.class);
    FakeAgent agent = new FakeAgent(targetAlive);
    FlightRecorder.addPeriodicEvent(Capture.class, agent.hook);
    System.setProperty(CaptureSession.STATE, "capturing");
    return agent;
  }

  /** Lets it have no probe, and say why. */
  FakeAgent refuse(String reason) {
    refusal.set(reason);
    System.setProperty(CaptureSession.STATE, "failed");
    return this;
  }

  private void commit() {
    Capture capture = new Capture();
    if (!capture.isEnabled()) {
      return;
    }
    capture.begin();
    capture.version = "0.2.0";
    capture.targetPid = ProcessHandle.current().pid();
    capture.targetCommand = "fake";
    capture.modules = "isolation";
    capture.onlineCpus = "0-1";
    capture.targetAlive = targetAlive;
    capture.commit();
    ProbeStatus status = new ProbeStatus();
    status.module = "isolation";
    status.probe = "ls_sched_switch";
    status.state = refusal.get() == null ? "attached" : "refused";
    status.reason = refusal.get();
    status.remedy = refusal.get() == null ? null : "sudo latencyscope";
    status.commit();
  }

  @Override
  public void close() {
    FlightRecorder.removePeriodicEvent(hook);
    System.clearProperty(CaptureSession.STATE);
  }
}
