package latencyscope.analysis.finding;

/** Who or what caused latency. */
public sealed interface Culprit permits Task, Interrupter, Named {
  /** In words, with the ids that it takes to find it. */
  String describe();

  /** The task of the kernel that it is; null if it is none, or one whose ids are not known. */
  Task task();
}
