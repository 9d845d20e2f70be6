package latencyscope.recording.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import latencyscope.jfr.StackText;
import org.openjdk.jmc.common.IMCFrame;
import org.openjdk.jmc.common.IMCMethod;
import org.openjdk.jmc.common.IMCStackTrace;
import org.openjdk.jmc.common.IMCType;

/**
 * Where in a program a thread was at an event: as the flight recorder saw it, or as a copy of its
 * stack says. Its words are made when somebody asks for them. Immutable.
 */
public final class CodeStack {
  /** A recording without stacks, or of what has none. */
  public static final CodeStack NONE = new CodeStack(null, null);

  private static final int DEPTH = 20;
  private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

  private final IMCStackTrace trace;

  /** Frames as {@link StackText} has them; null if there are none. */
  private final String text;

  private CodeStack(IMCStackTrace trace, String text) {
    this.trace = trace;
    this.text = text;
  }

  /**
   * @param text as {@link StackText} has it; null is none
   */
  public static CodeStack of(String text) {
    return text == null || text.isEmpty() ? NONE : new CodeStack(null, text);
  }

  /** Whether anything is known of it. */
  public boolean isKnown() {
    return text != null || trace != null;
  }

  /** This, if anything is known of it, and else another. */
  public CodeStack or(CodeStack other) {
    return isKnown() ? this : other;
  }

  /**
   * @param value of the field {@code stackTrace}; anything but the parser's stack is none
   */
  static CodeStack of(Object value) {
    return value instanceof IMCStackTrace stack ? new CodeStack(stack, null) : NONE;
  }

  /** The innermost frames, that which recorded first; empty if they are not known. */
  public List<String> frames() {
    if (text != null) {
      return StackText.frames(text);
    }
    if (trace == null || trace.getFrames() == null) {
      return List.of();
    }
    List<String> frames = new ArrayList<>();
    for (IMCFrame frame : trace.getFrames()) {
      words(frame).filter(words -> frames.size() < DEPTH).ifPresent(frames::add);
    }
    return frames;
  }

  /** Such as {@code demo.risk.RiskDesk.approve:47}. */
  private static Optional<String> words(IMCFrame frame) {
    IMCMethod method = frame == null ? null : frame.getMethod();
    IMCType type = method == null ? null : method.getType();
    if (type == null || method.getMethodName() == null) {
      return Optional.empty();
    }
    String where = EventType.name(type) + "." + method.getMethodName();
    Integer line = frame.getFrameLineNumber();
    return Optional.of(line == null || line < 0 ? where : where + ":" + line);
  }

  /** The innermost of these frames that is not the JDK's own; empty if none is known to be it. */
  public static Optional<String> place(List<String> frames) {
    return frames.stream()
        .filter(frame -> !isOfJdk(frame))
        .findFirst()
        .filter(frame -> !frame.equals(StackText.UNKNOWN));
  }

  /** The innermost of these frames that are not the JDK's own, if the first is known to be it. */
  public static List<String> places(List<String> frames, int most) {
    return place(frames).isEmpty()
        ? List.of()
        : frames.stream()
            .filter(frame -> !isOfJdk(frame) && !frame.equals(StackText.UNKNOWN))
            .limit(most)
            .toList();
  }

  /** Whether a frame is of the JDK's own code. */
  public static boolean isOfJdk(String frame) {
    return JDK.stream().anyMatch(frame::startsWith);
  }
}
