package latencyscope.jfr.schema;

/**
 * A setting of the host that a remedy changes. The agent records each as a {@code HostFact}, with
 * the value {@value #ABSENT} where the kernel has no such file; a reader advises only what is there
 * and not yet as advised.
 */
public enum HostSetting {
  /**
   * CPUs of unbound kernel work; without it (before Linux 4.2, 042f7df15a4f) there is no common
   * mask.
   */
  WORKQUEUE_CPUMASK("workqueue_cpumask", "/sys/devices/virtual/workqueue/cpumask"),
  /** CPUs booted with nohz_full; there only with CONFIG_NO_HZ_FULL (Linux 4.2, 6570a9a1ce3a). */
  NOHZ_FULL("nohz_full_cpus", "/sys/devices/system/cpu/nohz_full"),
  /** What puts CPUs into idle states; "none" on many virtual machines. */
  CPUIDLE_DRIVER("cpuidle_driver", "/sys/devices/system/cpu/cpuidle/current_driver"),
  /** How long a guest's CPU polls before it halts; there only with the governor haltpoll. */
  HALT_POLL("halt_poll_ns", "/sys/module/haltpoll/parameters/guest_halt_poll_ns"),
  /** Seconds between two folds of the memory statistics. */
  STAT_INTERVAL("vm.stat_interval", "/proc/sys/vm/stat_interval"),
  /** How eagerly the kernel compacts memory in the background; Linux 5.9, facdaa917c4d. */
  COMPACTION_PROACTIVENESS("vm.compaction_proactiveness", "/proc/sys/vm/compaction_proactiveness"),
  /** Memory that is kept free, in KiB. */
  MIN_FREE("vm.min_free_kbytes", "/proc/sys/vm/min_free_kbytes"),
  /**
   * Whether pages are moved to the node of who uses them; there only with CONFIG_NUMA_BALANCING.
   */
  NUMA_BALANCING("numa_balancing", "/proc/sys/kernel/numa_balancing"),
  /** Whether a watchdog uses NMIs; there only with a hardware counter for it. */
  NMI_WATCHDOG("nmi_watchdog", "/proc/sys/kernel/nmi_watchdog"),
  /** Which memory may become huge pages. */
  HUGE_PAGES("transparent_hugepage", "/sys/kernel/mm/transparent_hugepage/enabled"),
  /** When the kernel looks for huge pages. */
  HUGE_PAGES_DEFRAG("transparent_hugepage_defrag", "/sys/kernel/mm/transparent_hugepage/defrag"),
  /**
   * Largest receive buffer; absent in a separate network namespace before Linux 6.12
   * (19249c0724f2).
   */
  RMEM_MAX("net.core.rmem_max", "/proc/sys/net/core/rmem_max"),
  /** Length of a CPU's queue for packets. */
  NETDEV_MAX_BACKLOG("net.core.netdev_max_backlog", "/proc/sys/net/core/netdev_max_backlog"),
  /** Packets of a poll of the backlog. */
  DEV_WEIGHT("net.core.dev_weight", "/proc/sys/net/core/dev_weight"),
  /** Connections that may wait to be accepted. */
  SOMAXCONN("net.core.somaxconn", "/proc/sys/net/core/somaxconn"),
  /** How long a read polls its device, in µs; there only with CONFIG_NET_RX_BUSY_POLL. */
  BUSY_READ("net.core.busy_read", "/proc/sys/net/core/busy_read"),
  /** Memory of all UDP sockets, in pages. */
  UDP_MEM("net.ipv4.udp_mem", "/proc/sys/net/ipv4/udp_mem"),
  /** Receive buffers of TCP sockets. */
  TCP_RMEM("net.ipv4.tcp_rmem", "/proc/sys/net/ipv4/tcp_rmem");

  /** Value of a fact whose file this host does not have. */
  public static final String ABSENT = "absent";

  private final String fact;
  private final String file;

  HostSetting(String fact, String file) {
    this.fact = fact;
    this.file = file;
  }

  /** Name of the host's fact. */
  public String fact() {
    return fact;
  }

  /** The file, from the root on. */
  public String file() {
    return file;
  }
}
