package yubin.postmaster;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Signals of the operating system, through the JDK's own unsupported class, which is reached by
/// reflection because naming it is a warning. Where it is missing nothing is caught, and the JVM
/// does what it does by default.
final class Signals {
    private Signals() {}

    /// Runs `action`, on a thread of the JVM's, each time the signal comes.
    ///
    /// @param name without SIG: `TERM`, `HUP`
    /// @return false when the signal cannot be caught
    static boolean on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            handler.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, args) ->
                                    switch (method.getName()) {
                                        case "hashCode" -> System.identityHashCode(self);
                                        case "equals" -> false;
                                        case "toString" -> "SIG" + name;
                                        default -> {
                                            action.run();
                                            yield null;
                                        }
                                    });
            Object instance = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, instance, proxy);
            return true;
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException e) {
            return false;
        }
    }
}
