package latencyscope.analysis.evidence;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import latencyscope.analysis.evidence.Requirement.WholeScope;
import latencyscope.jfr.schema.EventDescription;
import latencyscope.jfr.schema.EventTypes;
import latencyscope.proc.CpuSet;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.fact.Loss;
import latencyscope.recording.fact.ProbeState;
import latencyscope.recording.fact.RecordedTypes;
import latencyscope.recording.fact.Scope;
import latencyscope.recording.thread.ThreadId;

/**
 * What a recording holds of what a verdict rests on; where something is missing, why, as a sentence
 * without its full stop. Not safe for use by several threads.
 */
public final class Evidence {
  private static final String CAPTURE = "capture";
  private static final String PREFIX = EventDescription.PREFIX;
  private static final String ANY_PROGRAM = "ls_";
  private static final String OF_OLDER_KERNELS = "__before_";

  /** Modules that look at threads on the captured CPUs alone. */
  private static final List<String> ON_CPUS = List.of("isolation", "irq", "memory", "syscall");

  private final Recording recording;
  private final RecordedTypes types;
  private final Seen seen;
  private final Map<Requirement, Optional<String>> known = new HashMap<>();

  private Evidence(Recording recording) {
    this.recording = recording;
    types = recording.types();
    seen = new Seen(recording);
  }

  /** The evidence that a recording holds. */
  public static Evidence of(Recording recording) {
    return new Evidence(recording);
  }

  /** That the answer "none" may be given; empty if something is missing for it. */
  public Optional<Proof> proof(Question question) {
    return whyNot(question).isEmpty() ? Optional.of(new Proof(question)) : Optional.empty();
  }

  /** Why the answer "none" may not be given; empty if it may. */
  public Optional<String> whyNot(Question question) {
    return whyNot(question.needs());
  }

  /** Whether an answer is missing only because the user limited the capture to CPUs or threads. */
  public boolean isOutOfScope(Question question) {
    List<Requirement> missing =
        question.needs().stream().filter(need -> whyNot(need).isPresent()).toList();
    return !missing.isEmpty() && missing.stream().allMatch(WholeScope.class::isInstance);
  }

  /** The first thing that is missing; empty if nothing is. */
  public Optional<String> whyNot(List<Requirement> needs) {
    return needs.stream().map(this::whyNot).flatMap(Optional::stream).findFirst();
  }

  private Optional<String> whyNot(Requirement need) {
    Optional<String> why = known.get(need);
    if (why == null) {
      why = Optional.ofNullable(need.missingFrom(this));
      known.put(need, why);
    }
    return why;
  }

  /** What follows a statement about single events, such as " for 10 µs or longer"; "" for all. */
  public String from(String type) {
    OptionalLong from = types.keptFrom(type);
    return from.isEmpty() || from.getAsLong() == 0
        ? ""
        : " for " + Durations.words(from.getAsLong()) + " or longer";
  }

  String withoutTime() {
    if (!recording.isDescribed()) {
      return "the recording has no Capture event, so its scope is unknown";
    }
    if (recording.capture().duration() <= 0) {
      return "the recording covers no captured time";
    }
    return seen.recorderLostData()
        ? "the flight recorder itself dropped data (jdk.DataLoss)"
        : null;
  }

  String withoutType(String type) {
    if (!types.areRecorded()) {
      String version = types.versionWithoutTypes() == null ? "" : " " + types.versionWithoutTypes();
      return "LatencyScope"
          + version
          + " did not record which event types were enabled: without that, the absence of "
          + type
          + " events proves nothing";
    }
    return types.keptFrom(type).isPresent()
        ? null
        : type + " events were not recorded all the time (" + PREFIX + type + "#enabled)";
  }

  String withoutCounters(String module) {
    String off =
        recording.hasCounters(module) && !types.areRecorded()
            ? null
            : withoutType(EventTypes.COUNTER);
    if (off != null) {
      return off;
    }
    if (!recording.hasCounters(module)
        && (recording.hasDistributions(module) || seen.eventsOf(module) > 0)) {
      return "the recording holds no Counter event of module "
          + module
          + ", but it holds other"
          + " events of that module";
    }
    return uncounted(module);
  }

  String withoutHistograms(String module) {
    if (hasAccounts(module)) {
      return withAccountsAlone(module);
    }
    boolean some = recording.hasDistributions(module);
    String off = some && !types.areRecorded() ? null : withoutType(EventTypes.HISTOGRAM);
    if (off != null) {
      return off;
    }
    if (!some && seen.mustHaveDistributions(module)) {
      return "the recording holds no Histogram event of module " + module;
    }
    return uncounted(module);
  }

  private String uncounted(String module) {
    return lost(module, loss -> loss.type() == null)
        .map(loss ->
            String.format(
                Locale.ROOT, "%,d events were not counted: %s", loss.count(), loss.reason()))
        .orElse(null);
  }

  private Optional<Loss> lost(String module, Predicate<Loss> which) {
    return recording.losses().stream()
        .filter(loss -> module.equals(loss.module()) && loss.count() > 0)
        .filter(which)
        .findFirst();
  }

