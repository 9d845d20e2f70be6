package latencyscope.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** Runs one native call and reads how it went. */
final class Downcall {
  /** For handles whose first parameter is a {@code callState}. */
  static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  private Downcall() {}

  /** A call that cannot fail, or whose result says how it failed. */
  interface Plain<T> {
    T run() throws Throwable;
  }

  /** A call that leaves errno. */
  interface Checked<T> {
    T run(MemorySegment callState) throws Throwable;
  }

  static <T> T run(Plain<T> call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** The result where it is not negative, the negative error number where it is. */
  static long orErrno(Checked<Long> call) {
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(STATE);
      long result = call.run(state);
      return result < 0 ? -errno(state) : result;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /**
   * The pointer that a call returns.
   *
   * @param action what the call is for, to follow "could not"
   * @throws BpfException when it is NULL, or the -1 of mmap
   */
  static MemorySegment pointer(String action, Checked<MemorySegment> call) throws BpfException {
    int errno;
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment state = scratch.allocate(STATE);
      MemorySegment pointer = call.run(state);
      if (pointer.address() != 0 && pointer.address() != -1) {
        return pointer;
      }
      errno = errno(state);
    } catch (Throwable e) {
      throw impossible(e);
    }
    throw Refusal.of(action, errno);
  }

  private static int errno(MemorySegment callState) {
    return (int) ERRNO.get(callState, 0L);
  }

  /** A handle declares Throwable and throws nothing of its own. */
  private static AssertionError impossible(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException exception) {
      throw exception;
    }
    return new AssertionError(e);
  }
}
