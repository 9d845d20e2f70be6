package latencyscope.guest.facts;

import java.io.IOException;
import latencyscope.guest.hotspot.HotSpotMutexes;
import latencyscope.guest.settings.CaptureSettings;
import latencyscope.jfr.LockLookup;

/**
 * The names of the target's own mutexes, or why there are none.
 *
 * @param lookup finds them
 * @param fact what the recording says about it: how many there are, or the reason
 */
public record LockNames(LockLookup lookup, HostFacts.Fact fact) {
  private static final String FACT = "jvm_mutexes";
  private static final String SOURCE = "gHotSpotVMStructs of libjvm";

  /** Of a target of which none are known. */
  public static final LockNames NONE = unavailable("unavailable");

  /** Reads the names of this JVM's mutexes. */
  public static LockNames of(CaptureSettings settings) {
    if (settings.pid() != CaptureSettings.OWN) {
      return unavailable("unavailable: captured from outside of the JVM");
    }
    try {
      HotSpotMutexes mutexes = HotSpotMutexes.read();
      return new LockNames(mutexes, fact(mutexes.count() + " named"));
    } catch (IOException | RuntimeException e) {
      return unavailable("unavailable: " + e.getMessage());
    }
  }

  private static LockNames unavailable(String reason) {
    return new LockNames(LockLookup.NONE, fact(reason));
  }

  private static HostFacts.Fact fact(String value) {
    return new HostFacts.Fact(FACT, value, SOURCE);
  }
}
