package latencyscope.analysis.evidence;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** One thing that a recording must hold. Immutable. */
public sealed interface Requirement {
  /** What it is, for people: as the table of the documentation has it. */
  String describe();

  /** Why a recording lacks it, as a sentence without its full stop; null if it does not. */
  String missingFrom(Evidence evidence);

  /** The recording says what was captured, and some time was. */
  record CapturedTime() implements Requirement {
    @Override
    public String describe() {
      return "captured time (`Capture`)";
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.withoutTime();
    }
  }

  /** The kernel's exact counts of a module. */
  record Counters(String module) implements Requirement {
    @Override
    public String describe() {
      return "`Counter`";
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.withoutCounters(module);
    }
  }

  /** The kernel's distributions of a module. */
  record Histograms(String module) implements Requirement {
    @Override
    public String describe() {
      return "`Histogram`";
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.withoutHistograms(module);
    }
  }

  /**
   * Every single event of a type from some length on.
   *
   * @param type such as {@code RunQueueWait}
   * @param atMostNs the highest threshold that does; {@link Long#MAX_VALUE} for any, which the
   *     verdict then names
   */
  record Events(String module, String type, long atMostNs) implements Requirement {
    @Override
    public String describe() {
      return "`"
          + type
          + "`"
          + (atMostNs == Long.MAX_VALUE
              ? ""
              : " from " + Durations.words(atMostNs) + " or shorter");
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.withoutEvents(module, type, atMostNs);
    }
  }

  /** Event types about the capture itself, and are silent where all is well. */
  record Types(List<String> types) implements Requirement {
    /** Copies the list. */
    public Types {
      types = List.copyOf(types);
    }

    @Override
    public String describe() {
      return types.stream().map(type -> "`" + type + "`").collect(Collectors.joining(", "));
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return types.stream()
          .map(evidence::withoutType)
          .filter(Objects::nonNull)
          .findFirst()
          .orElse(null);
    }
  }

  /**
   * Probes of a module, all of them attached for the whole time.
   *
   * @param programs names of BPF programs, of which those count that this kernel has; empty for all
   *     of the module
   */
  record Probes(String module, List<String> programs) implements Requirement {
    /** Copies the list. */
    public Probes {
      programs = List.copyOf(programs);
    }

    @Override
    public String describe() {
      return programs.isEmpty()
          ? module.isEmpty() ? "all probes attached" : "all probes of module " + module
          : programs.stream()
              .map(p -> "`" + p + (p.endsWith("_") ? "*`" : "`"))
              .collect(Collectors.joining(", "));
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.withoutProbes(module, programs);
    }
  }

  /** That something was counted: by probes, or by the kernel itself, as {@code /proc} has it. */
  record Counted(Probes probes) implements Requirement {
    @Override
    public String describe() {
      return probes.describe() + " or counts from `/proc`";
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.hasAccounts(probes.module()) ? null : probes.missingFrom(evidence);
    }
  }

  /** One of several probes of a module, attached for the whole time. */
  record AnyProbe(String module, List<String> programs) implements Requirement {
    /** Copies the list. */
    public AnyProbe {
      programs = List.copyOf(programs);
    }

    @Override
    public String describe() {
      return programs.stream().map(p -> "`" + p + "`").collect(Collectors.joining(" or "));
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.withoutAnyProbe(module, programs);
    }
  }

  /** Threads of the target ran on the captured CPUs, among the captured threads. */
  record TargetInScope() implements Requirement {
    @Override
    public String describe() {
      return "the target ran on the captured CPUs";
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.targetOutside();
    }
  }

  /** No CPU and no thread was left out. */
  record WholeScope() implements Requirement {
    @Override
    public String describe() {
      return "all CPUs and threads captured (no `--cpus`, no `threads=`)";
    }

    @Override
    public String missingFrom(Evidence evidence) {
      return evidence.outsideScope();
    }
  }
}
