package latencyscope.guest.settings;

import java.util.Locale;

/**
 * A key of {@link AgentOptions}, as a user reads about it: {@code docs/options.md} is this list.
 */
public enum AgentOption {
  MODULES("NAME+NAME…", "all", "Modules to capture: isolation, irq, memory, syscall, network."),
  THREADS("GLOB+GLOB…", "all", "Threads to watch, by name, with `*` and `?`."),
  CPUS("LIST", "all", "CPUs to watch, such as `4-7`."),
  INTERFACE("NAME", "all", "Network interface to watch."),
  DRAIN_CPUS("LIST", "chosen", "CPUs on which the drain thread may run."),
  HISTORY(
      "SIZE",
      "by host",
      "Kernel memory for the log of every occurrence, such as `64m`; `off`: none."),
  HISTORY_LAST(
      "TIME, all",
      "2s",
      "How much of the log goes into a recording when it is dumped; `all`: as long as it reaches."),
  MODE(
      "history, stream, accounts",
      "history",
      "`history`: records are read about once a second; `stream`: at once; `accounts`: no BPF, only"
          + " counts from `/proc`."),
  BROKER(
      "auto, PATH, off",
      "auto",
      "`auto`: where this JVM may load no BPF programs, a broker at `/run/latencyscope/broker.sock`"
          + " does; `PATH`: the one with this socket does in any case; `off`: none."),
  BUDGET("PERCENT", "1%", "Share of one CPU that the drain thread may use; `off`: no limit."),
  STATS(
      "on, off",
      "off",
      "The kernel counts runs and run time of BPF programs, at two clock reads for each run."),
  PREPARE("on, off", "on", "Load at start the classes and libraries that a first capture needs."),
  START("PROFILE", "none", "Start a recording at once, with a profile's name or a `.jfc` file."),
  FILE("PATH", "none", "File to which the recording of `start` is written when it ends."),
  DURATION("TIME", "none", "Length of the recording of `start`, such as `10s`, `500ms` or `2m`."),
  TRIGGER(
      "EVENT>TIME\\|…",
      "none",
      "Write the last seconds to a file when an event is longer, such as `runqueue>100us`."),
  TRIGGER_LAST("TIME", "30s", "Length of the recording that a trigger writes."),
  TRIGGER_COOLDOWN("TIME", "60s", "Time after a trigger in which no other file is written."),
  TRIGGER_DIR("PATH", "working directory", "Directory for the files of triggers.");

  private final String value;
  private final String byDefault;
  private final String description;

  AgentOption(String value, String byDefault, String description) {
    this.value = value;
    this.byDefault = byDefault;
    this.description = description;
  }

  /** What a user writes before the equals sign. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** The form of its value. */
  public String value() {
    return value;
  }

  /** What is in force without it. */
  public String byDefault() {
    return byDefault;
  }

  /** What it does, in a sentence of Markdown. */
  public String description() {
    return description;
  }
}
