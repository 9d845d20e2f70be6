package latencyscope.cli.console;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;

/**
 * The first Ctrl-C asks the program to finish early, the second one ends it.
 *
 * <p>Safe for use by several threads.
 */
public final class Interrupts {
  private static final int EXIT_CODE = 130;
  private static final long TIDY_MILLIS = 1_500;

  private final CountDownLatch asked = new CountDownLatch(1);

  /** Takes over the signal of this process. */
  public static Interrupts install() {
    Interrupts interrupts = new Interrupts();
    try {
      // The only way to handle a signal and live; by reflection, since javac warns of the package.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler handle =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> interrupts.interrupt();
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "interrupts";
              };
      Object proxy =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, handle);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("INT"), proxy);
    } catch (ReflectiveOperationException e) {
      // Without it, Ctrl-C ends the program at once, as it does any other.
      return interrupts;
    }
    return interrupts;
  }

  /** Handles one Ctrl-C. */
  Object interrupt() {
    if (asked.getCount() == 0) {
      end();
    }
    asked.countDown();
    return null;
  }

  // What is to be tidied up on the way, such as a recording in another JVM, must not take long.
  private static void end() {
    Thread exit = new Thread(() -> System.exit(EXIT_CODE), "latencyscope-exit");
    exit.setDaemon(true);
    exit.start();
    try {
      exit.join(TIDY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  /** Whether the program was asked to finish. */
  public boolean asked() {
    return asked.getCount() == 0;
  }
}
