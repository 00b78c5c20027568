package yubin.directory;

import java.time.Instant;
import yubin.mail.AccountId;
import yubin.mail.Address;

/// One account: a person, an address that several people share, or a group.
///
/// @param id stable over renaming, never used again
/// @param name as a person reads it; may be empty
/// @param quotaOctets what the box may hold; `Long.MAX_VALUE` for no quota
/// @param enabled false: no login, no new letters
/// @param language `ja` or `en`
public record Account(
        AccountId id,
        int tenant,
        Type type,
        Address address,
        String name,
        long quotaOctets,
        boolean enabled,
        String language,
        Limits limits,
        Instant created) {
    /// The octet is what is stored.
    public enum Type {
        PERSON(1),
        /// A box without a login of its own, such as support@.
        SHARED(2),
        /// For later: members and rights.
        GROUP(3);

        private final int octet;

        Type(int octet) {
            this.octet = octet;
        }

        int octet() {
            return octet;
        }

        static Type of(int octet) {
            for (Type type : values()) if (type.octet == octet) return type;
            throw new yubin.store.Octets.Malformed("account type " + octet);
        }
    }

    /// Bounds of one account; 0 leaves it to the server's own.
    ///
    /// @param sessions at the same time
    /// @param messageOctets of one message that the account sends
    /// @param recipientsPerDay that the account may send to within any 24 hours
    public record Limits(int sessions, long messageOctets, int recipientsPerDay) {
        public static final Limits DEFAULT = new Limits(0, 0, 0);

        /// The largest message that the account may send, where the server takes `serverMax`.
        public long messageOctets(long serverMax) {
            return messageOctets == 0 ? serverMax : Math.min(messageOctets, serverMax);
        }
    }
}
