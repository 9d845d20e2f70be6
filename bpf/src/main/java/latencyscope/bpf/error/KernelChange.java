package latencyscope.bpf.error;

/**
 * Changes of Linux that the loader, the programs or the tests go by: since when, and by which
 * commit. A distribution may have one earlier: ask the kernel itself wherever it answers.
 */
public enum KernelChange {
  /** Maps count as memory of the control group; before, as locked memory of the user. */
  MAPS_CHARGED_TO_GROUPS(5, 11, "80ee81e0403c"),

  /** Tracing programs may keep values with a socket. */
  SOCKET_STORAGE_FOR_TRACING(5, 11, "8e4597c627fb"),

  /** The tracepoint {@code mm_migrate_pages_start}. */
  MIGRATION_TRACEPOINT(5, 13, "7bc1aec5e287"),

  /** A task's {@code state} is called {@code __state}. */
  STATE_RENAMED(5, 14, "2f064a59a11f"),

  /** The helper {@code bpf_task_pt_regs}. */
  TASK_REGISTERS(5, 15, "dd6e10fbd9fb"),

  /** A task's CPU is in its {@code thread_info}. */
  CPU_IN_THREAD_INFO(5, 16, "bcf9033e5449"),

  /** The helper {@code bpf_find_vma}. */
  FIND_VMA(5, 17, "7c7e3d31e785"),

  /** A kernel thread's {@code struct kthread} is in {@code worker_private}. */
  KTHREAD_IN_WORKER_PRIVATE(5, 17, "e32cf5dfbe22"),

  /** The {@code sched_switch} tracepoint hands over the state of the previous task. */
  SWITCH_STATE(5, 18, "fa2c3254d7cf"),

  /** The tracepoint {@code sk_data_ready}. */
  SOCKET_READY_TRACEPOINT(6, 3, "40e0b0908142"),

  /** The tracepoints {@code sock_send_length} and {@code sock_recv_length}. */
  SOCKET_LENGTH_TRACEPOINTS(6, 3, "6e6eda44b939"),

  /**
   * Storage of tasks is made by BPF's own allocator. Before, the general one may want to wake a
   * thread: from within the scheduler, with a runqueue locked, that can be a deadlock; and on
   * PREEMPT_RT it may sleep.
   */
  STORAGE_WITHOUT_LOCKS(6, 4, "08a7ce384e33"),

  /** The tracepoints {@code tasklet_entry} and {@code tasklet_exit}. */
  TASKLET_TRACEPOINTS(6, 4, "f4bf3ca2e5cb"),

  /** The tracepoints {@code csd_function_entry} and {@code csd_function_exit}. */
  REMOTE_CALL_TRACEPOINTS(6, 5, "949fa3f11ced"),

  /** A thread that goes to sleep may stay in the runqueue for a while. */
  DELAYED_DEQUEUE(6, 12, "152e11f6df29"),

  /** The scheduler heeds the length of turns that a thread asks for. */
  CHOSEN_SLICES(6, 12, "857b158dc5e8"),

  /** Storage of sockets is made without locks that sleep on PREEMPT_RT; seen in 7.3. */
  SOCKET_STORAGE_WITHOUT_LOCKS(7, 3, "5063e7758899");

  private final KernelVersion since;
  private final String commit;

  KernelChange(int major, int minor, String commit) {
    since = new KernelVersion(major, minor, 0);
    this.commit = commit;
  }

  /** The first release with it. */
  public KernelVersion since() {
    return since;
  }

  /** Its commit in Linux, twelve digits. */
  public String commit() {
    return commit;
  }

  /** Whether a release has it. */
  public boolean isIn(KernelVersion version) {
    return version.compareTo(since) >= 0;
  }
}
