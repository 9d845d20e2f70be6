package latencyscope.bpf.ffm;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Refusal;

/**
 * A C function of up to seven integers and addresses.
 *
 * <p>All functions are linked as one shape, seven longs that return a long with errno kept: a shape
 * of its own costs the engine 4 ms of CPU time when a capture starts, and there were 21 of them. In
 * the calling conventions of x86-64 and AArch64 what a function has no parameter for is where it
 * does not look, a narrower parameter is the low part of its register, and so is a narrower result.
 * Memory whose address is passed must stay open until the call returns: the linker does not see to
 * it here.
 */
public final class NativeFunction {
  private static final int PARAMETERS = 7;
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));
  private static final MethodHandle ANY = link();

  /** Where errno goes: memory that a thread asks for once, and not with each call. */
  private static final ThreadLocal<MemorySegment> SCRATCH =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private final MemorySegment address;

  NativeFunction(MemorySegment address) {
    this.address = address;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle link() {
    return Linker.nativeLinker()
        .downcallHandle(
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                JAVA_LONG),
            CAPTURE);
  }

  /** What a call left: its result, and errno, which says something only if the result does. */
  private record Outcome(long result, int errno) {}

  /**
   * Calls a function of one parameter that returns an {@code int}. Allocates nothing: a thread that
   * calls often must not make the engine's JVM collect garbage, nor take malloc's locks.
   */
  public int integer(long argument) {
    return (int) invoke(SCRATCH.get(), argument, 0, 0, 0, 0, 0, 0);
  }

  /** The same with two parameters. */
  int integer(long first, long second) {
    return (int) invoke(SCRATCH.get(), first, second, 0, 0, 0, 0, 0);
  }

  /** As {@link #orErrno(long...)}; allocates nothing. */
  long orErrno(long a, long b, long c, long d, long e) {
    MemorySegment state = SCRATCH.get();
    long result = invoke(state, a, b, c, d, e, 0, 0);
    return (int) result == -1 ? -(int) ERRNO.get(state, 0L) : result;
  }

  /** Calls a function that returns an {@code int}. */
  public int integer(long... arguments) {
    return (int) call(arguments).result;
  }

  /** The {@code int} or {@code long} result where it is not negative, else the negative errno. */
  long orErrno(long... arguments) {
    Outcome outcome = call(arguments);
    // An int's -1 may leave the upper half of the register as it was.
    return (int) outcome.result == -1 ? -outcome.errno : outcome.result;
  }

  /**
   * The pointer that a call returns.
   *
   * @param action what the call is for, to follow "could not"
   * @throws BpfException when it is NULL, or the -1 of mmap
   */
  public MemorySegment pointer(String action, long... arguments) throws BpfException {
    Outcome outcome = call(arguments);
    if (outcome.result == 0 || outcome.result == -1) {
      throw Refusal.of(action, outcome.errno);
    }
    return MemorySegment.ofAddress(outcome.result);
  }

  private Outcome call(long[] arguments) {
    long[] a = Arrays.copyOf(arguments, PARAMETERS);
    MemorySegment state = SCRATCH.get();
    long result = invoke(state, a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
    return new Outcome(result, (int) ERRNO.get(state, 0L));
  }

  private long invoke(MemorySegment state, long a, long b, long c, long d, long e, long f, long g) {
    try {
      return (long) ANY.invokeExact(address, state, a, b, c, d, e, f, g);
    } catch (RuntimeException | Error unexpected) {
      throw unexpected;
    } catch (Throwable unexpected) {
      // A handle declares it and throws nothing itself.
      throw new AssertionError(unexpected);
    }
  }
}
