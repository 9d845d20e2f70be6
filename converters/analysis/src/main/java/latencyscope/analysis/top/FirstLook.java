package latencyscope.analysis.top;

import java.util.ArrayList;
import java.util.List;
import latencyscope.analysis.finding.Finding;
import latencyscope.analysis.finding.Kind;
import latencyscope.ledger.lost.LostTime;
import latencyscope.ledger.lost.ThreadLoss;
import latencyscope.ledger.lost.Without;
import latencyscope.proc.Role;
import latencyscope.recording.Recording;
import latencyscope.recording.thread.ThreadId;

/**
 * What to look at first: what the threads that matter lost, to which causes, and what would remain
 * without these. Immutable.
 *
 * @param lost what the threads that matter lost
 * @param causes all causes, the one that cost most first
 * @param target process that was watched; 0 or less if that is not one
 */
public record FirstLook(LostTime lost, List<TopCause> causes, long target) {
  private static final int COSTLIEST = 3;

  /** Copies the list. */
  public FirstLook {
    causes = List.copyOf(causes);
  }

  /** Ranks what was found. */
  public static FirstLook of(List<Finding> findings, LostTime lost, Recording recording) {
    List<Finding> all = new ArrayList<>(findings);
    all.addAll(new Stopped(lost, recording, findings).findings());
    return new FirstLook(
        lost, TopCause.of(all, finding -> isLoss(finding, lost)), recording.capture().targetPid());
  }

  // A thread that is not busy may wait for something to do. Where no thread's time is known, that
  // of any of the application counts.
  private static boolean isLoss(Finding finding, LostTime lost) {
    ThreadId thread = finding.thread();
    if (thread == null || finding.kind() == Kind.DELIVERY) {
      return false;
    }
    if (finding.kind() == Kind.PAUSE) {
      return true; // all threads of the application waited for it
    }
    if (finding.kind().isOwnCall()) {
      return lost.of(thread).filter(loss -> loss.why() == ThreadLoss.Why.BUSY).isPresent();
    }
    return lost.threads().isEmpty()
        ? Role.of(thread.name()) == Role.APPLICATION
        : lost.of(thread).isPresent();
  }

  /** The causes that cost the threads that matter most: as many as people look at. */
  public List<TopCause> costliest() {
    return causes.stream().filter(cause -> cause.lostNs() > 0).limit(COSTLIEST).toList();
  }

  /** What would remain without some of the causes. */
  public Without without(List<TopCause> removed) {
    return lost.without(new Removal(removed, lost, target)::removes);
  }
}
