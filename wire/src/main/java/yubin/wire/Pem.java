package yubin.wire;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/// Certificates and keys as PEM files: read, checked, and made when there are none.
final class Pem {
    /// A PEM file larger than this is none.
    private static final long OCTETS_MAX = 1 << 20;

    private static final Duration SELF_SIGNED_FOR = Duration.ofDays(3650);

    private Pem() {}

    /// At least one certificate.
    static List<X509Certificate> chain(Path file) throws IOException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Object found : objects(file)) {
            if (!(found instanceof X509CertificateHolder holder)) continue;
            try {
                chain.add(new JcaX509CertificateConverter().getCertificate(holder));
            } catch (GeneralSecurityException e) {
                throw new IOException("bad certificate in " + file + ": " + e.getMessage(), e);
            }
        }
        if (chain.isEmpty()) throw new IOException("no certificate in " + file);
        return List.copyOf(chain);
    }

    static PrivateKey key(Path file) throws IOException {
        JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
        for (Object found : objects(file)) {
            if (found instanceof PEMKeyPair pair) {
                return converter.getPrivateKey(pair.getPrivateKeyInfo());
            }
            if (found instanceof PrivateKeyInfo info) return converter.getPrivateKey(info);
        }
        throw new IOException("no key without a password in " + file);
    }

    private static List<Object> objects(Path file) throws IOException {
        try {
            if (Files.size(file) > OCTETS_MAX) throw new IOException(file + " is no PEM file");
            List<Object> found = new ArrayList<>();
            try (PEMParser parser = new PEMParser(Files.newBufferedReader(file))) {
                for (Object next; (next = parser.readObject()) != null; ) found.add(next);
            }
            return found;
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (IOException e) {
            throw new IOException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new IOException("cannot read " + file + ": damaged", e);
        }
    }

    /// True when what `secret` signs is verified by `open`.
    static boolean belongTogether(PrivateKey secret, PublicKey open) {
        String algorithm =
                switch (open.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> open.getAlgorithm();
                };
        byte[] text = {'y', 'u', 'b', 'i', 'n'};
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(secret);
            signer.update(text);
            byte[] signature = signer.sign();
            signer.initVerify(open);
            signer.update(text);
            return signer.verify(signature);
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    /// True when both files are there, and the certificate runs for another day and names
    /// `hostname`.
    static boolean isUsable(Path certificate, Path key, String hostname) {
        if (!Files.exists(certificate) || !Files.exists(key)) return false;
        try {
            X509Certificate leaf = chain(certificate).getFirst();
            leaf.checkValidity(Date.from(Instant.now().plus(Duration.ofDays(1))));
            Collection<List<?>> names = leaf.getSubjectAlternativeNames();
            return names != null
                    && names.stream().anyMatch(name -> hostname.equalsIgnoreCase("" + name.get(1)));
        } catch (IOException | GeneralSecurityException _) {
            return false;
        }
    }

    /// Writes a P-256 key, readable by its owner only, and a certificate signed with itself.
    static void makeSelfSigned(Path certificate, Path key, String hostname) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair pair = generator.generateKeyPair();
            X500Name name =
                    new X500NameBuilder(BCStyle.INSTANCE)
                            .addRDN(BCStyle.CN, hostname.length() > 64 ? "yubin" : hostname)
                            .build();
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(127, new SecureRandom()).setBit(126),
                            Date.from(now.minus(Duration.ofDays(1))),
                            Date.from(now.plus(SELF_SIGNED_FOR)),
                            name,
                            pair.getPublic());
            GeneralName[] names = {
                new GeneralName(GeneralName.dNSName, hostname),
                new GeneralName(GeneralName.dNSName, "localhost"),
                new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                new GeneralName(GeneralName.iPAddress, "::1"),
            };
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            // Also its own authority, so that a client can be given it as a trust anchor.
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
            X509CertificateHolder made =
                    builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA")
                                    .build(pair.getPrivate()));
            write(key, new JcaPKCS8Generator(pair.getPrivate(), null), "rw-------");
            write(certificate, made, "rw-r--r--");
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("cannot make a certificate: " + e.getMessage(), e);
        }
    }

    private static void write(Path file, Object content, String mode) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        Files.createFile(
                part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        Files.writeString(part, text.toString());
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