  String withoutEvents(String module, String type, long atMostNs) {
    if (hasAccounts(module)) {
      return withAccountsAlone(module);
    }
    boolean some = seen.events(type) > 0;
    String off = some && !types.areRecorded() ? null : withoutType(type);
    if (off != null) {
      return off;
    }
    long from = types.keptFrom(type).orElse(recording.highestFloor(type));
    if (from > atMostNs) {
      return type
          + " events were recorded only from "
          + Durations.words(from)
          + " upwards; this verdict requires a threshold of "
          + Durations.words(atMostNs)
          + " or less";
    }
    if (!some && seen.mustHave(type, from)) {
      return "the recording holds no "
          + type
          + " event, although the kernel counted some that are long enough";
    }
    return lost(module, loss -> !isOfAnother(loss, type))
        .map(loss -> String.format(Locale.ROOT, "%,d %s events were lost", loss.count(), type))
        .orElse(null);
  }

  private static boolean isOfAnother(Loss loss, String type) {
    return loss.type() != null
        && loss.type().startsWith(PREFIX)
        && !loss.type().equals(PREFIX + type);
  }

  String withoutProbes(String module, List<String> programs) {
    List<ProbeState> own = probes(module);
    if (own.isEmpty()) {
      return withoutAny(module);
    }
    Optional<ProbeState> missing =
        own.stream().filter(p -> !p.attached() && isNeeded(p, programs)).findFirst();
    if (missing.isPresent()) {
      return describe(missing.get());
    }
    return own.stream().anyMatch(p -> p.attached() && isNeeded(p, programs))
        ? null
        : "no probe " + String.join(" or ", programs) + " of module " + module + " was attached";
  }

  boolean hasAccounts(String module) {
    return recording.accounts(module).isPresent();
  }

  /** Why there is nothing but counts; null if there is more. */
  private String withAccountsAlone(String module) {
    return recording.accounts(module).map(Evidence::describe).orElse(null);
  }

  String withoutAnyProbe(String module, List<String> programs) {
    List<ProbeState> own = probes(module);
    if (own.isEmpty()) {
      return withoutAny(module);
    }
    if (own.stream().anyMatch(p -> p.attached() && isNeeded(p, programs))) {
      return own.stream()
          .filter(p -> !p.attached() && p.probe() == null)
          .findFirst()
          .map(Evidence::describe)
          .orElse(null);
    }
    return own.stream()
        .filter(p -> isNeeded(p, programs))
        .findFirst()
        .map(Evidence::describe)
        .orElse(
            "no probe " + String.join(" or ", programs) + " of module " + module + " was attached");
  }

  // What stops the whole capture stops each module.
  private List<ProbeState> probes(String module) {
    return recording.probes().stream()
        .filter(p ->
            module.isEmpty()
                || module.equals(p.module())
                || CAPTURE.equals(p.module()) && p.probe() == null)
        .toList();
  }

  private String withoutAny(String module) {
    return module.isEmpty()
        ? "the recording does not say which probes were attached (it has no "
            + EventTypes.PROBE_STATUS
            + " event)"
        : "the recording does not say that a probe of module " + module + " was attached";
  }

  // One without a name is the whole module; what is no program limits all of them.
  private static boolean isNeeded(ProbeState probe, List<String> programs) {
    String name = probe.probe();
    return programs.isEmpty()
        || name == null
        || !name.startsWith(ANY_PROGRAM)
        || programs.stream().anyMatch(program -> isFor(program, name));
  }

  private static boolean isFor(String program, String name) {
    return name.equals(program)
        || name.startsWith(program + OF_OLDER_KERNELS)
        || program.endsWith("_") && name.startsWith(program);
  }

  private static String describe(ProbeState probe) {
    if (probe.accounts()) {
      return "module " + probe.module() + " has counts from /proc alone: " + reason(probe);
    }
    String which =
        probe.probe() == null
            ? "module " + probe.module()
            : "probe " + probe.probe() + " of module " + probe.module();
    return which + " was " + probe.state() + (probe.reason() == null ? "" : ": " + reason(probe));
  }

  private static String reason(ProbeState probe) {
    return probe.reason() == null ? "the reason is not recorded" : withoutStop(probe.reason());
  }

  private static String withoutStop(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  String targetOutside() {
    Scope scope = Scope.of(recording.capture());
    CpuSet ran = recording.targetCpus().orElse(CpuSet.EMPTY);
    boolean onCaptured = !ran.minus(scope.cpus()).equals(ran);
    boolean everyProcess = recording.capture().targetPid() == 0;
    // Who names threads may mean the JVM's own; who names CPUs means those of the engine.
    boolean named = !scope.threads().isEmpty();
    Predicate<ThreadId> meant = t -> named || Role.of(t.name()) == Role.APPLICATION;
    if (scope.isAll() || everyProcess || seen.threads(ON_CPUS, meant) > 0) {
      return null;
    }
    if (scope.threads().isEmpty() && onCaptured) {
      return null; // it never left its CPU
    }
    String where =
        scope.threads().isEmpty()
            ? "on " + scope.cpuWords() + ran(ran)
            : "in threads " + scope.threads();
    return "the target was not seen to run "
        + where
        + "; capture without "
        + scope.options()
        + " to include the rest";
  }

  private static String ran(CpuSet cpus) {
    return cpus.isEmpty() ? "" : ", but on " + (cpus.size() == 1 ? "CPU " : "CPUs ") + cpus;
  }

  String outsideScope() {
    return Scope.of(recording.capture()).limits().orElse(null);
  }
}
