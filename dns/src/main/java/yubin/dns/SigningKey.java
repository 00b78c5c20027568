package yubin.dns;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;

/// A key pair that signs a zone, both KSK and ZSK (RFC 4034 §2.1.1: flags 257).
public final class SigningKey {
    public static final int ECDSAP256 = Signatures.ECDSAP256;
    public static final int ED25519 = Signatures.ED25519;

    private static final int RSA_BITS = 2048;

    private final int algorithm;
    private final PrivateKey secret;
    private final byte[] dnskey;

    private SigningKey(int algorithm, PrivateKey secret, byte[] dnskey) {
        this.algorithm = algorithm;
        this.secret = secret;
        this.dnskey = dnskey;
    }

    /// A new key of a DNSSEC algorithm number that we can sign with.
    public static SigningKey generate(int algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(family(algorithm));
            switch (algorithm) {
                case Signatures.ECDSAP256 ->
                        generator.initialize(new ECGenParameterSpec("secp256r1"));
                case Signatures.ECDSAP384 ->
                        generator.initialize(new ECGenParameterSpec("secp384r1"));
                case Signatures.ED25519, Signatures.ED448 -> {}
                default -> generator.initialize(RSA_BITS);
            }
            KeyPair pair = generator.generateKeyPair();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(new byte[] {1, 1, 3, (byte) algorithm});
            out.writeBytes(octets(pair));
            return new SigningKey(algorithm, pair.getPrivate(), out.toByteArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A key that was kept as [#pkcs8] and [#dnskey].
    ///
    /// @throws IllegalArgumentException when they are damaged or do not belong together
    public static SigningKey restore(byte[] pkcs8, byte[] dnskey) {
        Signatures.Key open = Signatures.key(dnskey, false);
        if (open == null) throw new IllegalArgumentException("the DNSKEY cannot be read");
        try {
            PrivateKey secret =
                    KeyFactory.getInstance(family(open.algorithm()))
                            .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            SigningKey key = new SigningKey(open.algorithm(), secret, dnskey);
            Signature check = Signature.getInstance(Signatures.algorithm(open.algorithm()));
            check.initVerify(open.key());
            byte[] sample = {1, 2, 3};
            check.update(sample);
            if (check.verify(key.sign(sample))) return key;
            throw new IllegalArgumentException("the secret key is not that of the DNSKEY");
        } catch (GeneralSecurityException | IllegalStateException e) {
            throw new IllegalArgumentException("the secret key cannot be read", e);
        }
    }

    /// The same key, telling all who trust it to do so no longer. RFC 5011
    SigningKey revoked() {
        byte[] gone = dnskey.clone();
        gone[1] |= (byte) 0x80;
        return new SigningKey(algorithm, secret, gone);
    }

    private static String family(int algorithm) {
        return switch (algorithm) {
            case Signatures.ECDSAP256, Signatures.ECDSAP384 -> "EC";
            case Signatures.ED25519 -> "Ed25519";
            case Signatures.ED448 -> "Ed448";
            default -> "RSA";
        };
    }

    private static byte[] octets(KeyPair pair) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (pair.getPublic()) {
            case ECPublicKey ec -> {
                int size = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
                out.writeBytes(fixed(ec.getW().getAffineX().toByteArray(), size));
                out.writeBytes(fixed(ec.getW().getAffineY().toByteArray(), size));
            }
            case EdECPublicKey ed -> {
                byte[] encoded = ed.getEncoded();
                int size = ed.getParams().getName().equals("Ed448") ? 57 : 32;
                out.write(encoded, encoded.length - size, size);
            }
            case RSAPublicKey rsa -> {
                byte[] exponent = rsa.getPublicExponent().toByteArray();
                out.write(exponent.length);
                out.writeBytes(exponent);
                byte[] modulus = rsa.getModulus().toByteArray();
                int sign = modulus[0] == 0 ? 1 : 0;
                out.write(modulus, sign, modulus.length - sign);
            }
            default -> throw new IllegalStateException("key " + pair.getPublic());
        }
        return out.toByteArray();
    }

    private static byte[] fixed(byte[] number, int size) {
        byte[] out = new byte[size];
        int copy = Math.min(size, number.length);
        System.arraycopy(number, number.length - copy, out, size - copy, copy);
        return out;
    }

    public int algorithm() {
        return algorithm;
    }

    /// RFC 4034 Appendix B.
    public int tag() {
        return Signatures.tag(dnskey);
    }

    /// RDATA of the DNSKEY, which CDNSKEY has as well: not to be changed.
    public byte[] dnskey() {
        return dnskey;
    }

    /// The secret half, to be kept.
    public byte[] pkcs8() {
        return secret.getEncoded();
    }

    /// RDATA of the DS for the parent, SHA-256 (RFC 4509), which CDS has as well.
    public byte[] ds(Name zone) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int tag = tag();
        out.writeBytes(new byte[] {(byte) (tag >> 8), (byte) tag, (byte) algorithm, 2});
        out.writeBytes(Signatures.digest(2, zone, dnskey));
        return out.toByteArray();
    }

    byte[] sign(byte[] data) {
        try {
            Signature signer = Signature.getInstance(Signatures.algorithm(algorithm));
            signer.initSign(secret);
            signer.update(data);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
