package yubin.zones;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.SigningKey;
import yubin.dns.Type;
import yubin.dns.Zone;
import yubin.dns.ZoneSigner;
import yubin.dns.ZoneText;
import yubin.mail.Domain;

/// One zone as it is served now, and what it is made from. Guarded by the lock of [Zones].
///
/// Signatures hold for 14 days and are made anew after 7; when that cannot be done the last good
/// ones go on, with an alarm when a third of their time is left.
final class Served {
    static final Duration SIGNED_FOR = Duration.ofDays(14);
    static final Duration RENEWED_AFTER = Duration.ofDays(7);
    static final Duration ALARM_AT = SIGNED_FOR.dividedBy(3);

    /// A validator's clock may be late.
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    final ZoneRow row;
    final Name origin;
    Rows.Records records = new Rows.Records(0, "");
    List<RRset> own = List.of();
    List<ZoneKey> keys = List.of();

    /// Null when nothing can be served.
    Zone zone;

    /// What the zone was made from, to see changes.
    private String content = "";

    private Instant madeAt = Instant.EPOCH;

    /// When the first signature runs out.
    Instant goodUntil = Instant.MAX;

    /// Since when the world can read it from us without a break; null: it cannot.
    Instant shownSince;

    /// What is wrong, for a person; null when all is well.
    String trouble;

    /// DS RDATA in hex that the parent has; null: not known.
    Set<String> parent;

    /// Of a secondary: when it asks its primary next.
    Instant nextTry = Instant.EPOCH;

    boolean asking;

    Served(ZoneRow row) {
        this.row = row;
        this.origin = Name.of(row.name().ascii());
    }

    Domain name() {
        return row.name();
    }

    /// When all caches have a key that is being shown.
    Instant seenByAll(ZoneKey key) {
        Instant since = key.since().isAfter(shownSince) ? key.since() : shownSince;
        return since.plus(longestTtl()).plus(ZoneKey.PROPAGATION);
    }

    boolean isShownFor(Duration time, Instant now) {
        return shownSince != null && !now.isBefore(shownSince.plus(time));
    }

    String dsText(SigningKey key) {
        return ZoneText.rdata(Type.DS, key.ds(origin));
    }

    /// Of the zone's records now; an hour for one that is not there yet.
    Duration longestTtl() {
        int longest = Plan.TTL;
        if (zone != null) for (RRset set : zone.records()) longest = Math.max(longest, set.ttl());
        return Duration.ofSeconds(longest);
    }

    /// Makes the zone again if anything in it changed or its signatures are half over.
    ///
    /// @param sets without SOA and what DNSSEC adds
    /// @param soa makes the SOA for a serial
    /// @return true when there is a new version
    boolean make(List<RRset> sets, java.util.function.LongFunction<RRset> soa, Instant now) {
        List<RRset> all = new ArrayList<>(sets);
        if (row.isSigned()) {
            ZoneKey asked = ZoneKey.asked(keys);
            if (asked != null) {
                int ttl = Plan.TTL;
                // RFC 7344: they say which DS the parent shall have.
                all.add(new RRset(origin, Type.CDS, ttl, List.of(asked.key().ds(origin))));
                all.add(new RRset(origin, Type.CDNSKEY, ttl, List.of(asked.key().dnskey())));
            }
        }
        List<RRset> plain = new ArrayList<>(all);
        plain.add(soa.apply(0));
        List<Integer> tags = keys.stream().map(key -> key.key().tag()).toList();
        String wanted = row.chain() + " " + tags + "\n" + ZoneText.write(plain);
        boolean same = zone != null && wanted.equals(content);
        // Were the clock put back, nobody would believe signatures of the future.
        boolean past = madeAt.isBefore(now.plus(CLOCK_SKEW));
        boolean half = row.isSigned() && !now.isBefore(goodUntil.minus(RENEWED_AFTER));
        boolean fresh = past && !half;
        if (same && fresh) return false;
        all.add(soa.apply(serial(now)));
        if (row.isSigned()) all = sign(all, same || !past, now);
        zone = Zone.of(origin, all);
        content = wanted;
        madeAt = now;
        goodUntil = firstEnd(all);
        return true;
    }

    /// RFC 4034 §3.1: the expiration stands behind type, algorithm, labels and TTL.
    private static Instant firstEnd(List<RRset> sets) {
        Instant first = Instant.MAX;
        for (RRset set : sets) {
            for (byte[] rrsig : set.signatures()) {
                Instant end =
                        Instant.ofEpochSecond(ByteBuffer.wrap(rrsig).getInt(8) & 0xffff_ffffL);
                if (end.isBefore(first)) first = end;
            }
        }
        return first;
    }

    /// The second since 1970, so that it grows without being kept anywhere; a second change within
    /// one second adds one. RFC 1982 §3.2.
    private long serial(Instant now) {
        long clock = now.getEpochSecond() & 0xffff_ffffL;
        if (zone == null) return clock;
        long next = zone.serial() + 1 & 0xffff_ffffL;
        return (int) (clock - next) > 0 ? clock : next;
    }

    private List<RRset> sign(List<RRset> all, boolean renewal, Instant now) {
        List<SigningKey> signing =
                keys.stream()
                        .sorted(Comparator.comparingLong(ZoneKey::number))
                        .map(ZoneKey::key)
                        .toList();
        if (signing.isEmpty()) throw new IllegalStateException("no key to sign with");
        ZoneSigner signer =
                new ZoneSigner(signing).valid(now.minus(CLOCK_SKEW), now.plus(SIGNED_FOR));
        if (!renewal && zone != null) signer.reuse(zone, now.plus(SIGNED_FOR).minus(RENEWED_AFTER));
        ZoneSigner.Chain chain =
                row.chain() == ZoneRow.Chain.NSEC3
                        ? new ZoneSigner.Chain.Nsec3(0, new byte[0], false)
                        : new ZoneSigner.Chain.Nsec();
        return signer.sign(origin, all, chain);
    }

    /// Serial, refresh, retry, expire, minimum of the SOA. RFC 1035 §3.3.13.
    long soa(int field) {
        for (RRset set : zone.records()) {
            if (set.type() != Type.SOA) continue;
            String[] words = ZoneText.rdata(Type.SOA, set.rdata().getFirst()).split(" ");
            return Long.parseLong(words[words.length - 5 + field]);
        }
        throw new IllegalStateException("no SOA");
    }
}
