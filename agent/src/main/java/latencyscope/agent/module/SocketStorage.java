package latencyscope.agent.module;

import java.util.Set;
import latencyscope.bpf.error.KernelChange;
import latencyscope.bpf.error.KernelVersion;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.kernel.KernelTypes;

/** Whether programs may keep what they know of a socket with the socket itself on this kernel. */
final class SocketStorage {
  /** The programs that do nothing without it. */
  private static final Set<String> NEEDED_BY =
      Set.of(
          "ls_sk_data_ready",
          "ls_sock_recv_length",
          "ls_sock_send_length",
          "ls_open_sockets",
          "ls_open_tcp_sockets",
          "ls_open_udp_sockets");

  private SocketStorage() {}

  static boolean isNeededBy(String program) {
    return NEEDED_BY.contains(program);
  }

  /** Why it must do without, as the end of a sentence; null if it need not. */
  static String missing(Kernel kernel) {
    if (!KernelChange.SOCKET_STORAGE_FOR_TRACING.isIn(kernel.version())) {
      return "this kernel has no socket storage for tracing programs (Linux 5.11 has)";
    }
    if (kernel.isRealTime() && allocates(kernel.version())) {
      return "on this PREEMPT_RT kernel, making socket storage may sleep where a program must not";
    }
    return null;
  }

  /**
   * Whether storage is made by the allocator that takes locks, which on PREEMPT_RT sleep. For tasks
   * that is so before 6.4 (08a7ce384e33), for sockets as long as there are maps that differ in that
   * (until 5063e7758899).
   */
  private static boolean allocates(KernelVersion version) {
    KernelTypes types = KernelTypes.running();
    String map = "bpf_local_storage_map";
    return !KernelChange.STORAGE_WITHOUT_LOCKS.isIn(version)
        || types.memberType(map, "bpf_ma").isPresent()
        || types.memberType(map, "use_kmalloc_nolock").isPresent();
  }
}
