package yubin.delivery;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import yubin.dns.Tlsa;

/// Compares the certificates of a server with its TLSA records. RFC 6698 §2.1, RFC 7672 §3.
///
/// Usage 3 (DANE-EE): the server's own certificate or key is the one named; its names and dates do
/// not matter. Usage 2 (DANE-TA): a certificate of the chain, or one in the record itself, is the
/// one named; it vouches for the chain below it, dates count, and the server's certificate must be
/// for one of the names. Usages 0 and 1 are not for mail (RFC 7672 §3.1.3).
final class CertificateMatch {
    static final int TRUST_ANCHOR = 2, END_ENTITY = 3;
    private static final int WHOLE = 0, KEY = 1;
    private static final int EXACT = 0, SHA256 = 1, SHA512 = 2;

    /// Records and certificates that are looked at.
    private static final int RECORDS_MAX = 32;

    private static final int CHAIN_MAX = 10;

    /// GeneralName's dNSName, RFC 5280
    private static final int DNS_NAME = 2;

    private final Dane.Certificate demanded;
    private final List<X509Certificate> chain;
    private final Instant now;

    CertificateMatch(Dane.Certificate demanded, List<X509Certificate> chain, Instant now) {
        this.demanded = demanded;
        this.chain = chain.size() > CHAIN_MAX ? chain.subList(0, CHAIN_MAX) : chain;
        this.now = now;
    }

    /// A record that a client for mail can use. RFC 7672 §3.1.
    static boolean isUsable(Tlsa record) {
        int octets = record.data().length;
        boolean fits =
                switch (record.matchingType()) {
                    case EXACT -> octets > 0;
                    case SHA256 -> octets == 32;
                    case SHA512 -> octets == 64;
                    default -> false;
                };
        boolean usage = record.usage() == TRUST_ANCHOR || record.usage() == END_ENTITY;
        return fits && usage && (record.selector() == WHOLE || record.selector() == KEY);
    }

    /// Null when one record fits; else a sentence.
    String why() {
        if (chain.isEmpty()) return "the server shows no certificate";
        String why = "the certificate is none of those that the domain publishes";
        List<Tlsa> records = strongest(demanded.records());
        for (Tlsa record : records.subList(0, Math.min(RECORDS_MAX, records.size()))) {
            if (record.usage() == END_ENTITY) {
                if (fits(record, chain.getFirst())) return null;
                continue;
            }
            String wrong = byAnchor(record);
            if (wrong == null) return null;
            if (!wrong.isEmpty()) why = wrong;
        }
        return why;
    }

    /// Of records that differ in the digest only, the stronger digest counts (RFC 7672 §5); whole
    /// values always do.
    private static List<Tlsa> strongest(List<Tlsa> records) {
        List<Tlsa> out = new ArrayList<>(records);
        out.removeIf(
                weak ->
                        weak.matchingType() == SHA256
                                && records.stream()
                                        .anyMatch(
                                                each ->
                                                        each.matchingType() == SHA512
                                                                && each.usage() == weak.usage()
                                                                && each.selector()
                                                                        == weak.selector()));
        return out;
    }

