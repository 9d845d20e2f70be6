package latencyscope.guest.hotspot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import latencyscope.jfr.StackText;

/**
 * Says where in the program a thread of this JVM was, from a copy of its stack: methods and lines,
 * those that the compiler put into others included.
 *
 * <p>HotSpot's compilers note places in the program for calls, for safepoints and for what may
 * throw. So of an instruction in between, such as one that faults, the line is said if the places
 * before and behind it agree, as {@link StackText#NEAR} it, and else the innermost method that they
 * agree on. A stack that was not followed to its end has {@link StackText#UNKNOWN} there.
 *
 * <p>Texts are remembered by the code that they are of, and a known one is found without
 * allocation. Used by one thread at a time.
 */
public final class HotSpotStacks implements AutoCloseable {
  private static final int MOST_TEXTS = 1 << 12;
  private static final int MOST_SCOPES = 64;
  private static final int LONGEST_SCOPE = 16;
  private static final String LAMBDA = "$$Lambda";
  private static final String EVERY_INSTRUCTION = "DebugNonSafepoints";
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final HotSpotStructs structs;
  private final CodeCache code;
  private final JavaMethods methods;
  private final HotSpotFrames frames;
  private final boolean hasEveryInstruction;
  private final int anchorOffset;

  private final long[] keys = new long[MOST_TEXTS];
  private final String[] texts = new String[MOST_TEXTS];

  private final ByteBuffer scopeBytes =
      ByteBuffer.allocateDirect(LONGEST_SCOPE).order(ByteOrder.nativeOrder());

  /** A method and where in it; near that place, if that is all that is known. */
  private record Scope(long method, int bci, boolean isNear) {
    Scope(long method, int bci) {
      this(method, bci, false);
    }
  }

  private HotSpotStacks(HotSpotStructs structs) throws IOException {
    this.structs = structs;
    methods = new JavaMethods(structs);
    code = new CodeCache(structs, methods);
    frames = new HotSpotFrames(structs, code, methods);
    hasEveryInstruction = flag(structs, EVERY_INSTRUCTION);
    long anchor = structs.offset("JavaThread"::equals, "_anchor");
    String type = "JavaFrameAnchor";
    if (structs.offset(type::equals, "_last_Java_sp") != 0
        || structs.offset(type::equals, "_last_Java_pc") != Long.BYTES
        || structs.offset(type::equals, "_last_Java_fp") != 2 * Long.BYTES) {
      throw new IOException("this JVM's frame anchor has an unknown layout");
    }
    anchorOffset = Math.toIntExact(anchor);
  }

  /**
   * Finds where this JVM keeps what this needs.
   *
   * @throws IOException if it is not described, with a sentence that says what is missing; then
   *     nothing is left open
   */
  public static HotSpotStacks open() throws IOException {
    HotSpotStructs structs = new HotSpotStructs();
    try {
      return new HotSpotStacks(structs);
    } catch (IOException e) {
      structs.close();
      throw e;
    }
  }

  private static boolean flag(HotSpotStructs structs, String name) throws IOException {
    long flags = structs.readLong(structs.staticAddress("JVMFlag", "flags"));
    long count = structs.readLong(structs.staticAddress("JVMFlag", "numFlags"));
    long size = structs.size("JVMFlag");
    long nameOffset = structs.offset("JVMFlag"::equals, "_name");
    long address = structs.offset("JVMFlag"::equals, "_addr");
    for (long flag = flags; flag < flags + Math.min(count, 10_000) * size; flag += size) {
      if (name.equals(structs.readText(structs.readLong(flag + nameOffset)))) {
        return structs.readByte(structs.readLong(flag + address)) == 1;
      }
    }
    return false;
  }

  /** Where in a thread's structure its last Java frame is noted. */
  public int anchorOffset() {
    return anchorOffset;
  }

  /** Says that code may have changed since the last stack. */
  public void beginRound() {
    code.beginRound();
    frames.beginRound();
  }

  /** The Java frames of a stack as {@link StackText} has them; null if there are none. */
  public String text(StackImage stack) {
    frames.find(stack);
    if (frames.depth == 0) {
      return null;
    }
    long key = frames.fingerprint();
    int at = (int) (key * SPREAD >>> 32) & MOST_TEXTS - 1;
    if (keys[at] != key || texts[at] == null) {
      texts[at] = words();
      keys[at] = key;
    }
    frames.clear();
    return texts[at];
  }

