package latencyscope.guest.hotspot;

import java.io.IOException;
import java.util.Arrays;

/**
 * Finds the Java frames on a stack of this JVM, with or without {@code -XX:+PreserveFramePointer}.
 *
 * <p>Compiled code has frames of a size that the code cache knows; an interpreted frame is found by
 * its frame pointer, which all code around it saves. A caller is believed only if it can have made
 * a call that returns to that address: compiled code has a place in the program for exactly that
 * address, and an interpreted frame the address of a method that its class has. What cannot be
 * believed ends the stack. Layout of frames: {@code frame_x86.hpp} of JDK 25.
 *
 * <p>Allocates nothing for a stack of known code. Used by one thread at a time.
 */
final class HotSpotFrames {
  static final int MOST = 64;

  private static final long WORD = Long.BYTES;
  private static final long METHOD = -3 * WORD;
  private static final long SENDER_SP = -1 * WORD;
  private static final long BCP = -8 * WORD;
  private static final long CALL_WRAPPER = -6 * WORD;

  private static final int SEEN = 1 << 10;

  /** No interpreted frame is larger, but those of giant methods. */
  private static final long LARGEST = 4_096;

  /** Frames of the JVM's own code, which keeps frame pointers, between Java code and a leaf. */
  private static final int MOST_NATIVE = 32;

  private final CodeCache code;
  private final JavaMethods methods;
  private final long interpreterBegin;
  private final long interpreterEnd;
  private final long entryReturn;
  private final long wrappedAnchor;

  /** Methods that were seen to be some in this round, and what was read of them. */
  private final long[] seen = new long[SEEN];

  private final long[] codeBegins = new long[SEEN];
  private final long[] codeEnds = new long[SEEN];
  private final long[] fingerprints = new long[SEEN];

  /** Where each frame is: an address in the code cache. */
  final long[] pcs = new long[MOST];

  /** Compiled code of each frame; null if it is interpreted. */
  final CodeBlob[] blobs = new CodeBlob[MOST];

  /** Of each interpreted frame its method. */
  final long[] interpreted = new long[MOST];

  /** Of each interpreted frame its bytecode; {@link JavaMethods#NO_BCI} if that is not known. */
  final int[] bcis = new int[MOST];

  private final long[] prints = new long[MOST];

  /** How many frames were found, the innermost first. */
  int depth;

  /** Whether the innermost frame may not be the one that the thread was in. */
  boolean topIsMissing;

  /** Whether the stack was followed to the call that began it. */
  boolean isWhole;

  /** Whether the innermost frame is at exactly the address, as a call's is. */
  boolean topReturns;

  // Of the frame that is looked at.
  private long pc;
  private long sp;
  private long fp;
  private boolean returns;

  HotSpotFrames(HotSpotStructs structs, CodeCache code, JavaMethods methods) throws IOException {
    this.code = code;
    this.methods = methods;
    long queue = structs.readLong(structs.staticAddress("AbstractInterpreter", "_code"));
    interpreterBegin =
        structs.readLong(queue + structs.offset("StubQueue"::equals, "_stub_buffer"));
    interpreterEnd =
        interpreterBegin
            + structs.readInt(queue + structs.offset("StubQueue"::equals, "_buffer_limit"));
    entryReturn =
        structs.readLong(structs.staticAddress("StubRoutines", "_call_stub_return_address"));
    wrappedAnchor = structs.offset("JavaCallWrapper"::equals, "_anchor");
    if (!code.contains(interpreterBegin) || !code.contains(entryReturn)) {
      throw new IOException("this JVM's interpreter has an unknown layout");
    }
  }

  /** Finds the frames of a stack. */
  void find(StackImage stack) {
    depth = 0;
    isWhole = false;
    topIsMissing = false;
    if (!begin(stack)) {
      return;
    }
    topReturns = returns;
    while (depth < MOST) {
      if (pc == entryReturn) {
        if (!entered(stack)) {
          return;
        }
        continue;
      }
      CodeBlob blob = isInterpreter(pc) ? null : code.find(pc);
      boolean goesOn =
          isInterpreter(pc)
              ? interpretedFrame(stack)
              : blob != null && (blob.isMethod() ? compiledFrame(stack, blob) : stub(stack, blob));
      if (!goesOn) {
        return;
      }
      returns = true;
    }
  }

  /** Goes on to the Java code that made the JVM call this, if any did. */
  private boolean entered(StackImage stack) {
    long wrapper = fp > sp ? stack.word(fp + CALL_WRAPPER) : StackImage.MISSING;
    long anchor = wrapper + wrappedAnchor;
    if (wrapper <= fp || !stack.has(anchor) || !stack.has(anchor + 2 * WORD)) {
      return false;
    }
    long before = stack.word(anchor);
    if (before == 0) {
      isWhole = true;
      return false;
    }
    long caller = stack.word(anchor + WORD);
    caller = caller != 0 ? caller : stack.word(before - WORD);
    if (before <= wrapper || !mayReturnTo(caller)) {
      return false;
    }
    go(caller, before, stack.word(anchor + 2 * WORD));
    return true;
  }

  /** Says that what was there before may not be any more. */
  void beginRound() {
    Arrays.fill(seen, 0);
  }

  private boolean isMethod(long address) {
    int at = place(address);
    if (seen[at] != address && methods.isMethod(address)) {
      seen[at] = address;
      codeBegins[at] = methods.codeBegin(address);
      codeEnds[at] = methods.codeEnd(address);
      fingerprints[at] = methods.fingerprint(address);
    }
    return seen[at] == address;
  }

  private static int place(long address) {
    return (int) (address >>> 3) & SEEN - 1;
  }

