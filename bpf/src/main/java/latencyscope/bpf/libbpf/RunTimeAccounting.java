package latencyscope.bpf.libbpf;

import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.error.Refusal;
import latencyscope.bpf.ffm.Libc;

/**
 * Has the kernel count runs and run times of all BPF programs for as long as it is open.
 *
 * <p>Costs every run of every program on the host two clock reads. The counts are in {@link
 * ProgramInfo}.
 */
public final class RunTimeAccounting implements AutoCloseable {
  private static final int RUN_TIME = 0; // BPF_STATS_RUN_TIME

  private int fd;

  private RunTimeAccounting(int fd) {
    this.fd = fd;
  }

  /**
   * Starts counting.
   *
   * @throws BpfException when libbpf is missing or the kernel refuses
   */
  public static RunTimeAccounting start() throws BpfException {
    LibBpf.require();
    int fd = LibBpf.ENABLE_STATS.integer(RUN_TIME);
    return new RunTimeAccounting(Refusal.check("count the run times of BPF programs", fd));
  }

  /** Stops counting, unless somebody else has it counted too. A second call does nothing. */
  @Override
  public synchronized void close() {
    if (fd >= 0) {
      Libc.close(fd);
      fd = -1;
    }
  }
}
