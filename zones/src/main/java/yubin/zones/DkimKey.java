package yubin.zones;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.mail.Domain;

/// A key pair that signs letters of a domain. RFC 6376 §3.6, RFC 8463 §3.
///
/// ```
/// PREPARED --in the zone--> PUBLISHED --seen by everybody--> SIGNING
///     --a younger one signs--> RETIRED --letters have arrived--> removed
/// ```
///
/// One transition is one commit. A key signs only when its record has been in the DNS for longer
/// than anybody remembers its absence, and its record stays while letters that it signed may still
/// be on the way.
///
/// @param publicKey as `p=` has it: SubjectPublicKeyInfo for RSA, 32 octets for Ed25519
public record DkimKey(
        Domain domain,
        String selector,
        Algorithm algorithm,
        State state,
        Instant since,
        Instant created,
        byte[] pkcs8,
        byte[] publicKey) {
    public enum Algorithm {
        RSA("rsa"),
        ED25519("ed25519");

        final String tag;

        Algorithm(String tag) {
            this.tag = tag;
        }
    }

    public enum State {
        PREPARED,
        PUBLISHED,
        SIGNING,
        RETIRED
    }

    /// RFC 8301 §3.2 asks for 2048.
    private static final int RSA_BITS = 2048;

    /// A name that does not exist is remembered for the SOA's minimum, a record for its TTL; then
    /// some time for the secondaries.
    static final Duration SEEN_BY_ALL = Duration.ofHours(2);

    static final Duration AGE_MAX = Duration.ofDays(180);

    /// Longer than a letter may wait in a queue.
    static final Duration RETIRED_KEPT = Duration.ofDays(14);

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    /// One pair of each algorithm.
    ///
    /// @param taken selectors in use
    static List<DkimKey> generate(Domain domain, Instant now, List<String> taken) {
        List<DkimKey> keys = new ArrayList<>(2);
        for (Algorithm algorithm : Algorithm.values()) {
            String base = "y" + DATE.format(now) + algorithm.tag.charAt(0);
            String selector = base;
            for (int i = 2; taken.contains(selector); i++) selector = base + i;
            keys.add(generate(domain, selector, algorithm, now));
        }
        return keys;
    }

    private static DkimKey generate(
            Domain domain, String selector, Algorithm algorithm, Instant now) {
        try {
            boolean rsa = algorithm == Algorithm.RSA;
            KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "Ed25519");
            if (rsa) generator.initialize(RSA_BITS);
            KeyPair pair = generator.generateKeyPair();
            byte[] encoded = pair.getPublic().getEncoded();
            return new DkimKey(
                    domain,
                    selector,
                    algorithm,
                    State.PREPARED,
                    now,
                    now,
                    pair.getPrivate().getEncoded(),
                    rsa
                            ? encoded
                            : Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The whole TXT record as one string.
    public String text() {
        String key = Base64.getEncoder().encodeToString(publicKey);
        return "v=DKIM1; k=" + algorithm.tag + "; p=" + key;
    }

    /// Where the record is. RFC 6376 §3.6.2.1.
    Name owner() {
        return Name.of(selector + "._domainkey." + domain.ascii());
    }

    /// Whether a TXT RRset has the whole record; who pasted it may have left out or added spaces.
    boolean isIn(RRset set) {
        return set.rdata().stream()
                .anyMatch(rdata -> packed(Wanted.text(rdata)).equals(packed(text())));
    }

    private static String packed(String text) {
        String packed = text.replaceAll("\\s+", "");
        return packed.endsWith(";") ? packed.substring(0, packed.length() - 1) : packed;
    }

    public PrivateKey secret() {
        try {
            return KeyFactory.getInstance(algorithm == Algorithm.RSA ? "RSA" : "Ed25519")
                    .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key " + selector + " is damaged", e);
        }
    }

    boolean isVisible() {
        return state != State.PREPARED;
    }

    DkimKey in(State next, Instant now) {
        return new DkimKey(domain, selector, algorithm, next, now, created, pkcs8, publicKey);
    }

    /// One step for all keys of a domain; the same list when nothing is due. Gone are those whose
    /// time is over; new ones are the caller's to make ([#wantsNew]).
    ///
    /// @param seen whether this key's record can be seen by now; where its zone is ours, time says
    static List<DkimKey> advance(
            List<DkimKey> keys, Instant now, java.util.function.Predicate<DkimKey> seen) {
        List<DkimKey> next = new ArrayList<>(keys.size());
        for (DkimKey key : keys) {
            Duration age = Duration.between(key.since, now);
            switch (key.state) {
                case PREPARED -> next.add(key.in(State.PUBLISHED, now));
                case PUBLISHED -> {
                    boolean ready = age.compareTo(SEEN_BY_ALL) >= 0 && seen.test(key);
                    next.add(ready ? key.in(State.SIGNING, now) : key);
                }
                case SIGNING -> {
                    boolean replaced =
                            keys.stream()
                                    .anyMatch(
                                            other ->
                                                    other.algorithm == key.algorithm
                                                            && other.state == State.SIGNING
                                                            && other.created.isAfter(key.created));
                    next.add(replaced ? key.in(State.RETIRED, now) : key);
                }
                case RETIRED -> {
                    if (age.compareTo(RETIRED_KEPT) < 0) next.add(key);
                }
            }
        }
        return next.equals(keys) ? keys : next;
    }

    /// True when there is no key, or the youngest is old.
    static boolean wantsNew(List<DkimKey> keys, Instant now) {
        return keys.stream().noneMatch(key -> key.created.plus(AGE_MAX).isAfter(now));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DkimKey key
                && key.domain.equals(domain)
                && key.selector.equals(selector)
                && key.state == state
                && key.since.equals(since);
    }

    @Override
    public int hashCode() {
        return selector.hashCode();
    }

    /// Without the secret.
    @Override
    public String toString() {
        return selector + "._domainkey." + domain.ascii() + " " + state;
    }
}
