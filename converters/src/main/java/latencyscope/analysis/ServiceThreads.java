package latencyscope.analysis;

import latencyscope.ledger.Role;

/** Knows the JVM's own threads by name: those that run no code of the application. */
final class ServiceThreads {
  private ServiceThreads() {}

  static boolean contains(String threadName) {
    Role role = Role.of(threadName);
    return role != Role.APPLICATION;
  }
}