    private static boolean fits(Tlsa record, X509Certificate certificate) {
        try {
            byte[] selected =
                    record.selector() == WHOLE
                            ? certificate.getEncoded()
                            : certificate.getPublicKey().getEncoded();
            byte[] value =
                    switch (record.matchingType()) {
                        case SHA256 -> MessageDigest.getInstance("SHA-256").digest(selected);
                        case SHA512 -> MessageDigest.getInstance("SHA-512").digest(selected);
                        default -> selected;
                    };
            return MessageDigest.isEqual(value, record.data());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    // ---- trust anchors -----------------------------------------------------------------------

    /// Null when the record vouches for the chain; empty when it has nothing to do with it; else
    /// what is wrong. RFC 7672 §3.1.2.
    private String byAnchor(Tlsa record) {
        TrustAnchor anchor = null;
        int below = 0;
        for (int i = 1; i < chain.size() && anchor == null; i++) {
            if (!fits(record, chain.get(i))) continue;
            anchor = new TrustAnchor(chain.get(i), null);
            below = i;
        }
        if (anchor == null) {
            anchor = carried(record);
            below = chain.size();
        }
        if (anchor == null) return "";
        String wrong = vouches(anchor, chain.subList(0, below));
        if (wrong != null)
            return record.matchingType() == EXACT && below == chain.size() ? "" : wrong;
        return isForOneOfTheNames(chain.getFirst())
                ? null
                : "the certificate is not for " + String.join(" or ", distinct());
    }

    /// The anchor that the record itself holds, for servers that do not send it; null for none.
    private TrustAnchor carried(Tlsa record) {
        if (record.matchingType() != EXACT) return null;
        try {
            if (record.selector() == WHOLE) {
                CertificateFactory factory = CertificateFactory.getInstance("X.509");
                var in = new ByteArrayInputStream(record.data());
                return new TrustAnchor((X509Certificate) factory.generateCertificate(in), null);
            }
            X509Certificate top = chain.getLast();
            PublicKey last = top.getPublicKey();
            for (String algorithm : List.of("RSA", "EC", "EdDSA", last.getAlgorithm())) {
                try {
                    PublicKey key =
                            KeyFactory.getInstance(algorithm)
                                    .generatePublic(new X509EncodedKeySpec(record.data()));
                    return new TrustAnchor(top.getIssuerX500Principal(), key, null);
                } catch (GeneralSecurityException e) {
                    // A key of another kind.
                }
            }
            return null;
        } catch (CertificateException e) {
            return null;
        }
    }

    /// Null when the anchor vouches for the path, leaf first.
    private String vouches(TrustAnchor anchor, List<X509Certificate> path) {
        try {
            CertPath certificates = CertificateFactory.getInstance("X.509").generateCertPath(path);
            PKIXParameters parameters = new PKIXParameters(Set.of(anchor));
            // DANE has no revocation lists: a record is taken back instead (RFC 7672 §3.1).
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX").validate(certificates, parameters);
            return null;
        } catch (CertPathValidatorException e) {
            return "the chain of certificates is broken: " + e.getMessage();
        } catch (CertificateException | InvalidAlgorithmParameterException e) {
            return "the chain of certificates cannot be read: " + e.getMessage();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- names -------------------------------------------------------------------------------

    private List<String> distinct() {
        return demanded.names().stream().distinct().toList();
    }

    /// RFC 7672 §3.2.3: the names of the certificate, or its CN when it has none.
    private boolean isForOneOfTheNames(X509Certificate certificate) {
        List<String> shown = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> each : alternatives) {
                    if (Integer.valueOf(DNS_NAME).equals(each.get(0))) {
                        shown.add((String) each.get(1));
                    }
                }
            }
        } catch (CertificateException e) {
            return false;
        }
        if (shown.isEmpty()) shown.addAll(commonNames(certificate));
        for (String each : shown) {
            for (String name : demanded.names()) if (isFor(each, name)) return true;
        }
        return false;
    }

    private static List<String> commonNames(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            String subject = certificate.getSubjectX500Principal().getName();
            for (Rdn rdn : new LdapName(subject).getRdns()) {
                if (rdn.getType().equalsIgnoreCase("CN")) names.add(String.valueOf(rdn.getValue()));
            }
        } catch (InvalidNameException e) {
            return List.of();
        }
        return names;
    }

    /// `*` stands for one whole label, the first. RFC 7672 §3.2.3.
    private static boolean isFor(String shown, String name) {
        String pattern = bare(shown);
        String wanted = bare(name);
        if (pattern.equals(wanted)) return !wanted.isEmpty();
        int dot = wanted.indexOf('.');
        return pattern.startsWith("*.")
                && dot > 0
                && pattern.substring(1).equals(wanted.substring(dot));
    }

    private static String bare(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