  private String words() {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < frames.depth && words.size() < StackText.MOST_FRAMES; i++) {
      CodeBlob blob = frames.blobs[i];
      if (blob == null) {
        words.add(words(new Scope(frames.interpreted[i], frames.bcis[i])));
      } else {
        boolean exact = i > 0 || frames.topReturns;
        scopes(blob, frames.pcs[i], exact).forEach(scope -> words.add(words(scope)));
      }
    }
    words.removeIf(HotSpotStacks::isOfHiddenClass);
    int unnamed = words.indexOf(null);
    boolean isWhole = unnamed < 0 && frames.isWhole && words.size() <= StackText.MOST_FRAMES;
    List<String> known = unnamed < 0 ? words : words.subList(0, unnamed);
    return StackText.of(known, !frames.topIsMissing, isWhole);
  }

  /** The JVM's own stack traces leave these out, too; they are glue, and have no source. */
  private static boolean isOfHiddenClass(String words) {
    return words != null
        && (words.contains(LAMBDA) || words.startsWith("java.lang.invoke.LambdaForm$"));
  }

  /** Null if the method has no name: it is none. */
  private String words(Scope scope) {
    String name = methods.name(scope.method);
    int line = name == null ? 0 : methods.line(scope.method, scope.bci);
    return line > 0 ? name + (scope.isNear ? StackText.NEAR : StackText.AT) + line : name;
  }

  /** What a frame of compiled code stands for, the innermost first. */
  private List<Scope> scopes(CodeBlob blob, long pc, boolean returns) {
    Scope whole = new Scope(blob.method, JavaMethods.NO_BCI);
    if (blob.hasNoPlaces()) {
      return List.of(whole);
    }
    int behind = blob.following(pc);
    List<Scope> after = scopes(blob, blob.scopeOf(behind));
    // With that flag, what is noted may be of a neighbouring instruction: seen in JDK 25.
    if (returns || blob.exact(pc) >= 0 && !hasEveryInstruction) {
      return after.isEmpty() ? List.of(whole) : after;
    }
    List<Scope> agreed = agreed(scopes(blob, blob.scopeOf(behind - 1)), after);
    return agreed.isEmpty() ? List.of(whole) : agreed;
  }

  /** What two places have in common, from the outermost method on. */
  private List<Scope> agreed(List<Scope> before, List<Scope> after) {
    List<Scope> agreed = new ArrayList<>();
    for (int i = 1; i <= Math.min(before.size(), after.size()); i++) {
      Scope one = before.get(before.size() - i);
      Scope other = after.get(after.size() - i);
      if (one.method != other.method) {
        break;
      }
      boolean sameLine =
          one.bci == other.bci
              || methods.line(one.method, one.bci) == methods.line(other.method, other.bci);
      int bci = sameLine ? other.bci : JavaMethods.NO_BCI;
      // A call that both are in is certain, and what is called there is near.
      agreed.add(0, new Scope(other.method, bci, true));
      if (one.bci != other.bci) {
        break; // at another call, or at none
      }
    }
    return agreed;
  }

  /** The scopes that begin with one; empty if it is none. */
  private List<Scope> scopes(CodeBlob blob, int offset) {
    List<Scope> scopes = new ArrayList<>();
    int at = offset;
    while (at > 0 && scopes.size() < MOST_SCOPES) {
      if (!structs.readBytes(blob.scopes + at, scopeBytes.clear())) {
        return List.of();
      }
      Unsigned5 numbers = new Unsigned5(scopeBytes.flip());
      int sender = numbers.read();
      int method = numbers.read();
      int bci = numbers.read() - 1; // InvocationEntryBci is written as 0
      if (method <= 0 || sender >= at) {
        return List.of(); // scopes are written callers first
      }
      long address = structs.readLong(blob.metadata + (method - 1L) * Long.BYTES);
      scopes.add(new Scope(address, bci));
      at = sender;
    }
    return scopes;
  }

  @Override
  public void close() throws IOException {
    structs.close();
  }
}
