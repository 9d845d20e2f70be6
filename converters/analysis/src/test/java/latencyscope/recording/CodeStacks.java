package latencyscope.recording;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmc.common.IMCFrame;
import org.openjdk.jmc.common.IMCPackage;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.IMCType;
import org.openjdk.jmc.common.util.MCFrame;
import org.openjdk.jmc.common.util.MCMethod;
import org.openjdk.jmc.common.util.MCStackTrace;

/** Makes stacks as the parser does. */
public final class CodeStacks {
  private CodeStacks() {}

  private record Type(String getFullName) implements IMCType {
    @Override
    public String getTypeName() {
      return getFullName.substring(getFullName.lastIndexOf('.') + 1);
    }

    @Override
    public IMCPackage getPackage() {
      return null;
    }
  }

  /**
   * A stack.
   *
   * @param frames such as {@code demo.Desk.lock:146}, the innermost first
   */
  public static IMCStackTrace of(String... frames) {
    List<IMCFrame> all = new ArrayList<>();
    for (String frame : frames) {
      int method = frame.lastIndexOf('.');
      int line = frame.lastIndexOf(':');
      all.add(
          new MCFrame(
              new MCMethod(
                  new Type(frame.substring(0, method)),
                  frame.substring(method + 1, line),
                  "()V",
                  0,
                  false),
              0,
              Integer.valueOf(frame.substring(line + 1)),
              IMCFrame.Type.JIT_COMPILED));
    }
    return new MCStackTrace(all, IMCStackTrace.TruncationState.NOT_TRUNCATED);
  }
}
