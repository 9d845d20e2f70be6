package latencyscope.bpf.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Errno;
import latencyscope.bpf.error.MissingCapabilityException;
import latencyscope.bpf.error.MissingKernelFeatureException;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.error.VerifierRefusalException;
import latencyscope.bpf.ffm.Libc;

/**
 * Finds out why an object was not loaded.
 *
 * <p>The verifier explains itself only when it is given a buffer, which costs time and memory that
 * a load that succeeds need not spend: so the object is loaded a second time, for the text.
 */
final class LoadFailure {
  private static final long LOG_SIZE = 1 << 20;

  private final KernelObject spec;
  private final int errno;

  LoadFailure(KernelObject spec, int errno) {
    this.spec = spec;
    this.errno = errno;
  }

  BpfException explain() {
    BpfException plain = Refusal.of("load the object " + spec.file().name(), errno);
    if (plain instanceof MissingCapabilityException) {
      return plain; // the verifier was not asked
    }
    try {
      return explain(loadWithLogs(), plain);
    } catch (BpfException second) {
      plain.addSuppressed(second);
      return plain;
    }
  }

  private BpfException explain(List<VerifierLog> logs, BpfException plain) {
    if (errno == Errno.ESRCH || errno == Errno.ENOENT) {
      // Not the verifier's numbers: libbpf looked for the hook of the next program in vain.
      for (VerifierLog log : logs) {
        if (log.isEmpty()) {
          String hook = spec.file().hook(log.program());
          return MissingKernelFeatureException.hook(log.program(), hook, errno);
        }
      }
    }
    // Programs are loaded in order, and none after the one that was refused.
    for (VerifierLog log : logs.reversed()) {
      if (!log.reason().isEmpty()) {
        return new VerifierRefusalException(log.program(), log.reason(), log.text(), errno);
      }
    }
    return plain;
  }

  private List<VerifierLog> loadWithLogs() throws BpfException {
    List<String> programs = spec.programs();
    List<VerifierLog> logs = new ArrayList<>();
    try (Arena arena = Arena.ofConfined();
        NativeObject object = spec.prepare()) {
      // Mapped, not allocated: pages that the verifier does not write to are never there.
      MemorySegment buffers =
          Libc.map(
              arena,
              "the verifier's log",
              Math.max(1, programs.size()) * LOG_SIZE,
              Libc.PROT_READ | Libc.PROT_WRITE,
              -1,
              0);
      for (int i = 0; i < programs.size(); i++) {
        object.setLog(programs.get(i), buffers.asSlice(i * LOG_SIZE, LOG_SIZE));
      }
      object.load();
      for (int i = 0; i < programs.size(); i++) {
        logs.add(new VerifierLog(programs.get(i), text(buffers.asSlice(i * LOG_SIZE, LOG_SIZE))));
      }
    }
    return logs;
  }

  private static String text(MemorySegment buffer) {
    buffer.set(JAVA_BYTE, buffer.byteSize() - 1, (byte) 0);
    return buffer.getString(0);
  }
}
