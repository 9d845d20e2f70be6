package latencyscope.jfr.capture;

import java.util.Set;
import java.util.TreeSet;
import jdk.jfr.SettingControl;

/**
 * A setting that says what to capture. Where several recordings set it, all of them are served:
 * their values are joined with {@code +}.
 *
 * <p>The agent reads the settings of the running recordings; this control makes them known to the
 * flight recorder, so that {@code .jfc} files and {@code jcmd} may set them.
 */
public final class CaptureSetting extends SettingControl {
  private static volatile Runnable listener = () -> {};

  private String value = "";

  /** Creates a control without a value, which means the default. */
  public CaptureSetting() {}

  @Override
  public String combine(Set<String> settingValues) {
    Set<String> given = new TreeSet<>(settingValues);
    given.remove("");
    return String.join("+", given);
  }

  /**
   * Sets what is called whenever the flight recorder has evaluated its settings again, for whatever
   * event: there is no other sign of settings that change while a recording runs.
   */
  public static void onChange(Runnable listener) {
    CaptureSetting.listener = listener;
  }

  @Override
  public void setValue(String settingValue) {
    value = settingValue;
    listener.run();
  }

  @Override
  public String getValue() {
    return value;
  }
}
