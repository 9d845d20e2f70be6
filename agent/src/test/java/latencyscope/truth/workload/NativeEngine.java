package latencyscope.truth.workload;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import jdk.jfr.FlightRecorder;

/**
 * An engine that takes native calls of its own once it is told to go on, of which the JDK warns.
 */
public final class NativeEngine {
  private NativeEngine() {}

  /**
   * Waits for a byte on standard input; ends after its native call.
   *
   * @param args not used
   */
  @SuppressWarnings("restricted")
  public static void main(String[] args) throws Exception {
    System.out.println("ready");
    System.in.read();
    System.out.println("recorder " + FlightRecorder.isInitialized());
    Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid());
    System.out.println("linked");
  }
}
