package yubin.delivery;

import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import yubin.dns.Lookup;
import yubin.dns.Tlsa;

/// What a host demands of a connection by the TLSA records that it publishes. RFC 7672 §2.2.
sealed interface Dane {
    /// It publishes none, or nobody can prove it: TLS as it comes (RFC 3207).
    record Nothing() implements Dane {}

    /// TLS, with a certificate that fits one of the records.
    ///
    /// @param base the name below which the records stand, sent as SNI
    /// @param names one of which the certificate must be for when a trust anchor vouches for it
    record Certificate(String base, List<Tlsa> records, List<String> names) implements Dane {}

    /// TLS with whatever certificate: it publishes records, and none that we could use.
    record Encryption(String base) implements Dane {}

    /// Nobody knows: the host counts as down (RFC 7672 §2.1.2).
    record Unknown(String why) implements Dane {}

    /// Where a host's records may stand, as its addresses were found.
    ///
    /// @param bases at which they are looked for, in order; none: DANE does not apply
    /// @param nextHops the domain that the letter is for, and what it is an alias of
    record Candidate(List<String> bases, List<String> nextHops) {
        static final Candidate NONE = new Candidate(List.of(), List.of());
    }

    /// Looks the records up. RFC 7672 §2.2.3.
    static Dane find(Candidate candidate, int port, Function<String, Lookup<List<Tlsa>>> question) {
        for (String base : candidate.bases) {
            switch (question.apply("_" + port + "._tcp." + base)) {
                case Lookup.Answer<List<Tlsa>>(var records, var secure, _) -> {
                    if (!secure) continue;
                    List<Tlsa> usable = new ArrayList<>(records);
                    usable.removeIf(record -> !CertificateMatch.isUsable(record));
                    if (usable.isEmpty()) return new Encryption(base);
                    // RFC 7672 §3.2.2.
                    List<String> names = new ArrayList<>(List.of(base));
                    names.addAll(candidate.nextHops);
                    return new Certificate(base, usable, names);
                }
                case Lookup.NoData<List<Tlsa>> _, Lookup.NxDomain<List<Tlsa>> _ -> {
                    // The next place.
                }
                case Lookup.Bogus<List<Tlsa>>(var why) -> {
                    return new Unknown("its TLSA records fail DNSSEC: " + why);
                }
                case Lookup.Unavailable<List<Tlsa>>(var why, _) -> {
                    return new Unknown(why);
                }
            }
        }
        return new Nothing();
    }

    /// Why a certificate is not what the host publishes; null when it is.
    static String mismatch(Certificate demanded, List<X509Certificate> chain, InstantSource clock) {
        return new CertificateMatch(demanded, chain, clock.instant()).why();
    }
}
