package yubin.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import yubin.dns.Tlsa;
import yubin.wire.Tls;

/// A certificate with its key, made for a test, and what may be said of it in a TLSA record.
record Certificates(String subject, X509Certificate certificate, KeyPair pair) {
    private static final AtomicLong NUMBERS = new AtomicLong(1);

    /// An authority that signs itself.
    static Certificates authority(String name) {
        KeyPair pair = newPair();
        return make("CN=" + name, pair, "CN=" + name, pair, true, Duration.ofDays(30));
    }

    /// @param names of its subjectAltName; none: there is no such extension
    Certificates issue(String commonName, boolean authority, Duration life, String... names) {
        return make("CN=" + commonName, newPair(), subject, pair, authority, life, names);
    }

    Certificates issue(String name) {
        return issue(name, false, Duration.ofDays(30), name);
    }

    private static KeyPair newPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Certificates make(
            String subject,
            KeyPair pair,
            String issuer,
            KeyPair signer,
            boolean authority,
            Duration life,
            String... names) {
        Instant now = Instant.now();
        try {
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            new X500Name(issuer),
                            BigInteger.valueOf(NUMBERS.getAndIncrement()),
                            Date.from(now.minus(Duration.ofDays(20))),
                            Date.from(now.plus(life)),
                            new X500Name(subject),
                            pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (names.length > 0) {
                GeneralName[] all = new GeneralName[names.length];
                for (int i = 0; i < all.length; i++) {
                    all[i] = new GeneralName(GeneralName.dNSName, names[i]);
                }
                builder.addExtension(
                        Extension.subjectAlternativeName, false, new GeneralNames(all));
            }
            X509Certificate made =
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(signer.getPrivate())));
            return new Certificates(subject, made, pair);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The record that names this certificate so.
    Tlsa tlsa(int usage, int selector, int matchingType) {
        try {
            byte[] whole =
                    selector == 0
                            ? certificate.getEncoded()
                            : certificate.getPublicKey().getEncoded();
            byte[] data =
                    switch (matchingType) {
                        case 1 -> MessageDigest.getInstance("SHA-256").digest(whole);
                        case 2 -> MessageDigest.getInstance("SHA-512").digest(whole);
                        default -> whole;
                    };
            return new Tlsa(usage, selector, matchingType, data);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What a server presents that has this certificate and sends the others with it.
    Tls server(Path folder, Certificates... others) throws IOException {
        try {
            StringBuilder chain = new StringBuilder(pem("CERTIFICATE", certificate.getEncoded()));
            for (Certificates each : others) {
                chain.append(pem("CERTIFICATE", each.certificate.getEncoded()));
            }
            Path file = Files.writeString(folder.resolve("chain.pem"), chain);
            Path key =
                    Files.writeString(
                            folder.resolve("key.pem"),
                            pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            return Tls.load(file, key);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String what, byte[] octets) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(octets);
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }
}
