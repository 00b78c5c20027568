package yubin.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import yubin.dns.Tlsa;

/// Certificates against TLSA records. RFC 6698 §2.1, RFC 7672 §3.
class CertificateMatchTest {
    private static final Certificates ROOT = Certificates.authority("root");
    private static final Certificates MIDDLE = ROOT.issue("middle", true, Duration.ofDays(30));
    private static final Certificates LEAF = MIDDLE.issue("mx.example.org");
    private static final Certificates STRANGER = Certificates.authority("root");

    private static String why(List<Certificates> chain, Tlsa... records) {
        List<X509Certificate> shown = chain.stream().map(Certificates::certificate).toList();
        var demanded =
                new Dane.Certificate(
                        "mx.example.org",
                        List.of(records),
                        List.of("mx.example.org", "example.org"));
        return Dane.mismatch(demanded, shown, InstantSource.system());
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2"})
    void theServersOwnCertificateOrKey(int selector, int matchingType) {
        Tlsa record = LEAF.tlsa(3, selector, matchingType);
        assertNull(why(List.of(LEAF), record));
        assertNull(why(List.of(LEAF, MIDDLE, ROOT), record));
        assertEquals(
                "the certificate is none of those that the domain publishes",
                why(List.of(STRANGER), record));
        // It must be the server's own, not one that it sends along.
        assertNotNull(why(List.of(STRANGER, LEAF), record));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "0,2", "1,0", "1,1", "1,2"})
    void anAuthorityOfTheChain(int selector, int matchingType) {
        List<Certificates> whole = List.of(LEAF, MIDDLE, ROOT);
        assertNull(why(whole, MIDDLE.tlsa(2, selector, matchingType)));
        assertNull(why(whole, ROOT.tlsa(2, selector, matchingType)));
        assertNotNull(why(whole, STRANGER.tlsa(2, selector, matchingType)));
    }

    @Test
    void anAuthorityThatOnlyTheRecordHolds() {
        assertNull(why(List.of(LEAF, MIDDLE), ROOT.tlsa(2, 0, 0)));
        assertNull(why(List.of(LEAF), MIDDLE.tlsa(2, 0, 0)));
        assertNull(why(List.of(LEAF, MIDDLE), ROOT.tlsa(2, 1, 0)));
        // A digest alone vouches for nothing that is not shown.
        assertNotNull(why(List.of(LEAF, MIDDLE), ROOT.tlsa(2, 0, 1)));
        assertNotNull(why(List.of(LEAF, MIDDLE), STRANGER.tlsa(2, 0, 0)));
        assertNotNull(why(List.of(LEAF, MIDDLE), STRANGER.tlsa(2, 1, 0)));
    }

    @Test
    void anAuthorityThatIsShownAndDidNotSign() {
        String why = why(List.of(LEAF, STRANGER), STRANGER.tlsa(2, 0, 1));
        assertTrue(why.startsWith("the chain of certificates is broken"), why);
    }

    @Test
    void aMiddleThatIsNoAuthority() {
        Certificates fake = ROOT.issue("fake", false, Duration.ofDays(30));
        Certificates leaf = fake.issue("mx.example.org");
        assertNotNull(why(List.of(leaf, fake, ROOT), ROOT.tlsa(2, 0, 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "mx.example.org, true",
        "MX.Example.ORG, true",
        "example.org, true",
        "*.example.org, true",
        "*.org, true", // for the domain itself
        "*.mx.example.org, false",
        "mx*.example.org, false",
        "mx.example.net, false",
        "*, false"
    })
    void whomTheCertificateIsForMattersUnderAnAuthority(String name, boolean good) {
        Certificates leaf = ROOT.issue("x", false, Duration.ofDays(30), name);
        String why = why(List.of(leaf, ROOT), ROOT.tlsa(2, 0, 1));
        if (good) assertNull(why);
        else assertEquals("the certificate is not for mx.example.org or example.org", why);
        // Under usage 3 it does not (RFC 7672 §3.1.1).
        assertNull(why(List.of(leaf, ROOT), leaf.tlsa(3, 1, 1)));
    }

    @Test
    void theCommonNameCountsOnlyWithoutOtherNames() {
        Certificates old = ROOT.issue("mx.example.org", false, Duration.ofDays(30));
        assertNull(why(List.of(old, ROOT), ROOT.tlsa(2, 0, 1)));
        Certificates both =
                ROOT.issue("mx.example.org", false, Duration.ofDays(30), "www.example.org");
        assertNotNull(why(List.of(both, ROOT), ROOT.tlsa(2, 0, 1)));
    }

    @Test
    void datesMatterUnderAnAuthorityOnly() {
        Certificates over =
                ROOT.issue("mx.example.org", false, Duration.ofDays(-1), "mx.example.org");
        assertNotNull(why(List.of(over, ROOT), ROOT.tlsa(2, 0, 1)));
        assertNull(why(List.of(over, ROOT), over.tlsa(3, 1, 1)));
    }

    @Test
    void oneFittingRecordIsEnough() {
        assertNull(why(List.of(LEAF), STRANGER.tlsa(3, 1, 1), LEAF.tlsa(3, 1, 1)));
        assertNull(why(List.of(LEAF, MIDDLE), STRANGER.tlsa(3, 1, 1), MIDDLE.tlsa(2, 1, 1)));
    }

    @Test
    void theStrongerDigestCounts() {
        // RFC 7672 §5: who can forge SHA-256 must not be helped by it.
        Tlsa weak = LEAF.tlsa(3, 1, 1);
        assertNotNull(why(List.of(LEAF), weak, STRANGER.tlsa(3, 1, 2)));
        assertNull(why(List.of(LEAF), weak, STRANGER.tlsa(3, 0, 2)));
    }

    @Test
    void noCertificateAtAll() {
        assertEquals("the server shows no certificate", why(List.of(), LEAF.tlsa(3, 1, 1)));
    }

    @ParameterizedTest
    @CsvSource({
        "3,1,1,32,true", "3,0,2,64,true", "2,0,1,32,true", "2,1,0,91,true",
        "3,1,1,31,false", "3,1,2,32,false", "3,1,0,0,false", "3,2,1,32,false",
        "3,1,3,32,false", "0,1,1,32,false", "1,1,1,32,false", "255,1,1,32,false"
    })
    void whichRecordsCanBeUsed(int usage, int selector, int type, int octets, boolean usable) {
        assertEquals(
                usable,
                CertificateMatch.isUsable(new Tlsa(usage, selector, type, new byte[octets])));
    }

    @Test
    void recordsThatNobodyCanReadFitNothing() {
        Tlsa garbage = new Tlsa(2, 0, 0, Stream.of("x").toString().getBytes());
        assertTrue(CertificateMatch.isUsable(garbage));
        assertFalse(why(List.of(LEAF, MIDDLE), garbage).isEmpty());
        assertNotNull(why(List.of(LEAF), new Tlsa(2, 1, 0, new byte[] {1, 2, 3})));
        assertNotNull(why(List.of(LEAF), new Tlsa(3, 0, 0, new byte[] {1, 2, 3})));
    }
}
