package latencyscope.truth.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import latencyscope.bpf.btf.ObjectFile;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.jfr.Schema;

/**
 * BPF programs, maps and links in the kernel.
 *
 * <p>By number rather than by name: other captures may run on this machine, and the kernel does not
 * give a number twice in any test's time.
 */
public record KernelObjects(Set<Long> programs, Set<Long> maps, Set<Long> links) {
  private static final long LIMIT_MS = 60_000;

  /** All of the machine, as bpftool tells of them. */
  public static KernelObjects all() throws IOException, InterruptedException {
    return new KernelObjects(numbers("prog"), numbers("map"), numbers("link"));
  }

  /** Those that a process has open, as its {@code /proc/PID/fdinfo} tells. */
  public static KernelObjects heldBy(long pid) throws IOException {
    KernelObjects held = new KernelObjects(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    File[] open = new File("/proc/" + pid + "/fdinfo").listFiles();
    for (File descriptor : open == null ? new File[0] : open) {
      try {
        held.add(ProcFile.of(descriptor.toPath()));
      } catch (IOException e) {
        continue; // closed since, perhaps between being opened and being read
      }
    }
    return held;
  }

  private void add(ProcFile descriptor) {
    for (var entry : Map.of("prog_id", programs, "map_id", maps, "link_id", links).entrySet()) {
      if (descriptor.text(entry.getKey()) != null) {
        entry.getValue().add(descriptor.number(entry.getKey()));
      }
    }
  }

  /** Waits until a process has all modules in the kernel, attached; returns what it holds. */
  public static KernelObjects awaitHeldBy(long pid) throws Exception {
    return awaitHeldBy(pid, Schema.modules());
  }

  /** The same of some modules: they are loaded side by side, and one is there before another. */
  public static KernelObjects awaitHeldBy(long pid, List<String> modules) throws Exception {
    int online = Kernel.running().onlineCpus().size();
    long programs = 0;
    long links = 0;
    for (String module : modules) {
      ObjectFile file = ObjectFile.named(module);
      for (String program : file.programs()) {
        // This kernel is newer than any of those that have programs of their own.
        if (hasHook(file.hook(program)) && !program.contains("__before_")) {
          programs++;
          links += file.hook(program).equals("perf_event") ? online : 1;
        }
      }
    }
    for (long waited = 0; waited < LIMIT_MS; waited += 50) {
      KernelObjects held = heldBy(pid);
      // The links come last, one for each program, or for each of an event's CPUs.
      if (held.programs.size() >= programs && held.links.size() >= links) {
        return held;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("process " + pid + " has not loaded and attached: " + heldBy(pid));
  }

  private static boolean hasHook(String hook) {
    return Kernel.running().hasHook(hook.replaceFirst("^\\?", "")); // the mark of an optional one
  }

  /** Waits until none of these is in the kernel any more, whoever held them. */
  public void awaitGone() throws IOException, InterruptedException {
    // The kernel frees maps some time after their last user is gone.
    for (long waited = 0; waited < LIMIT_MS; waited += 50) {
      if (left().isEmpty()) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new AssertionError("left in the kernel: " + left() + " of " + this);
  }

  private KernelObjects left() throws IOException, InterruptedException {
    KernelObjects left = all();
    left.programs.retainAll(programs);
    left.maps.retainAll(maps);
    left.links.retainAll(links);
    return left;
  }

  public boolean isEmpty() {
    return programs.isEmpty() && maps.isEmpty() && links.isEmpty();
  }

  /** A global variable of the programs, read from the maps of their data. */
  public JsonNode variable(String name) throws IOException, InterruptedException {
    for (JsonNode map : json("map", "show")) {
      String section = map.path("name").asText().replaceFirst(".*\\.", "");
      boolean data = section.equals("bss") || section.equals("data");
      if (data && maps.contains(map.path("id").asLong())) {
        JsonNode found = json("map", "dump", "id", map.path("id").asText()).findValue(name);
        if (found != null) {
          return found;
        }
      }
    }
    throw new AssertionError("no variable " + name + " in " + this);
  }

  /**
   * What the kernel has counted of its programs, by name, while somebody has it count.
   *
   * @param what {@code run_cnt}, or {@code run_time_ns}
   */
  public Map<String, Long> counted(String what) throws IOException, InterruptedException {
    Map<String, Long> counted = new TreeMap<>();
    for (JsonNode program : json("prog", "show")) {
      if (programs.contains(program.path("id").asLong())) {
        // Two modules may each have one of a name.
        counted.merge(program.path("name").asText(), program.path(what).asLong(), Long::sum);
      }
    }
    return counted;
  }

  /** Kernel memory of the maps, as bpftool tells of it. */
  public long mapBytes() throws IOException, InterruptedException {
    long bytes = 0;
    for (JsonNode map : json("map", "show")) {
      bytes += maps.contains(map.path("id").asLong()) ? map.path("bytes_memlock").asLong() : 0;
    }
    return bytes;
  }

  private static Set<Long> numbers(String kind) throws IOException, InterruptedException {
    Set<Long> numbers = new TreeSet<>();
    for (JsonNode object : json(kind, "show")) {
      numbers.add(object.path("id").asLong());
    }
    return numbers;
  }

  private static JsonNode json(String... words) throws IOException, InterruptedException {
    String[] command = new String[words.length + 2];
    command[0] = "bpftool";
    command[1] = "-j";
    System.arraycopy(words, 0, command, 2, words.length);
    AssertionError failure = null;
    for (int attempt = 0; attempt < 5; attempt++) {
      try {
        return new ObjectMapper().readTree(Commands.output(command));
      } catch (AssertionError e) {
        failure = e; // it fails when an object of anybody's goes while it looks
      }
    }
    throw failure;
  }
}
