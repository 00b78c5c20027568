package yubin.postmaster;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// Signals of the operating system, through the JDK's own unsupported class, which is reached by
/// reflection because naming it is a warning. Where it is missing nothing is caught, and the JVM
/// does what it does by default.
final class Signals {
    private static final int SIGHUP = 1;
    private static final System.Logger LOG = System.getLogger("yubin.postmaster");

    private Signals() {}

    /// The same for SIGHUP, which `./yubin` has ignored until now: one that came while the JVM was
    /// booting would have ended it, and one that is ignored can be caught only when it is not.
    static boolean onHangup(Runnable action) {
        hearHangup();
        return on("HUP", action);
    }

    /// Puts a function that does nothing (`abs`) in the place of "ignored", so that at no moment
    /// the signal ends us.
    @SuppressWarnings("restricted") // Every start allows native access.
    private static void hearHangup() {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = linker.defaultLookup();
        var function = library.find("signal");
        var nothing = library.find("abs");
        if (function.isEmpty() || nothing.isEmpty()) return;
        FunctionDescriptor form =
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
        try {
            MemorySegment before =
                    (MemorySegment)
                            linker.downcallHandle(function.get(), form)
                                    .invokeExact(SIGHUP, nothing.get());
            LOG.log(System.Logger.Level.DEBUG, "SIGHUP was {0}", before);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.WARNING, "SIGHUP stays ignored", e);
        }
    }

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
