package yubin.mail;

import java.util.Set;

/// One forward-path of an envelope with what the sender asked to be told. RFC 3461 §4.1, §4.2.
///
/// @param address where the letter goes
/// @param notices empty when the client named none: failure (and delay) are told
/// @param originalRecipient ORCPT as given, `rfc822;ann@example.com`, decoded from xtext; null when
///     absent
public record Recipient(Address address, Set<Notify> notices, String originalRecipient) {
    /// RFC 3461 §4.1. NEVER stands alone.
    public enum Notify {
        NEVER,
        SUCCESS,
        FAILURE,
        DELAY
    }

    public Recipient {
        if (notices.contains(Notify.NEVER) && notices.size() > 1) {
            throw new IllegalArgumentException("NOTIFY=NEVER stands alone");
        }
        notices = Set.copyOf(notices);
    }

    public static Recipient of(Address address) {
        return new Recipient(address, Set.of(), null);
    }

    /// True when a failure is to be reported: asked for, or nothing was said.
    public boolean wantsFailure() {
        return notices.isEmpty() || notices.contains(Notify.FAILURE);
    }

    public boolean wantsDelay() {
        return notices.isEmpty() || notices.contains(Notify.DELAY);
    }

    public boolean wantsSuccess() {
        return notices.contains(Notify.SUCCESS);
    }
}
