package yubin.delivery;

import yubin.mail.Reply;

/// Listens to what is said on outgoing connections, line by line; never hears a password or the
/// text of a message. For the demo, and for finding faults.
@FunctionalInterface
public interface Transcript {
    Transcript NONE = (host, line) -> {};

    /// @param host as `name[address]:port`
    /// @param line with `C: ` or `S: ` in front, or a remark in brackets
    void line(String host, String line);

    private static boolean isOff(Transcript transcript) {
        return transcript == NONE;
    }

    default void sent(Host host, String line) {
        if (!isOff(this)) line(host.toString(), "C: " + line);
    }

    default void received(Host host, Reply reply) {
        if (isOff(this)) return;
        for (String line : reply.wireForm().split("\r\n")) line(host.toString(), "S: " + line);
    }

    default void note(Host host, String remark) {
        if (!isOff(this)) line(host.toString(), remark);
    }
}
