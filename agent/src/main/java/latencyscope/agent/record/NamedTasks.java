package latencyscope.agent.record;

import java.util.ArrayList;
import java.util.List;
import latencyscope.agent.event.BoundMember;
import latencyscope.agent.event.BoundMember.Conversion;
import latencyscope.guest.evidence.TaskLives;

/**
 * Where the records of a kind name other tasks: members {@code x_tid} and {@code x_pid}. Used by
 * one thread at a time.
 */
final class NamedTasks {
  private static final String THREAD = "Tid";
  private static final String PROCESS = "Pid";

  private final TaskLives lives;

  /** Offsets in bytes, thread and process in turn. */
  private final int[] offsets;

  NamedTasks(List<BoundMember> members, TaskLives lives) {
    this.lives = lives;
    List<Integer> found = new ArrayList<>();
    for (BoundMember thread : members) {
      String name = thread.field().getName();
      if (name.endsWith(THREAD)) {
        String process = name.substring(0, name.length() - THREAD.length()) + PROCESS;
        members.stream()
            .filter(member -> member.field().getName().equals(process))
            .filter(member -> isId(thread) && isId(member))
            .forEach(member -> {
              found.add(thread.offset());
              found.add(member.offset());
            });
      }
    }
    offsets = found.stream().mapToInt(Integer::intValue).toArray();
  }

  private static boolean isId(BoundMember member) {
    return member.conversion() == Conversion.UNSIGNED || member.conversion() == Conversion.INT;
  }

  /**
   * Passes the victim and the tasks that the record names to {@link TaskLives}. Allocates nothing.
   */
  void note(long[] record, long victim) {
    lives.sawVictim(victim);
    for (int i = 0; i < offsets.length; i += 2) {
      lives.sawOther(id(record, offsets[i + 1]), id(record, offsets[i]));
    }
  }

  private static long id(long[] record, int offset) {
    return Integer.toUnsignedLong(RecordHeader.number(record, offset));
  }
}
