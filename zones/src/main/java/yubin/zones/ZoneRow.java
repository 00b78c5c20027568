package yubin.zones;

import java.time.Instant;
import yubin.mail.Domain;

/// A zone that we serve, as the operator ordered it.
///
/// @param chain how absence is proven; UNSIGNED: no DNSSEC
/// @param algorithm of new keys, a DNSSEC number
/// @param primary `address[:port]` of the server we copy from; null: the zone is made here
/// @param primaryKey name of the TSIG key for it; null: none
record ZoneRow(
        Domain name,
        Chain chain,
        int algorithm,
        String primary,
        String primaryKey,
        Instant created) {
    /// Numbers in the row.
    enum Chain {
        UNSIGNED,
        NSEC,
        NSEC3
    }

    boolean isSecondary() {
        return primary != null;
    }

    boolean isSigned() {
        return chain != Chain.UNSIGNED;
    }
}
