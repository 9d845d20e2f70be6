package latencyscope.analysis;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import latencyscope.recording.EventConsumer;
import latencyscope.recording.KernelEvent;
import latencyscope.recording.Recording;

/**
 * Hands each event to the analyzer of its module, which is found by its name when the first one
 * comes. Not safe for use by several threads.
 */
public final class Analyzers implements EventConsumer {
  /** The module that every capture has: the capture itself. */
  static final String CAPTURE = "capture";

  private final Map<String, Optional<Analyzer>> byModule = new LinkedHashMap<>();

  /** Creates the set without an analyzer. */
  public Analyzers() {}

  @Override
  public void accept(KernelEvent event) {
    analyzer(event.module()).ifPresent(analyzer -> analyzer.accept(event));
    // It has no events of a thread, but looks in those of others for what the tool itself did.
    analyzer(CAPTURE).ifPresent(analyzer -> analyzer.accept(event));
  }

  /** Whether there is an analyzer for a module. */
  public static boolean exists(String module) {
    return create(module).isPresent();
  }

  /**
   * What each module found: the capture itself first, then the modules in the order in which they
   * were captured.
   */
  public List<ModuleReport> reports(Recording recording) {
    Set<String> modules = new LinkedHashSet<>(List.of(CAPTURE));
    modules.addAll(recording.capture().modules());
    modules.addAll(byModule.keySet());
    List<ModuleReport> reports = new ArrayList<>();
    for (String module : modules) {
      analyzer(module).ifPresent(analyzer -> reports.add(analyzer.report(recording)));
    }
    return reports;
  }

  /** What the modules would report of a recording that says nothing: every key, no value. */
  static List<ModuleReport> reportsOfNothing(List<String> modules) {
    Analyzers analyzers = new Analyzers();
    modules.forEach(analyzers::analyzer);
    return analyzers.reports(Recording.empty());
  }

  private Optional<Analyzer> analyzer(String module) {
    return byModule.computeIfAbsent(module, Analyzers::create);
  }

  private static Optional<Analyzer> create(String module) {
    if (!module.matches("[a-z][a-z0-9]*")) {
      return Optional.empty();
    }
    String simpleName = module.substring(0, 1).toUpperCase(Locale.ROOT) + module.substring(1);
    try {
      Class<?> type =
          Class.forName(Analyzers.class.getPackageName() + "." + simpleName + "Analyzer");
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
