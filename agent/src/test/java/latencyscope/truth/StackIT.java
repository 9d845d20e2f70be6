package latencyscope.truth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import latencyscope.bpf.libbpf.KernelTest;
import latencyscope.jfr.StackText;
import latencyscope.truth.account.OurAccount;
import latencyscope.truth.engine.Launch;
import latencyscope.truth.workload.StackWorkload;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line of the program is that in which what was recorded happened, or none is named. */
@KernelTest
class StackIT {
  private static final String CLASS = StackWorkload.class.getName() + ".";

  private static final long PAGE = 4_096;

  @TempDir Path folder;

  /** What was seen of one place; those that are neither right nor wrong do not say the line. */
  private record Seen(int events, int right, List<String> wrong, List<String> without) {}

  private List<Seen> run(String mode, String... options) throws Exception {
    Path recording = folder.resolve("stacks.jfr");
    Launch.Outcome outcome =
        Launch.of(StackWorkload.class, recording.toString(), mode)
            .with("--enable-native-access=ALL-UNNAMED")
            .with(options)
            .withAgent("modules=memory+syscall,threads=places")
            .run(folder);
    assertEquals(0, outcome.exitCode(), outcome.errors());
    assertEquals("", outcome.errors());
    OurAccount account = OurAccount.read(recording);
    List<Seen> seen = new ArrayList<>();
    List<String> said = outcome.out().lines().toList();
    long memory = Long.parseLong(said.get(0).substring("at ".length()));
    for (String line : said.subList(1, said.size())) {
      String[] words = line.split(" ");
      seen.add(seen(account, words[0], Integer.parseInt(words[1]), memory));
    }
    assertEquals(4, seen.size());
    return seen;
  }

  private static Seen seen(OurAccount account, String what, int line, long memory) {
    String wanted = CLASS + what + ":" + line;
    String caller = CLASS + "run:";
    int right = 0;
    List<String> wrong = new ArrayList<>();
    List<String> without = new ArrayList<>();
    List<RecordedEvent> events = events(account, what, memory);
    for (RecordedEvent event : events) {
      List<String> frames = StackText.frames(event.getString("stack"));
      Optional<String> place = frames.stream().filter(frame -> frame.startsWith(CLASS)).findFirst();
      if (place.isPresent() && place.get().equals(wanted)) {
        int next = frames.indexOf(wanted) + 1;
        right++;
        if (next < frames.size()
            && !frames.get(next).equals(StackText.UNKNOWN)
            && !frames.get(next).startsWith(caller)) {
          wrong.add(frames.toString());
        }
      } else if (place.isPresent()
          && place.get().contains(StackText.AT)
          && !place.get().contains(StackText.NEAR)) {
        wrong.add(wanted + " was meant: " + frames);
      } else {
        without.add(event.getStartTime() + " " + event.getString("stack"));
      }
    }
    return new Seen(events.size(), right, wrong, without);
  }

  private static List<RecordedEvent> events(OurAccount account, String what, long memory) {
    String type =
        switch (what) {
          case "touch" -> "PageFault";
          case "read" -> "BlockingSyscall";
          default -> "FutexWait";
        };
    List<RecordedEvent> monitors = account.eventsOf("jdk.JavaMonitorEnter");
    return account.events(type).stream()
        .filter(StackIT::isOfLoad)
        .filter(event ->
            switch (what) {
              case "touch" -> isTouched(event.getLong("address") - memory);
              case "read" -> "read".equals(event.getString("call"));
              case "park" -> isParked(event);
              default -> monitors.stream().anyMatch(monitor -> isWithin(event, monitor));
            })
        .toList();
  }

  // By Java's name: a thread that is being born still has its parent's in the kernel.
  private static boolean isOfLoad(RecordedEvent event) {
    return event.getThread() != null && "places".equals(event.getThread().getJavaName());
  }

  private static boolean isTouched(long offset) {
    return offset >= PAGE && offset < (StackWorkload.TIMES + 1) * PAGE;
  }

  private static boolean isParked(RecordedEvent event) {
    long asked = event.getLong("asked");
    return event.getBoolean("timed") && asked > 20_000_000 && asked <= 30_000_000;
  }

  private static boolean isWithin(RecordedEvent event, RecordedEvent monitor) {
    return "places".equals(monitor.getThread().getJavaName())
        && !event.getStartTime().isBefore(monitor.getStartTime())
        && !event.getEndTime().isAfter(monitor.getEndTime());
  }

  private static void assertNoneIsWrong(List<Seen> all) {
    all.forEach(seen -> assertEquals(List.of(), seen.wrong()));
  }

  private static void assertAllAreRight(List<Seen> all) {
    assertNoneIsWrong(all);
    for (Seen seen : all) {
      assertTrue(seen.events() >= StackWorkload.TIMES, all.toString());
      assertEquals(seen.events(), seen.right(), all.toString());
    }
  }

  @Test
  void interpretedCodeIsFoundByItsLine() throws Exception {
    assertAllAreRight(run("cold"));
  }

  @Test
  void compiledCodeIsFoundByItsLine() throws Exception {
    List<Seen> all = run("compiled", "-XX:+PreserveFramePointer");
    assertNoneIsWrong(all);
    // In their order of names: enter, park, read. The compiler notes no place for a store.
    assertAllAreRight(all.subList(1, 3));
  }

  @Test
  void withoutFramePointersNothingIsWrong() throws Exception {
    assertNoneIsWrong(run("compiled"));
  }
}
