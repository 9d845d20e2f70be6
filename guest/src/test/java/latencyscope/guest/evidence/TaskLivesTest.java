package latencyscope.guest.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import latencyscope.guest.channel.RecorderSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskLivesTest {
  /** A thread of the target that is pinned, and one that is not. */
  private static final long TARGET = 4711;

  private static final long PINNED = 4712;
  private static final long COMPETITOR = 9001;

  @TempDir Path folder;
  private Path proc;
  private Recording recording;
  private int parts;

  @BeforeEach
  void begin() throws IOException {
    proc = Files.createDirectories(folder.resolve("proc"));
    Files.writeString(proc.resolve("uptime"), "1000.50 1.00\n");
    thread(TARGET, TARGET, "java", "0-3");
    thread(TARGET, PINNED, "strategy", "2");
    thread(COMPETITOR, COMPETITOR, "stress", "0-3");
    thread(1, 1, "init", "0-3");
    start();
  }

  private void start() {
    recording = new Recording();
    recording.enable("latencyscope.TaskStatus");
    recording.enable("latencyscope.ProcessStatus");
    recording.start();
  }

  @AfterEach
  void close() {
    recording.close();
  }

  private void thread(long process, long id, String name, String cpus) throws IOException {
    for (Path task :
        List.of(proc.resolve("" + id), proc.resolve(process + "/task/" + id).toAbsolutePath())) {
      Files.createDirectories(task);
      Files.writeString(task.resolve("comm"), name + "\n");
      Files.writeString(
          task.resolve("status"),
          "Name:\t"
              + name
              + "\nState:\tS (sleeping)\nTgid:\t"
              + process
              + "\nPid:\t"
              + id
              + "\nCpus_allowed:\tf\nCpus_allowed_list:\t"
              + cpus
              + "\n");
      String rest = IntStream.range(5, 22).mapToObj(i -> " 0").reduce("", String::concat);
      Files.writeString(
          task.resolve("stat"), id + " (" + name + ") S 1" + rest + " 40000 8192 77 0\n");
    }
  }

  private void end(long process, long id) throws IOException {
    for (Path task : List.of(proc.resolve("" + id), proc.resolve(process + "/task/" + id))) {
      for (String file : List.of("comm", "status", "stat")) {
        Files.deleteIfExists(task.resolve(file));
      }
    }
    Files.deleteIfExists(proc.resolve(process + "/task/" + id));
  }

  private List<RecordedEvent> events(String type) throws IOException {
    Path file = folder.resolve(parts++ + ".jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals("latencyscope." + type))
        .toList();
  }

  private static RecordedEvent of(List<RecordedEvent> events, String field, long id) {
    return events.stream().filter(event -> event.getLong(field) == id).findFirst().orElseThrow();
  }

  private static String inWords(RecordedEvent task) {
    return task.getString("thread")
        + " of "
        + task.getLong("processId")
        + " on "
        + task.getString("allowedCpus")
        + (task.getBoolean("ended") ? " ended" : "");
  }

  @Test
  void whereATaskMayRunIsKnownAndThatItHasEnded() throws IOException {
    TaskLives lives = new TaskLives(proc, TARGET, true, true, new RecorderSink(null));
    lives.sawOther(COMPETITOR, COMPETITOR);
    lives.look();
    end(COMPETITOR, COMPETITOR);
    thread(TARGET, 4713, "late", "0-3");
    thread(TARGET, PINNED, "strategy", "1");
    lives.commit();
    List<RecordedEvent> tasks = events("TaskStatus");
    assertEquals(4, tasks.size());
    assertEquals("java of 4711 on 0-3", inWords(of(tasks, "osThreadId", TARGET)));
    assertEquals("strategy of 4711 on 1", inWords(of(tasks, "osThreadId", PINNED)));
    assertEquals("late of 4711 on 0-3", inWords(of(tasks, "osThreadId", 4713)));
    assertEquals("stress of 9001 on 0-3 ended", inWords(of(tasks, "osThreadId", COMPETITOR)));
  }

  /** An interrupt that took no thread's time has the thread id 0. */
  @Test
  void nobodyIsNoTask() throws IOException {
    TaskLives lives = new TaskLives(proc, TARGET, true, true, new RecorderSink(null));
    lives.sawVictim(0);
    lives.commit();
    List<RecordedEvent> tasks = events("TaskStatus");
    assertTrue(
        tasks.stream().allMatch(task -> task.getLong("osThreadId") > 0), () -> tasks.toString());
  }

  /** A thread's life does not end with the chunk: only what has ended is left out of the next. */
  @Test
  void aThreadMayEndWhileItsProcessLives() throws IOException {
    TaskLives lives = new TaskLives(proc, TARGET, true, true, new RecorderSink(null));
    lives.commit();
    end(TARGET, PINNED);
    recording.close();
    start();
    lives.commit();
    assertEquals(
        "strategy of 4711 on 2 ended", inWords(of(events("TaskStatus"), "osThreadId", PINNED)));
    recording.close();
    start();
    lives.commit();
    assertEquals(1, events("TaskStatus").size());
  }

  /** Ids are given again, but never to another process's thread while that process is meant. */
  @Test
  void anotherProcessWithTheIdIsAnother() throws IOException {
    TaskLives lives = new TaskLives(proc, TARGET, true, true, new RecorderSink(null));
    lives.sawOther(8000, COMPETITOR);
    lives.commit();
    RecordedEvent task = of(events("TaskStatus"), "osThreadId", COMPETITOR);
    assertEquals("null of 8000 on null ended", inWords(task));
  }

  @Test
  void whenAProcessWasStartedAndByWhom() throws IOException {
    TaskLives lives = new TaskLives(proc, TARGET, true, true, new RecorderSink(null));
    lives.sawOther(COMPETITOR, COMPETITOR);
    lives.look();
    end(COMPETITOR, COMPETITOR);
    lives.commit();
    List<RecordedEvent> processes = events("ProcessStatus");
    assertEquals(2, processes.size());
    for (long id : new long[] {TARGET, COMPETITOR}) {
      RecordedEvent process = of(processes, "processId", id);
      assertEquals(id == TARGET ? "java" : "stress", process.getString("processName"));
      assertEquals(1, process.getLong("parentProcessId"));
      assertEquals("init", process.getString("parentName"));
      // 400.00 s after the host came up, which was 1,000.50 s ago.
      Duration ago = Duration.between(process.getInstant("started"), Instant.now());
      assertTrue(ago.toMillis() >= 600_500 && ago.toMillis() < 660_000, ago::toString);
      assertEquals(id == COMPETITOR, process.getBoolean("ended"));
    }
  }

  @Test
  void controlGroupOfAProcessIsNamed() throws IOException {
    Files.writeString(proc.resolve(TARGET + "/cgroup"), "0::/user.slice/session-1.scope\n");
    Files.writeString(
        proc.resolve(COMPETITOR + "/cgroup"),
        "12:memory:/other\n4:cpu,cpuacct:/docker/3f9a: b\n1:name=systemd:/\n0::/\n");
    TaskLives lives = new TaskLives(proc, TARGET, true, true, new RecorderSink(null));
    lives.sawOther(COMPETITOR, COMPETITOR);
    lives.sawVictim(TARGET);
    lives.look();
    // Moved since.
    Files.writeString(proc.resolve(TARGET + "/cgroup"), "0::/system.slice/engine.service\n");
    lives.commit();
    List<RecordedEvent> processes = events("ProcessStatus");
    assertEquals(
        "/system.slice/engine.service",
        of(processes, "processId", TARGET).getString("controlGroup"));
    assertEquals(
        "/docker/3f9a: b", of(processes, "processId", COMPETITOR).getString("controlGroup"));
  }

  /** One that was born and ended between two looks, too, if anything happened to it. */
  @Test
  void aVictimThatWasNeverLookedAtHasEnded() throws IOException {
    TaskLives lives = new TaskLives(proc, TARGET, true, true, new RecorderSink(null));
    lives.sawVictim(4799);
    lives.commit();
    assertEquals(
        "null of 4711 on null ended", inWords(of(events("TaskStatus"), "osThreadId", 4799)));
  }

  @Test
  void inAContainerOnlyTheTargetIsKnown() throws IOException {
    TaskLives lives = new TaskLives(proc, TARGET, false, true, new RecorderSink(null));
    lives.sawOther(COMPETITOR, COMPETITOR);
    lives.commit();
    assertEquals(2, events("TaskStatus").size());
  }

  @Test
  void whereEveryProcessIsWatchedVictimsAre() throws IOException {
    TaskLives lives = new TaskLives(proc, 0, true, true, new RecorderSink(null));
    lives.sawVictim(PINNED);
    lives.sawVictim(PINNED);
    lives.commit();
    assertEquals(
        List.of("strategy of 4711 on 2"),
        events("TaskStatus").stream().map(TaskLivesTest::inWords).toList());
    recording.close();
    start();
    lives.commit();
    assertEquals(1, events("ProcessStatus").size());
  }

  @Test
  void moreThanThereIsRoomForAreLeftOut() {
    TaskSet set = new TaskSet();
    for (int i = 0; i < TaskSet.MOST + 10; i++) {
      set.add(TaskSet.key(i % 7, i + 1));
      set.add(TaskSet.key(i % 7, i + 1));
    }
    assertEquals(TaskSet.MOST, set.size());
    assertEquals(8, TaskSet.thread(set.get(7)));
    assertEquals(6, TaskSet.process(set.get(6)));
  }
}