  /** Which bytecode of a method that was seen an address is. */
  private int bci(long method, long address) {
    int at = place(method);
    return address >= codeBegins[at] && address < codeEnds[at]
        ? (int) (address - codeBegins[at])
        : JavaMethods.NO_BCI;
  }

  /** A number that differs for frames that differ. */
  long fingerprint() {
    long sum = depth * 4 + (isWhole ? 1 : 0) + (topIsMissing ? 2 : 0);
    for (int i = 0; i < depth; i++) {
      long place =
          blobs[i] != null
              ? pcs[i] * 31 + blobs[i].compileId * 17L + blobs[i].method
              : prints[i] * 31 + bcis[i];
      sum = (sum ^ place) * 0x9E3779B97F4A7C15L;
      sum ^= sum >>> 29;
    }
    return sum;
  }

  private boolean begin(StackImage stack) {
    if (stack.javaSp != 0) {
      pc = stack.javaPc != 0 ? stack.javaPc : stack.word(stack.javaSp - WORD);
      sp = stack.javaSp;
      fp = stack.javaFp;
      returns = true;
      return code.contains(pc);
    }
    pc = stack.pc;
    sp = stack.sp;
    fp = stack.fp;
    returns = false;
    return code.contains(pc) || calledFrom(stack);
  }

  /** Native code that Java called without noting where: a function of the JVM's, or of libc. */
  private boolean calledFrom(StackImage stack) {
    if (mayReturnTo(stack.word(sp))) {
      go(stack.word(sp), sp + WORD, fp);
      return true;
    }
    // What keeps no frame pointer is passed over, and may have been called by what is, too.
    topIsMissing = true;
    for (int i = 0; i < MOST_NATIVE && fp > sp; i++) {
      long caller = stack.word(fp + WORD);
      long before = stack.word(fp);
      if (mayReturnTo(caller)) {
        go(caller, fp + 2 * WORD, before);
        return true;
      }
      sp = fp;
      fp = before;
    }
    return false;
  }

  private void go(long nextPc, long nextSp, long nextFp) {
    pc = nextPc;
    sp = nextSp;
    fp = nextFp;
    returns = true;
  }

  private boolean isInterpreter(long address) {
    return address >= interpreterBegin && address < interpreterEnd;
  }

  /** Whether a call in Java code, or in a stub of a frame's size, can return to an address. */
  private boolean mayReturnTo(long address) {
    if (!code.contains(address)) {
      return false;
    }
    if (isInterpreter(address) || address == entryReturn) {
      return true; // the frame is looked at more closely when it comes to that
    }
    CodeBlob blob = code.find(address);
    return blob != null
        && (blob.isMethod() ? blob.exact(address) >= 0 || isWrapper(blob) : blob.frameBytes > 0);
  }

  private boolean isWrapper(CodeBlob blob) {
    return blob.isWrapper;
  }

  private boolean compiledFrame(StackImage stack, CodeBlob blob) {
    boolean wrapper = isWrapper(blob);
    if (returns && !wrapper && blob.exact(pc) < 0) {
      return false;
    }
    push(pc, blob, 0, 0);
    boolean hasFrame = returns || pc - blob.begin >= blob.frameComplete;
    return hasFrame && blob.frameBytes > WORD && leave(stack, sp + blob.frameBytes);
  }

  /** Goes to the caller of a frame that ends at an address: its last words are what was saved. */
  private boolean leave(StackImage stack, long frameEnd) {
    long caller = stack.word(frameEnd - WORD);
    if (!mayReturnTo(caller)) {
      return false;
    }
    go(caller, frameEnd, stack.word(frameEnd - 2 * WORD));
    return true;
  }

  /** Code that is no method's: it is not shown. */
  private boolean stub(StackImage stack, CodeBlob blob) {
    if (returns && blob.frameBytes > WORD) {
      return leave(stack, sp + blob.frameBytes);
    }
    // It may have no frame yet, or any more; one that has a frame keeps a frame pointer.
    long caller = stack.word(sp);
    if (!returns && !isInterpreter(caller) && mayReturnTo(caller)) {
      go(caller, sp + WORD, fp);
      return true;
    }
    if (fp < sp || fp - sp > LARGEST / 16) {
      return false;
    }
    for (long at = sp; at < fp; at += WORD) {
      if (mayReturnTo(stack.word(at))) {
        return false; // the frame pointer may be that of a frame further out
      }
    }
    return leave(stack, fp + 2 * WORD);
  }

  private boolean interpretedFrame(StackImage stack) {
    long method = fp > sp && fp - sp < LARGEST ? stack.word(fp + METHOD) : 0;
    if (method == 0 || !isMethod(method)) {
      return false;
    }
    int bci = JavaMethods.NO_BCI;
    if (!returns) {
      bci = bci(method, stack.bcp);
    }
    if (bci < 0) {
      bci = bci(method, stack.word(fp + BCP));
    }
    if (depth == 0 && returns && bci >= 0) {
      bci = methods.calling(method, bci);
    }
    push(pc, null, method, bci);
    long senderSp = stack.word(fp + SENDER_SP);
    long caller = stack.word(fp + WORD);
    if (senderSp <= fp || !mayReturnTo(caller)) {
      return false;
    }
    go(caller, senderSp, stack.word(fp));
    return true;
  }

  private void push(long at, CodeBlob blob, long method, int bci) {
    pcs[depth] = at;
    blobs[depth] = blob;
    interpreted[depth] = method;
    bcis[depth] = bci;
    prints[depth] = blob == null ? fingerprints[place(method)] : 0;
    depth++;
  }

  /** Forgets the last stack's code, which may go. */
  void clear() {
    Arrays.fill(blobs, null);
    depth = 0;
  }
}
