package latencyscope.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import latencyscope.analysis.finding.Task;
import latencyscope.proc.CpuSet;
import latencyscope.proc.ProcessFiles;
import latencyscope.proc.TaskAffinity;
import latencyscope.recording.thread.ThreadId;
import latencyscope.tune.Place.ThreadCpus;
import latencyscope.tune.Proof.Culprit;

/**
 * Moves those that matter of who kept threads of a contract from running to the other CPUs: of
 * another process all threads, of the target itself the one that did it.
 */
final class Competitors {
  /** PF_NO_SETAFFINITY: the kernel has bound the thread to its CPU. */
  private static final long BOUND = 0x0400_0000;

  /** The first process, on which all others depend. */
  private static final long INIT = 1;

  private final Host host;
  private final long target;
  private final Exclusive exclusive;
  private final Proof proof;
  private final Weight weight;

  Competitors(Host host, long target, Exclusive exclusive, Proof proof, Weight weight) {
    this.host = host;
    this.target = target;
    this.exclusive = exclusive;
    this.proof = proof;
    this.weight = weight;
  }

  /** Where they may run, and where they should. */
  List<Change> changes() {
    Set<Long> own = new HashSet<>();
    proof
        .threads()
        .values()
        .forEach(threads -> threads.stream().map(ThreadId::osTid).forEach(own::add));
    List<Change> changes = new ArrayList<>();
    for (Culprit culprit : proof.culprits()) {
      Task task = culprit.task();
      if (weight.has(culprit) && isMovable(task)) {
        for (long tid : threads(task)) {
          if (!own.contains(tid)) {
            change(task, tid).ifPresent(changes::add);
          }
        }
      }
    }
    return changes;
  }

  private static boolean isMovable(Task task) {
    boolean isOurs = task.pid() == ProcessHandle.current().pid();
    return task.tid() > 0
        && task.pid() != INIT
        && !isOurs
        && !task.isBoundToCpu()
        && !task.isUnboundWorker();
  }

  private List<Long> threads(Task task) {
    if (task.pid() == target || task.pid() <= 0) {
      return List.of(task.tid());
    }
    List<Path> tasks = new ProcessFiles(host.root().resolve("proc/" + task.pid())).tasks();
    return tasks.stream()
        .map(path -> Long.valueOf(path.getFileName().toString()))
        .sorted()
        .toList();
  }

  private Optional<Change> change(Task task, long tid) {
    Optional<TaskAffinity> now = host.affinity(tid);
    Optional<String> start = host.startTime(tid);
    if (now.isEmpty() || start.isEmpty() || (host.flags(tid) & BOUND) != 0) {
      return Optional.empty();
    }
    // The id of one that has ended may be another's since.
    boolean same = task.pid() <= 0 || now.get().processId() == task.pid();
    CpuSet allowed = CpuSet.parse(now.get().allowedCpus());
    CpuSet left = allowed.minus(exclusive.cpus());
    CpuSet to = left.isEmpty() ? exclusive.rest() : left;
    return !same || left.equals(allowed)
        ? Optional.empty()
        : Optional.of(
            new Change(
                new ThreadCpus(tid, now.get().processId(), start.get(), now.get().name()),
                now.get().allowedCpus(),
                to.toString()));
  }
}
