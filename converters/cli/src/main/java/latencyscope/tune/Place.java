package latencyscope.tune;

import java.io.IOException;
import java.util.Optional;
import latencyscope.audit.Setting.Form;
import latencyscope.proc.CpuSet;
import latencyscope.proc.TaskAffinity;

/** Where a value is. Immutable. */
sealed interface Place {
  /** The value that is there now; empty if the place is gone. */
  Optional<String> read(Host host);

  /**
   * Writes a value.
   *
   * @throws IOException with a reason
   */
  void write(Host host, String value) throws IOException;

  /** For people, without the value. */
  String words();

  /** Whether something forbids any writing there. */
  default boolean isForbidden(Host host) {
    return false;
  }

  /** A file of the kernel, by its path from the root on. */
  record KernelValue(String file, Form form) implements Place {
    @Override
    public Optional<String> read(Host host) {
      return host.read(file, form);
    }

    @Override
    public void write(Host host, String value) throws IOException {
      host.write(file, value);
    }

    @Override
    public String words() {
      return "/" + file;
    }

    @Override
    public boolean isForbidden(Host host) {
      return host.isReadOnly(file);
    }
  }

  /**
   * The CPUs of a thread.
   *
   * @param start when it was started, in ticks since the boot: distinguishes it from a later thread
   *     with the same id
   */
  record ThreadCpus(long tid, long pid, String start, String name) implements Place {
    @Override
    public Optional<String> read(Host host) {
      return host.startTime(tid).filter(start::equals).isEmpty()
          ? Optional.empty()
          : host.affinity(tid).map(TaskAffinity::allowedCpus);
    }

    @Override
    public void write(Host host, String value) throws IOException {
      host.pin(tid, CpuSet.parse(value));
    }

    @Override
    public String words() {
      String ids = pid == tid ? "pid " + tid : "pid " + pid + ", tid " + tid;
      return "CPUs of " + name + " (" + ids + ")";
    }
  }
}
