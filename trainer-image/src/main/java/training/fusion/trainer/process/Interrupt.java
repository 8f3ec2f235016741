package training.fusion.trainer.process;

import java.lang.reflect.Proxy;

/**
 * SIGINT, that is Ctrl-C, which Java's own API tells of once, as a shutdown like any other. {@code
 * sun.misc.Signal} tells of each; it is called by its name, for a compiler warns of it in words
 * that nothing can silence.
 */
final class Interrupt {
  private static final String SIGNAL = "sun.misc.Signal";

  private Interrupt() {}

  /**
   * Calls the listener for every SIGINT, on a thread of its own, in place of what the virtual
   * machine would do. A process that was started with SIGINT ignored goes on ignoring it; where
   * there is no such class, or signals are left to others (-Xrs), all stays as it is.
   */
  static void listen(Runnable listener) {
    try {
      Class<?> signal = Class.forName(SIGNAL);
      Class<?> handler = Class.forName(SIGNAL + "Handler");
      Object told =
          Proxy.newProxyInstance(
              Interrupt.class.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> {
                listener.run();
                return null;
              });
      Object interrupt = signal.getConstructor(String.class).newInstance("INT");
      signal.getMethod("handle", signal, handler).invoke(null, interrupt, told);
    } catch (ReflectiveOperationException e) {
      // a second Ctrl-C is then heard no more than a second SIGTERM
    }
  }
}
