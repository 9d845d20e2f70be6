package latencyscope.analysis;

import latencyscope.proc.Role;

/** Knows the JVM's own threads by name: those that run no code of the application. */
public final class ServiceThreads {
  private ServiceThreads() {}

  public static boolean contains(String threadName) {
    Role role = Role.of(threadName);
    return role != Role.APPLICATION;
  }
}
