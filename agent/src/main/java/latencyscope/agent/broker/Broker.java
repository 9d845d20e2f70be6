package latencyscope.agent.broker;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import latencyscope.bpf.error.BpfException;
import latencyscope.bpf.kernel.Kernel;
import latencyscope.bpf.libbpf.KernelObject;
import latencyscope.proc.Capabilities;

/**
 * Where the command line enters the broker, which it knows by name alone: it is compiled for an
 * older Java.
 */
public final class Broker {
  private static final int COULD_NOT_RUN = 3;

  private Broker() {}

  /**
   * Listens at a socket until the process is ended.
   *
   * @param out takes a line for each client
   * @param err takes a line for each problem
   * @param users who may be clients, by name or number; everybody if neither these nor groups are
   *     given
   * @param groups whose members may be clients
   * @param lines where a name of these stands in a file, by {@code user NAME} and {@code group
   *     NAME}
   * @return exit code of the process
   */
  public static int run(
      PrintWriter out,
      PrintWriter err,
      String socket,
      List<String> users,
      List<String> groups,
      Map<String, String> lines) {
    try {
      Capabilities held = Capabilities.held();
      if (!held.allowBpf() || !held.has("CAP_SYS_PTRACE")) {
        throw new IOException(
            "the broker needs CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE, and has "
                + held
                + "; run it as root: sudo latencyscope broker");
      }
      Admission admission = Admission.of(users, groups, lines);
      Confinement.enter();
      KernelObject.requireLibrary();
      Kernel.running().require();
      BrokerServer.open(Path.of(socket), admission, out, err).serve();
      return 0;
    } catch (BpfException e) {
      err.println("latencyscope: " + e.problem() + "; " + e.remedy());
    } catch (IOException | InvalidPathException e) {
      err.println("latencyscope: " + e.getMessage());
    }
    return COULD_NOT_RUN;
  }
}
