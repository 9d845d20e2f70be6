package latencyscope.analysis.finding;

import java.util.Map;
import java.util.Optional;
import latencyscope.jfr.schema.HostSetting;

/**
 * What can be set on the host, by what the recording says of it. A setting that the host does not
 * have, or that is as wanted already, has no command. Of one that was not recorded (a recording of
 * before 0.3) nothing is ruled out.
 */
public final class HostSettings {
  private static final String SYSCTLS = "/proc/sys/";

  private final Map<String, String> facts;

  /**
   * Creates it.
   *
   * @param facts values by name, as the recording has them
   */
  public HostSettings(Map<String, String> facts) {
    this.facts = facts;
  }

  /** Whether the host is not known to lack it. */
  public boolean has(HostSetting setting) {
    return !HostSetting.ABSENT.equals(facts.get(setting.fact()));
  }

  /** A fact by its name; empty if it was not recorded, or the host has no such thing. */
  public Optional<String> value(String fact) {
    return Optional.ofNullable(facts.get(fact)).filter(value -> !value.equals(HostSetting.ABSENT));
  }

  /** Whether the kernel was built with an option; true if that was not recorded. */
  public boolean isBuiltWith(String option) {
    return !HostSetting.ABSENT.equals(facts.get(option));
  }

  /** The command that sets it; empty if there is none or it is set so. */
  public Optional<String> set(HostSetting setting, String value) {
    boolean isSet = value.equals(facts.get(setting.fact()));
    return has(setting) && !isSet ? Optional.of(command(setting, value)) : Optional.empty();
  }

  /** The command that raises a number, or the last of several; empty if it is as high already. */
  public Optional<String> raise(HostSetting setting, String value) {
    boolean isEnough =
        value(setting.fact()).map(now -> last(now) >= last(value)).orElse(Boolean.FALSE);
    return has(setting) && !isEnough ? Optional.of(command(setting, value)) : Optional.empty();
  }

  private static long last(String numbers) {
    String number = numbers.substring(numbers.lastIndexOf(' ') + 1);
    try {
      return Long.parseLong(number.substring(number.lastIndexOf('\t') + 1));
    } catch (NumberFormatException e) {
      return Long.MIN_VALUE; // not in the words that we know
    }
  }

  // The file says in which form: a sysctl survives a reboot in /etc/sysctl.d.
  private static String command(HostSetting setting, String value) {
    String file = setting.file();
    if (!file.startsWith(SYSCTLS)) {
      return "echo " + value + " > " + file;
    }
    String name = file.substring(SYSCTLS.length()).replace('/', '.');
    return "sysctl -w " + name + "=" + (value.contains(" ") ? "'" + value + "'" : value);
  }
}
