package yubin.dns;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.DSAPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/// DNSSEC's arithmetic: keys, key tags, digests and signatures.
/// RFC 4034 §3.1.8.1, Appendix B; RFC 3110, RFC 6605, RFC 8080.
///
/// The Corretto provider where its library loads (eight times the JDK's speed for P-256), else the
/// JDK's.
final class Signatures {
    static final int DSA = 3, RSASHA1 = 5, DSA_NSEC3 = 6, RSASHA1_NSEC3 = 7, RSASHA256 = 8;
    static final int RSASHA512 = 10, ECDSAP256 = 13, ECDSAP384 = 14, ED25519 = 15, ED448 = 16;

    /// Bits of an RSA modulus: longer ones only cost time.
    private static final int RSA_BITS_MAX = 4096;

    private static final Provider FAST = fast();

    private static final byte[] P256 =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
    private static final byte[] P384 =
            HexFormat.of().parseHex("3076301006072a8648ce3d020106052b8104002203620004");
    private static final byte[] ED25519_PREFIX =
            HexFormat.of().parseHex("302a300506032b6570032100");
    private static final byte[] ED448_PREFIX = HexFormat.of().parseHex("3043300506032b6571033a00");

    private static final ConcurrentHashMap<Integer, ArrayBlockingQueue<Signature>> IDLE =
            new ConcurrentHashMap<>();

    private Signatures() {}

    /// A DNSKEY that can check signatures. RFC 4034 §2.
    record Key(int tag, int algorithm, int flags, PublicKey key) {}

