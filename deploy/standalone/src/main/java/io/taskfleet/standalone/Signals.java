package io.taskfleet.standalone;

import java.lang.reflect.Proxy;
import java.util.List;

/**
 * Signals of the operating system. A shutdown hook would not do: the exit code is then the
 * signal's, and a second signal goes unnoticed.
 */
final class Signals {
  private Signals() {}

  /** Runs the action, on a thread of the JVM, each time one of these signals arrives. */
  static void on(List<String> names, Runnable action) {
    try {
      // By reflection, since the compiler warns of every use of this class and cannot be told not
      // to.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                action.run();
                return null;
              });
      for (String name : names) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Signals cannot be handled on this JVM", e);
    }
  }
}
