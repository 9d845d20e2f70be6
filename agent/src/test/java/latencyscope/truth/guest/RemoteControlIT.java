package latencyscope.truth.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServerConnection;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import jdk.jfr.consumer.RecordedEvent;
import jdk.management.jfr.FlightRecorderMXBean;
import jdk.management.jfr.RemoteRecordingStream;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Commands;
import latencyscope.truth.engine.Engine;
import latencyscope.truth.engine.Jcmd;
import latencyscope.truth.engine.KernelObjects;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.NappingEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recordings that nobody starts with jcmd switch the capture just as well. */
@KernelTest
class RemoteControlIT {
  private static final String SWITCH = "latencyscope.ContextSwitch";
  private static final int NAP_MS = 200;

  private static final Duration THRESHOLD = Duration.ofMillis(100);

  @TempDir Path folder;

  private Engine engine() throws IOException {
    Engine engine =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation")
            .start(folder.resolve("stderr.txt"));
    engine.await("ready");
    return engine;
  }

  /** The JVM's own beans, as a monitoring system reaches them. */
  private static JMXConnector beans(Engine engine) throws Exception {
    VirtualMachine machine = VirtualMachine.attach(String.valueOf(engine.pid()));
    try {
      return JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
    } finally {
      machine.detach();
    }
  }

  private static void assertNap(RecordedEvent event, String thread) {
    assertEquals(thread, event.getThread().getJavaName());
    assertTrue(event.getDuration().toMillis() >= NAP_MS, event::toString);
  }

  /** The one that is above the threshold; the last seconds have the shorter ones as well. */
  private static RecordedEvent nap(Path recording, String thread) throws IOException {
    List<RecordedEvent> naps =
        OurAccount.read(recording).events("ContextSwitch").stream()
            .filter(event -> thread.equals(event.getString("thread")))
            .filter(event -> event.getDuration().compareTo(THRESHOLD) >= 0)
            .toList();
    assertEquals(1, naps.size(), thread);
    return naps.get(0);
  }

  private void assertLeftAlone(Engine engine) throws Exception {
    assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "still loaded");
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }

  @Test
  void theFlightRecordersBean() throws Exception {
    Path file = folder.resolve("bean.jfr");
    try (Engine engine = engine();
        JMXConnector connector = beans(engine)) {
      FlightRecorderMXBean bean =
          ManagementFactory.getPlatformMXBean(
              connector.getMBeanServerConnection(), FlightRecorderMXBean.class);
      long recording = bean.newRecording();
      bean.setRecordingSettings(
          recording,
          Map.of(
              SWITCH + "#enabled",
              "true",
              SWITCH + "#threshold",
              THRESHOLD.toMillis() + " ms",
              "latencyscope.Capture#enabled",
              "true"));
      bean.startRecording(recording);
      new Jcmd(engine.pid()).awaitCapturing();
      engine.nap("by-bean", 1, NAP_MS);
      bean.stopRecording(recording);
      bean.copyTo(recording, file.toString());
      bean.closeRecording(recording);
      assertNap(nap(file, "by-bean"), "by-bean");
      assertLeftAlone(engine);
    }
  }

  @Test
  void aRemoteStream() throws Exception {
    try (Engine engine = engine();
        JMXConnector connector = beans(engine)) {
      MBeanServerConnection connection = connector.getMBeanServerConnection();
      CountDownLatch seen = new CountDownLatch(1);
      try (RemoteRecordingStream stream = new RemoteRecordingStream(connection, folder)) {
        stream.enable(SWITCH).withThreshold(THRESHOLD);
        stream.onEvent(
            SWITCH,
            event -> {
              if ("streamed".equals(event.getString("thread"))) {
                assertNap(event, "streamed");
                seen.countDown();
              }
            });
        stream.startAsync();
        new Jcmd(engine.pid()).awaitCapturing();
        engine.nap("streamed", 1, NAP_MS);
        assertTrue(seen.await(60, TimeUnit.SECONDS), "the stream did not see it");
      }
      assertLeftAlone(engine);
    }
  }

  @Test
  void theEnginesOwnRecordingAndStream() throws Exception {
    Path file = folder.resolve("own.jfr");
    try (Engine engine = engine()) {
      engine.say("record " + file + " " + Engine.asked(NAP_MS));
      engine.await("recorded");
      assertNap(nap(file, "recorded"), "recorded");
      assertTrue(KernelObjects.heldBy(engine.pid()).isEmpty(), "still loaded");
      engine.say("stream trader " + Engine.asked(NAP_MS));
      assertTrue(Integer.parseInt(engine.await("streamed")) >= NAP_MS);
      engine.await("closed");
      assertLeftAlone(engine);
    }
  }

  /** Two engines that capture at once each see their own threads, and only these. */
  @Test
  void twoEnginesDoNotMixUp() throws Exception {
    Path one = folder.resolve("one.jfr");
    Path other = folder.resolve("other.jfr");
    try (Engine first = engine();
        Engine second = engine()) {
      for (Engine engine : List.of(first, second)) {
        new Jcmd(engine.pid()).start("capture");
        new Jcmd(engine.pid()).awaitCapturing();
      }
      first.nap("of-first", 1, NAP_MS);
      second.nap("of-second", 1, NAP_MS);
      new Jcmd(first.pid()).stop("capture", one);
      new Jcmd(second.pid()).stop("capture", other);
      assertLeftAlone(first);
      assertLeftAlone(second);
    }
    assertTrue(has(one, "of-first") && !has(one, "of-second"));
    assertTrue(has(other, "of-second") && !has(other, "of-first"));
  }

  private static boolean has(Path recording, String thread) throws IOException {
    return OurAccount.read(recording).events("ContextSwitch").stream()
        .anyMatch(event -> thread.equals(event.getString("thread")));
  }

  /** A service manager's way to end an engine: the recording is whole, and nothing stays. */
  @Test
  void terminationInACaptureLeavesAWholeRecording() throws Exception {
    Path file = folder.resolve("terminated.jfr");
    Launch launch =
        Launch.of(NappingEngine.class)
            .withAgent("modules=isolation,start=latencyscope-full,file=" + file);
    try (Engine engine = launch.start(folder.resolve("stderr.txt"))) {
      engine.await("ready");
      engine.awaitCapturing();
      KernelObjects loaded = KernelObjects.awaitHeldBy(engine.pid(), List.of("isolation"));
      engine.nap("last-deed", 1, NAP_MS);
      Commands.output("kill", "-TERM", String.valueOf(engine.pid()));
      assertEquals(128 + 15, engine.finish());
      loaded.awaitGone();
    }
    assertTrue(has(file, "last-deed"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals("", Files.readString(folder.resolve("stderr.txt")));
  }
}
