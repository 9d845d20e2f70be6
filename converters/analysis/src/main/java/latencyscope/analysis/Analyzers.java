package latencyscope.analysis;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import latencyscope.jfr.Schema;
import latencyscope.recording.Recording;
import latencyscope.recording.event.EventConsumer;
import latencyscope.recording.event.JvmEvent;
import latencyscope.recording.event.KernelEvent;

/**
 * Hands each event to the analyzer of its module, which is found by its name when the first one
 * comes. Not safe for use by several threads.
 */
public final class Analyzers implements EventConsumer {
  /** The module that every capture has: the capture itself. */
  public static final String CAPTURE = "capture";

  /** The JVM itself, which has no module of the kernel's and looks into all of them. */
  public static final String JVM = "jvm";

  /** Others, of a newer LatencyScope, come after these. */
  private static final List<String> SUSPECTS =
      List.of("isolation", "irq", "memory", "syscall", "network");

  private static final List<String> MODULES =
      Stream.concat(Schema.modules().stream(), Stream.of(JVM)).toList();

  private final Map<String, Optional<Analyzer>> byModule = new LinkedHashMap<>();
  private final Map<String, List<Analyzer>> wanting = new HashMap<>();
  private final Set<String> seen = new LinkedHashSet<>();
  private String latest;
  private Optional<Analyzer> ofLatest = Optional.empty();
  private Optional<Analyzer> ofCapture = Optional.empty();
  private Optional<Analyzer> ofJvm = Optional.empty();

  /** Creates the set without an analyzer. */
  public Analyzers() {}

  @Override
  public void accept(KernelEvent event) {
    choose(event.module());
    // What was on other CPUs than those of the capture explains others' time, and is not judged.
    if (!event.isOutside()) {
      ofLatest.ifPresent(analyzer -> analyzer.accept(event));
      // It has no events of a thread, but looks in those of others for what the tool itself did.
      ofCapture.ifPresent(analyzer -> analyzer.accept(event));
    }
    ofJvm.ifPresent(analyzer -> analyzer.accept(event));
  }

  // Most events are of the same module as the one before: nothing needs to be looked up.
  private void choose(String module) {
    if (!module.equals(latest)) {
      seen.add(module);
      latest = module;
      ofLatest = analyzer(module);
      ofCapture = analyzer(CAPTURE);
      ofJvm = analyzer(JVM);
    }
  }

  @Override
  public void acceptExemplar(KernelEvent event) {
    if (!event.isOutside()) {
      analyzer(event.module()).ifPresent(analyzer -> analyzer.acceptExemplar(event));
    }
    analyzer(JVM).ifPresent(analyzer -> analyzer.acceptExemplar(event));
  }

  @Override
  public boolean wants(String type) {
    return !wanting(type).isEmpty();
  }

  @Override
  public void accept(JvmEvent event) {
    wanting(event.type()).forEach(analyzer -> analyzer.accept(event));
  }

  @Override
  public void endOfChunk() {
    byModule.values().stream().flatMap(Optional::stream).forEach(Analyzer::endOfChunk);
  }

  // An event of the JVM has no module: any may want it, also before its first own event.
  private List<Analyzer> wanting(String type) {
    return wanting.computeIfAbsent(
        type,
        t ->
            MODULES.stream()
                .map(this::analyzer)
                .flatMap(Optional::stream)
                .filter(analyzer -> analyzer.wants(t))
                .toList());
  }

  /** What has to take the same events once more before the reports; empty if nothing has. */
  public Optional<EventConsumer> secondReading(Recording recording) {
    // Only the JVM's asks for it: events of a module go to their own analyzer at once.
    return analyzer(JVM).flatMap(analyzer -> analyzer.secondReading(recording));
  }

  /** Whether there is an analyzer for a module. */
  public static boolean exists(String module) {
    return create(module).isPresent();
  }

  /**
   * What each module found: the capture itself first, then the modules in the order in which an
   * engineer suspects them, then the JVM.
   */
  public List<ModuleReport> reports(Recording recording) {
    Set<String> there = new LinkedHashSet<>(recording.capture().modules());
    there.addAll(seen);
    Set<String> modules = new LinkedHashSet<>(List.of(CAPTURE));
    SUSPECTS.stream().filter(there::contains).forEach(modules::add);
    modules.addAll(there);
    modules.add(JVM);
    Withholding withholding = new Withholding(recording);
    List<ModuleReport> reports = new ArrayList<>();
    for (String module : modules) {
      analyzer(module)
          .ifPresent(analyzer -> reports.add(withholding.from(analyzer.report(recording))));
    }
    return reports;
  }

  /** What the modules would report of a recording that says nothing: every key, no value. */
  static List<ModuleReport> reportsOfNothing(List<String> modules) {
    Analyzers analyzers = new Analyzers();
    analyzers.seen.addAll(modules);
    return analyzers.reports(Recording.empty());
  }

  private Optional<Analyzer> analyzer(String module) {
    Optional<Analyzer> known = byModule.get(module);
    return known != null ? known : byModule.computeIfAbsent(module, Analyzers::create);
  }

  private static Optional<Analyzer> create(String module) {
    if (!module.matches("[a-z][a-z0-9]*")) {
      return Optional.empty();
    }
    String simpleName = module.substring(0, 1).toUpperCase(Locale.ROOT) + module.substring(1);
    try {
      Class<?> type =
          Class.forName(
              Analyzers.class.getPackageName() + "." + module + "." + simpleName + "Analyzer");
      return Optional.of((Analyzer) type.getConstructor().newInstance());
    } catch (ClassNotFoundException e) {
      // A recording may come from a newer LatencyScope, with modules that this one does not know.
      return Optional.empty();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("analyzer of module " + module, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("analyzer of module " + module, e);
    }
  }
}
