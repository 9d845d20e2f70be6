package latencyscope.agent.module;

import java.util.List;
import latencyscope.agent.event.RecordStrings;
import latencyscope.agent.evidence.TaskLives;
import latencyscope.agent.host.HostAccount;
import latencyscope.agent.host.LockNames;
import latencyscope.agent.memory.TargetMemory;
import latencyscope.agent.memory.TargetPages;
import latencyscope.agent.record.TickClock;
import latencyscope.agent.thread.ThreadDirectory;
import latencyscope.agent.trigger.Triggers;

/**
 * What the modules of one capture share. Used by one thread at a time.
 *
 * @param clock converts the kernel's time
 * @param threads identifies threads
 * @param strings texts of records
 * @param memory knows the target's memory regions
 * @param pages finds where its pages are
 * @param locks names the JVM's own locks
 * @param tasks knows which tasks live, and where they may run
 * @param triggers watches for events that are to be written to a file
 * @param hostAccounts the kernel's own counts of what modules trace
 */
record CaptureContext(
    TickClock clock,
    ThreadDirectory threads,
    RecordStrings strings,
    TargetMemory memory,
    TargetPages pages,
    LockNames locks,
    TaskLives tasks,
    Triggers triggers,
    List<HostAccount> hostAccounts) {
  /** Copies the list. */
  CaptureContext {
    hostAccounts = List.copyOf(hostAccounts);
  }
}
