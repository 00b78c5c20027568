package yubin.zones;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import yubin.dns.SigningKey;

/// A key that signs a zone, and where it stands. RFC 6781 and RFC 7583: one key for all (CSK),
/// replaced by double signature.
///
/// ```
/// FRESH    published and signing; caches may still hold the zone without it
/// READY    everybody can see it: CDS and CDNSKEY ask the parent for its DS (RFC 7344)
/// TRUSTED  the parent has its DS
/// MISSED   the parent had its DS and has it no more: a slip of one of its servers, or for good
/// LEAVING  a younger key is trusted; stays while caches may hold the old DS
/// ```
///
/// A zone has its signatures by all of these keys, so at each moment whoever holds any of the DS
/// records that the parent had lately finds a good signature. One step is one commit.
record ZoneKey(long number, SigningKey key, State state, Instant since, Instant created) {
    enum State {
        FRESH,
        READY,
        TRUSTED,
        LEAVING,
        MISSED
    }

    /// For secondaries, and for a parent that publishes its zone by the clock.
    static final Duration PROPAGATION = Duration.ofHours(1);

    /// What is not known of the parent: TLDs have DS records of up to a day.
    static final Duration DS_TTL_MAX = Duration.ofDays(2);

    ZoneKey in(State next, Instant now) {
        return new ZoneKey(number, key, next, now, created);
    }

    /// One step for all keys of a zone; the same list when nothing is due.
    ///
    /// @param shown whether the zone as it is has been served for long enough to be in all caches
    /// @param longestTtl of the zone's records, the DNSKEY's counted
    /// @param parent key tags and digests that the parent has, as DS RDATA in hex; null: not known
    /// @param ds this zone's DS of a key, in the same form
    static List<ZoneKey> advance(
            List<ZoneKey> keys,
            Instant now,
            boolean shown,
            Duration longestTtl,
            Set<String> parent,
            java.util.function.Function<SigningKey, String> ds) {
        long trusted = -1;
        for (ZoneKey key : keys) {
            boolean there = parent != null && parent.contains(ds.apply(key.key));
            boolean stays = key.state == State.TRUSTED && parent == null;
            if (key.mayBeAsked() && (there || stays)) trusted = Math.max(trusted, key.number);
        }
        List<ZoneKey> next = new ArrayList<>(keys.size());
        for (ZoneKey key : keys) {
            boolean there = parent != null && parent.contains(ds.apply(key.key));
            Duration age = Duration.between(key.since, now);
            switch (key.state) {
                case FRESH -> {
                    boolean seen = age.compareTo(longestTtl.plus(PROPAGATION)) >= 0;
                    next.add(seen && shown ? key.in(State.READY, now) : key);
                }
                case READY -> next.add(there ? key.in(State.TRUSTED, now) : key);
                case TRUSTED -> {
                    if (key.number < trusted) next.add(key.in(State.LEAVING, now));
                    else if (parent != null && !there) next.add(key.in(State.MISSED, now));
                    else next.add(key);
                }
                case MISSED -> {
                    // Caches may hold its DS as long, so it counts as trusted as long.
                    boolean over = age.compareTo(DS_TTL_MAX.plus(PROPAGATION)) >= 0;
                    if (key.number < trusted) next.add(key.in(State.LEAVING, now));
                    else if (there) next.add(key.in(State.TRUSTED, now));
                    else if (over && parent != null) next.add(key.in(State.READY, now));
                    else next.add(key);
                }
                case LEAVING -> {
                    // As long as the parent names it, it is needed (RFC 6840 §5.11 for another
                    // algorithm), and so for its DS's TTL after.
                    boolean over = age.compareTo(DS_TTL_MAX.plus(PROPAGATION)) >= 0;
                    if (!over || parent == null || there || trusted < 0) next.add(key);
                }
            }
        }
        return next.equals(keys) ? keys : next;
    }

    /// Everybody can see it, and no younger one has taken its place.
    private boolean mayBeAsked() {
        return state == State.READY || state == State.TRUSTED || state == State.MISSED;
    }

    /// The key whose DS the parent ought to have; null while none can be seen by everybody.
    static ZoneKey asked(List<ZoneKey> keys) {
        ZoneKey asked = null;
        for (ZoneKey key : keys) {
            if (key.mayBeAsked() && (asked == null || key.number > asked.number)) asked = key;
        }
        return asked;
    }

    /// True when the only key that counts is trusted and old enough to be replaced.
    static boolean wantsNew(List<ZoneKey> keys, Instant now, Duration ageMax) {
        if (ageMax.isZero()) return false;
        for (ZoneKey key : keys) {
            if (key.state == State.FRESH || key.state == State.READY) return false;
        }
        return keys.stream()
                .filter(key -> key.state == State.TRUSTED)
                .anyMatch(key -> key.created.plus(ageMax).isBefore(now));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ZoneKey key
                && key.number == number
                && key.state == state
                && key.since.equals(since);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number);
    }

    /// Without the secret.
    @Override
    public String toString() {
        return key.tag() + " " + state;
    }
}