    private static Provider fast() {
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            return provider.getLoadingError() == null ? provider : null;
        } catch (LinkageError e) {
            return null;
        }
    }

    /// @param old RSA/SHA-1 and DSA count too
    static boolean supports(int algorithm, boolean old) {
        return switch (algorithm) {
            case RSASHA256, RSASHA512, ECDSAP256, ECDSAP384, ED25519, ED448 -> true;
            case DSA, RSASHA1, DSA_NSEC3, RSASHA1_NSEC3 -> old;
            default -> false;
        };
    }

    static boolean supportsDigest(int digestType) {
        return digestType == 1 || digestType == 2 || digestType == 4;
    }

    /// RFC 4034 Appendix B.
    static int tag(byte[] dnskey) {
        int sum = 0;
        for (int i = 0; i < dnskey.length; i++) {
            sum += (i & 1) == 0 ? (dnskey[i] & 0xff) << 8 : dnskey[i] & 0xff;
        }
        return sum + (sum >> 16 & 0xffff) & 0xffff;
    }

    /// The digest that a DS has of this key; null for an unknown digest type. RFC 4034 §5.1.4.
    static byte[] digest(int digestType, Name owner, byte[] dnskey) {
        String algorithm =
                switch (digestType) {
                    case 1 -> "SHA-1";
                    case 2 -> "SHA-256";
                    case 4 -> "SHA-384";
                    default -> null;
                };
        if (algorithm == null) return null;
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(owner.lower().wire());
            return digest.digest(dnskey);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Reads a DNSKEY's RDATA; null when it cannot check signatures of records: no zone key,
    /// revoked (RFC 5011), or of a form or algorithm that we do not know.
    static Key key(byte[] dnskey, boolean old) {
        if (dnskey.length < 5) return null;
        int flags = Rdata.u16(dnskey, 0);
        boolean zoneKey = (flags & 0x100) != 0 && (flags & 0x80) == 0 && dnskey[2] == 3;
        int algorithm = dnskey[3] & 0xff;
        if (!zoneKey || !supports(algorithm, old)) return null;
        byte[] octets = Arrays.copyOfRange(dnskey, 4, dnskey.length);
        try {
            PublicKey key =
                    switch (algorithm) {
                        case RSASHA1, RSASHA1_NSEC3, RSASHA256, RSASHA512 -> rsa(octets);
                        case DSA, DSA_NSEC3 -> dsa(octets);
                        case ECDSAP256 -> encoded("EC", P256, octets, 64, FAST);
                        case ECDSAP384 -> encoded("EC", P384, octets, 96, FAST);
                        case ED25519 -> encoded("Ed25519", ED25519_PREFIX, octets, 32, null);
                        default -> encoded("Ed448", ED448_PREFIX, octets, 57, null);
                    };
            return key == null ? null : new Key(tag(dnskey), algorithm, flags, key);
        } catch (GeneralSecurityException | RuntimeException e) {
            return null;
        }
    }

    /// RFC 3110: length of the exponent, exponent, modulus.
    private static PublicKey rsa(byte[] octets) throws GeneralSecurityException {
        int at = 1;
        int length = octets[0] & 0xff;
        if (length == 0) {
            length = Rdata.u16(octets, 1);
            at = 3;
        }
        if (length == 0 || at + length >= octets.length) return null;
        BigInteger exponent = new BigInteger(1, octets, at, length);
        BigInteger modulus = new BigInteger(1, octets, at + length, octets.length - at - length);
        if (modulus.bitLength() > RSA_BITS_MAX || exponent.bitLength() > 64) return null;
        RSAPublicKeySpec spec = new RSAPublicKeySpec(modulus, exponent);
        // The fast library refuses keys under 1024 bits.
        boolean fast = FAST != null && modulus.bitLength() >= 1024;
        return (fast ? KeyFactory.getInstance("RSA", FAST) : KeyFactory.getInstance("RSA"))
                .generatePublic(spec);
    }

    /// RFC 2536: T, Q, P, G, Y.
    private static PublicKey dsa(byte[] octets) throws GeneralSecurityException {
        int t = octets[0] & 0xff;
        int size = 64 + 8 * t;
        if (t > 8 || octets.length != 21 + 3 * size) return null;
        BigInteger q = new BigInteger(1, octets, 1, 20);
        BigInteger p = new BigInteger(1, octets, 21, size);
        BigInteger g = new BigInteger(1, octets, 21 + size, size);
        BigInteger y = new BigInteger(1, octets, 21 + 2 * size, size);
        return KeyFactory.getInstance("DSA").generatePublic(new DSAPublicKeySpec(y, p, q, g));
    }

    private static PublicKey encoded(
            String algorithm, byte[] prefix, byte[] octets, int length, Provider provider)
            throws GeneralSecurityException {
        if (octets.length != length) return null;
        byte[] whole = Arrays.copyOf(prefix, prefix.length + length);
        System.arraycopy(octets, 0, whole, prefix.length, length);
        X509EncodedKeySpec spec = new X509EncodedKeySpec(whole);
        return (provider != null
                        ? KeyFactory.getInstance(algorithm, provider)
                        : KeyFactory.getInstance(algorithm))
                .generatePublic(spec);
    }

    /// True when `rrsig` (RDATA) is a signature of the set by this key. Dates and names are the
    /// caller's business.
    static boolean verify(byte[] rrsig, RRset set, Key key) {
        int signatureAt = 18 + Rdata.nameOctets(rrsig, 18, rrsig.length);
        byte[] signature = Arrays.copyOfRange(rrsig, signatureAt, rrsig.length);
        byte[] data = signedData(rrsig, signatureAt, set);
        boolean fastKey = key.key.getClass().getName().startsWith("com.amazon");
        boolean slow = FAST == null || !fastKey && key.algorithm != ED25519;
        int kind = slow ? key.algorithm | 0x100 : key.algorithm;
        ArrayBlockingQueue<Signature> idle =
                IDLE.computeIfAbsent(kind, _ -> new ArrayBlockingQueue<>(8));
        try {
            Signature verifier = idle.poll();
            if (verifier == null) {
                String algorithm = algorithm(key.algorithm);
                verifier =
                        slow
                                ? Signature.getInstance(algorithm)
                                : Signature.getInstance(algorithm, FAST);
            }
            if (key.algorithm == DSA || key.algorithm == DSA_NSEC3) {
                if (signature.length != 41) return false;
                signature = Arrays.copyOfRange(signature, 1, 41);
            }
            verifier.initVerify(key.key);
            verifier.update(data);
            boolean good = verifier.verify(signature);
            idle.offer(verifier);
            return good;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    static String algorithm(int number) {
        return switch (number) {
            case RSASHA1, RSASHA1_NSEC3 -> "SHA1withRSA";
            case RSASHA256 -> "SHA256withRSA";
            case RSASHA512 -> "SHA512withRSA";
            case ECDSAP256 -> "SHA256withECDSAinP1363Format";
            case ECDSAP384 -> "SHA384withECDSAinP1363Format";
            case ED25519 -> "Ed25519";
            case ED448 -> "Ed448";
            default -> "SHA1withDSAinP1363Format";
        };
    }

    /// RRSIG RDATA without the signature, then the RRset in canonical form and order.
    /// RFC 4034 §3.1.8.1, §6.
    static byte[] signedData(byte[] rrsig, int signatureAt, RRset set) {
        Name owner = set.owner();
        int labels = rrsig[3] & 0xff;
        if (labels < owner.labels()) {
            owner = owner.suffix(labels).wildcard().orElse(owner);
        }
        byte[] name = owner.lower().wire();
        List<byte[]> rdata = new ArrayList<>(set.rdata().size());
        int size = signatureAt;
        for (byte[] each : set.rdata()) {
            byte[] canonical = Rdata.canonical(set.type(), each);
            rdata.add(canonical);
            size += name.length + 10 + canonical.length;
        }
        if (rdata.size() > 1) rdata.sort(Arrays::compareUnsigned);
        byte[] out = new byte[size];
        System.arraycopy(rrsig, 0, out, 0, signatureAt);
        for (int i = 18; i < signatureAt; i++) out[i] = Name.lower(out[i]);
        int at = signatureAt;
        byte[] last = null;
        for (byte[] each : rdata) {
            // RFC 4034 §6.3: equal records count once.
            if (last != null && Arrays.equals(last, each)) continue;
            last = each;
            System.arraycopy(name, 0, out, at, name.length);
            at += name.length;
            put16(out, at, set.type());
            put16(out, at + 2, Question.IN);
            System.arraycopy(rrsig, 4, out, at + 4, 4);
            put16(out, at + 8, each.length);
            System.arraycopy(each, 0, out, at + 10, each.length);
            at += 10 + each.length;
        }
        return at == out.length ? out : Arrays.copyOf(out, at);
    }

    private static void put16(byte[] out, int at, int value) {
        out[at] = (byte) (value >> 8);
        out[at + 1] = (byte) value;
    }
}
