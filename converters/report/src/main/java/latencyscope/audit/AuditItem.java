package latencyscope.audit;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import latencyscope.contract.Measure;

/**
 * One setting of the host.
 *
 * @param area what it belongs to, such as {@code cpu}
 * @param name of the setting
 * @param current its value; null if this host does not show it
 * @param wanted the value for low latency
 * @param state how the two compare
 * @param why it matters, as a sentence
 * @param source what says so: a page of the kernel's documentation or a manual page
 * @param file that shows the value, from the root on
 * @param command that changes it; null if there is none, or nothing to change
 * @param boot whether the change takes a boot
 * @param settings the values that change it while the host runs; empty if there is nothing to
 *     change, or only by hand
 * @param helps what of a contract the change can help
 */
public record AuditItem(
    String area,
    String name,
    String current,
    String wanted,
    State state,
    String why,
    String source,
    String file,
    String command,
    boolean boot,
    List<Setting> settings,
    Set<Measure> helps) {
  /** Copies the collections. */
  public AuditItem {
    settings = List.copyOf(settings);
    helps = Set.copyOf(helps);
  }

  /** How a value compares with what is wanted. */
  public enum State {
    OK,
    /** It stands against low latency. */
    AGAINST,
    /** This host does not show it. */
    ABSENT
  }

  /** The same, with what changes it while the host runs; as it is if nothing is to be changed. */
  AuditItem by(List<Setting> changes, Measure... measures) {
    return state == State.AGAINST
        ? new AuditItem(
            area,
            name,
            current,
            wanted,
            state,
            why,
            source,
            file,
            command,
            boot,
            changes,
            Set.copyOf(Arrays.asList(measures)))
        : this;
  }

  /** The same with one value. */
  AuditItem by(Setting change, Measure... measures) {
    return by(List.of(change), measures);
  }

  /** Why a setting matters, and what says so. */
  record Reason(String why, String source) {}

  /** Makes items of one area. */
  record Area(String name) {
    AuditItem ok(String setting, String current, String wanted, Reason reason, String file) {
      return item(setting, current, wanted, State.OK, reason, file, null, false);
    }

    AuditItem absent(String setting, String wanted, Reason reason, String file) {
      return item(setting, null, wanted, State.ABSENT, reason, file, null, false);
    }

    AuditItem against(
        String setting, String current, String wanted, Reason reason, String file, String command) {
      return item(setting, current, wanted, State.AGAINST, reason, file, command, false);
    }

    /** What only another boot changes. */
    AuditItem boot(
        String setting, String current, String wanted, Reason reason, String file, String option) {
      return item(setting, current, wanted, State.AGAINST, reason, file, option, true);
    }

    /** One that is right or not; absent if there is no value. */
    AuditItem of(
        boolean right,
        String setting,
        String current,
        String wanted,
        Reason reason,
        String file,
        String command) {
      return current == null
          ? absent(setting, wanted, reason, file)
          : right
              ? ok(setting, current, wanted, reason, file)
              : against(setting, current, wanted, reason, file, command);
    }

    private static final String COMMANDS = "commands/";

    private AuditItem item(
        String setting,
        String current,
        String wanted,
        State state,
        Reason reason,
        String file,
        String command,
        boolean boot) {
      return new AuditItem(
          name,
          setting,
          current,
          wanted,
          state,
          reason.why(),
          reason.source(),
          file.startsWith(COMMANDS) ? file.substring(COMMANDS.length()) : "/" + file,
          command,
          boot,
          List.of(),
          Set.of());
    }
  }
}
