package latencyscope.jmc;

import java.util.List;
import latencyscope.analysis.finding.Finding;
import org.openjdk.jmc.common.item.IItemQuery;

/**
 * The rules, one for each part of the report. Mission Control finds them through the service
 * loader, which takes a class for each.
 */
public final class KernelRules {
  private KernelRules() {}

  /** Whether the target had its CPUs for itself. */
  public static final class Isolation extends KernelRule {
    /** Called by the service loader. */
    public Isolation() {
      super("isolation", "CPU Isolation");
    }
  }

  /** What interrupts took. */
  public static final class Irq extends KernelRule {
    /** Called by the service loader. */
    public Irq() {
      super("irq", "Interrupts");
    }
  }

  /** What memory that was not there yet, or no more, took. */
  public static final class Memory extends KernelRule {
    /** Called by the service loader. */
    public Memory() {
      super("memory", "Page Faults and TLB Shootdowns");
    }
  }

  /** Where threads blocked in the kernel. */
  public static final class Syscall extends KernelRule {
    /** Called by the service loader. */
    public Syscall() {
      super("syscall", "Blocking System Calls");
    }
  }

  /** How packets came to the threads that read them, or did not. */
  public static final class Network extends KernelRule {
    /** Called by the service loader. */
    public Network() {
      super("network", "Packet Reception");
    }
  }

  /** What the kernel did to threads that made the JVM's pauses long. */
  public static final class Jvm extends KernelRule {
    /** Called by the service loader. */
    public Jvm() {
      super("jvm", "Safepoints and GC Pauses in the Kernel");
    }

    @Override
    IItemQuery evidence(List<Finding> findings) {
      return Evidence.ofPauses(findings);
    }
  }

  /** Whether the capture is complete, and what it cost. */
  public static final class Capture extends KernelRule {
    /** Called by the service loader. */
    public Capture() {
      super("capture", "Kernel Capture");
    }

    @Override
    IItemQuery evidence(List<Finding> findings) {
      return Evidence.ofCapture();
    }
  }
}
