package latencyscope.guest.facts;

/**
 * What the kernel itself counts of what a module traces. It is read at the moments at which the
 * module's own counts begin and end, so that the two can be compared. Used by one thread at a time.
 */
public interface HostAccount {
  /** Module that it belongs to: it is recorded with this one only. */
  String module();

  /** Marks now as the begin of the first interval; the module's probes have just been attached. */
  void begin();

  /** Commits what was counted in the given interval of ticks, which is that since the last call. */
  void commit(long startTicks, long endTicks);
}
