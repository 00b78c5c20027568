package yubin.zones;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.directory.Directory;
import yubin.directory.Outcome;
import yubin.dns.Lookup;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.Zone;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Store;

/// The zones of a post office at mail.example.com, over a real store, with a clock of the test's.
class ZonesTest {
    private static final Domain DOMAIN = Domain.of("example.com");

    @TempDir Path folder;
    private Instant now = Instant.parse("2026-11-25T00:00:00Z");
    private Store store;
    private Directory directory;
    private Zones zones;
    private Collection<Zone> published = List.of();

    @BeforeEach
    void open() throws Exception {
        store = Store.open(folder, () -> now);
        Domain host = Domain.of("mail.example.com");
        directory = Directory.open(store, () -> now, Directory.Settings.of(host));
        if (!directory.isLocal(DOMAIN)) directory.administration().addDomain("example.com");
        ZoneSettings settings = ZoneSettings.of(host, List.of(InetAddress.ofLiteral("192.0.2.1")));
        zones = Zones.open(store, directory, settings, () -> now);
    }

    @AfterEach
    void close() {
        zones.close();
        directory.close();
        store.close();
    }

    private void again() throws Exception {
        close();
        open();
    }

    private String shown() {
        return zones.reports().show("example.com").orElseThrow();
    }

    @Test
    void aZoneHasWhatAMailDomainNeeds() {
        assertInstanceOf(Outcome.Ok.class, zones.orders().add("example.com", Orders.Choice.USUAL));
        String text = shown();
        for (String line :
                List.of(
                        "example.com.\t3600\tIN\tMX\t10 mail.example.com.",
                        "example.com.\t3600\tIN\tTXT\t\"v=spf1 mx -all\"",
                        "mail.example.com.\t300\tIN\tA\t192.0.2.1",
                        "_imap._tcp.example.com.\t3600\tIN\tSRV\t0 0 0 .",
                        "_submissions._tcp.example.com.\t3600\tIN\tSRV\t0 1 465 mail.example.com.",
                        "y20261125r._domainkey.example.com.\t3600\tIN\tTXT\t\"v=DKIM1; k=rsa; p=",
                        "\tIN\tDNSKEY\t257 3 13 ")) {
            assertTrue(text.contains(line), line + " is not in\n" + text);
        }
    }

    @Test
    void aDomainAddedOrRemovedChangesTheZoneAndItsSerial() {
        zones.orders().add("example.com", Orders.Choice.USUAL);
        long before = zones.reports().list().getFirst().serial();
        zones.refresh();
        assertEquals(before, zones.reports().list().getFirst().serial(), "nothing changed");
        directory.administration().addDomain("lists.example.com");
        zones.refresh();
        assertTrue(shown().contains("lists.example.com.\t3600\tIN\tMX"));
        assertTrue(zones.reports().list().getFirst().serial() > before);
    }

    @Test
    void aDamagedRowParksItsZoneAndNoOther() throws Exception {
        zones.orders().add("example.com", Orders.Choice.USUAL);
        zones.orders().add("example.net", Orders.Choice.USUAL);
        store.committer()
                .commit(new Batch().put(Rows.zoneKey(Domain.of("example.net")), new byte[] {9, 9}));
        again();
        assertEquals("served", zones.reports().list().getFirst().state());
        assertTrue(zones.reports().list().getLast().state().startsWith("damaged: "));
        assertInstanceOf(Outcome.Ok.class, zones.orders().remove("example.net"));
    }

    @Test
    void aDamagedKeyOfOneDomainStopsNoOther() throws Exception {
        directory.administration().addDomain("a.example.com");
        directory.administration().addDomain("z.example.com");
        zones.orders().add("example.com", Orders.Choice.USUAL);
        byte[] row = Rows.dkimKey(Domain.of("a.example.com"), "y20261125r");
        store.committer().commit(new Batch().put(row, new byte[] {9}));
        again();
        zones.publish((_, _) -> new Lookup.NoData<>(true), _ -> {});
        later(Duration.ofHours(3));
        later(Duration.ofHours(3));
        assertEquals(2, zones.signing(DOMAIN).size());
        assertEquals(2, zones.signing(Domain.of("z.example.com")).size());
        String state = zones.reports().list().getFirst().state();
        assertEquals(
                "keys do not move on: DKIM keys of a.example.com: version 9 of a record", state);
        assertTrue(shown().contains("a.example.com.\t3600\tIN\tMX"), "the rest of it is there");
    }

    @Test
    void ownRecordsGoBeforeOursAndAMistakeNamesItsLine() {
        zones.orders().add("example.com", Orders.Choice.USUAL);
        String mine =
                "$TTL 600\n@ TXT \"v=spf1 ip4:192.0.2.7 -all\"\n@ TXT hello\nwww A 192.0.2.8\n";
        assertInstanceOf(
                Outcome.Ok.class, zones.orders().importRecords("example.com", mine, _ -> {}));
        assertTrue(!shown().contains("v=spf1 mx"), shown());
        assertTrue(shown().contains("hello") && shown().contains("www.example.com."));
        Outcome bad =
                zones.orders()
                        .importRecords(
                                "example.com", "$TTL 600\nwww A 192.0.2.8\nwww CNAME x\n", _ -> {});
        assertEquals("line 3: CNAME and A at www.example.com.", bad.text());
        Outcome outside =
                zones.orders()
                        .importRecords("example.com", "a.example.net. 60 A 192.0.2.1\n", _ -> {});
        assertEquals("line 1: a.example.net. is not in the zone example.com.", outside.text());
    }

    @Test
    void signaturesAreRenewedAtHalfTheirTime() throws Exception {
        zones.orders().add("example.com", Orders.Choice.USUAL);
        Instant first = zones.reports().list().getFirst().signedUntil();
        now = now.plus(Duration.ofDays(6));
        zones.refresh();
        // The keys have moved on meanwhile; the oldest signatures stay.
        assertTrue(
                !zones.reports()
                        .list()
                        .getFirst()
                        .signedUntil()
                        .isAfter(first.plus(Duration.ofDays(6))));
        now = now.plus(Duration.ofDays(2));
        zones.refresh();
        assertTrue(
                zones.reports()
                        .list()
                        .getFirst()
                        .signedUntil()
                        .isAfter(now.plus(Duration.ofDays(11))));
    }

    @Test
    void aKeyIsReplacedOnlyWhenTheParentHasTheNewOne() {
        var old = key(1, ZoneKey.State.TRUSTED);
        var fresh = key(2, ZoneKey.State.FRESH);
        List<ZoneKey> keys = List.of(old, fresh);
        Set<String> parent = Set.of(name(old));
        keys = step(keys, parent);
        assertEquals("[TRUSTED, FRESH]", states(keys));
        now = now.plus(Duration.ofHours(3));
        keys = step(keys, parent);
        assertEquals("[TRUSTED, READY]", states(keys));
        assertEquals(2, ZoneKey.asked(keys).number());
        now = now.plus(Duration.ofDays(30));
        assertEquals("[TRUSTED, READY]", states(step(keys, null)), "nobody knows");
        assertEquals("[TRUSTED, READY]", states(step(keys, parent)), "not there yet");
        keys = step(step(keys, Set.of(name(fresh))), Set.of(name(fresh)));
        assertEquals("[LEAVING, TRUSTED]", states(keys));
        now = now.plus(Duration.ofDays(3));
        assertEquals("[TRUSTED]", states(step(keys, Set.of(name(fresh)))));
        assertEquals("[LEAVING, TRUSTED]", states(step(keys, Set.of(name(old), name(fresh)))));
    }

    private ZoneKey key(long number, ZoneKey.State state) {
        return new ZoneKey(
                number,
                yubin.dns.SigningKey.generate(yubin.dns.SigningKey.ED25519),
                state,
                now,
                now);
    }

    private static String name(ZoneKey key) {
        return Integer.toString(key.key().tag());
    }

    private List<ZoneKey> step(List<ZoneKey> keys, Set<String> parent) {
        return ZoneKey.advance(
                keys, now, true, Duration.ofHours(1), parent, k -> Integer.toString(k.tag()));
    }

    private static String states(List<ZoneKey> keys) {
        return keys.stream().map(ZoneKey::state).toList().toString();
    }

    @Test
    void manyAddAtOnceAndOneOfEachWins() throws Exception {
        List<Outcome> outcomes = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            String name = "z" + i % 4 + ".example";
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () ->
                                            outcomes.add(
                                                    zones.orders()
                                                            .add(name, Orders.Choice.USUAL))));
        }
        for (Thread thread : threads) thread.join();
        assertEquals(4, outcomes.stream().filter(o -> o instanceof Outcome.Ok).count());
        assertEquals(4, zones.reports().list().size());
    }

    @Test
    void theNextCertificateIsPublishedBeforeItIsUsed() {
        zones.orders().add("example.com", Orders.Choice.USUAL);
        zones.certificateUsed(new byte[] {1});
        Instant ready = zones.certificateComing(new byte[] {2});
        assertEquals(now.plus(Certificates.TLSA_SEEN), ready);
        assertEquals(2, shown().lines().filter(line -> line.contains("TLSA")).count());
        now = ready;
        assertEquals(ready, zones.certificateComing(new byte[] {2}));
        zones.certificateUsed(new byte[] {2});
        now = now.plus(Duration.ofHours(3));
        zones.refresh();
        assertEquals(1, shown().lines().filter(line -> line.contains("TLSA")).count());
    }

    @Test
    void whatIsMadeIsPublished() throws Exception {
        zones.start((_, _) -> new Lookup.NoData<>(false), all -> published = List.copyOf(all));
        zones.orders().add("example.com", Orders.Choice.USUAL);
        assertEquals(1, published.size());
        zones.orders().remove("example.com");
        assertEquals(0, published.size());
    }

    /// Nobody but the world can say whether somebody has pasted them.
    @Test
    void dkimKeysOfAZoneElsewhereSignWhenTheWorldHasSeenThem() throws Exception {
        List<RRset> world = new ArrayList<>();
        zones.publish((name, type) -> answer(world, name, type), _ -> {});
        List<RRset> pasted =
                zones.reports().records(DOMAIN).stream()
                        .map(Wanted::set)
                        .filter(set -> set.owner().toString().contains("_domainkey"))
                        .toList();
        assertEquals(2, pasted.size());
        later(Duration.ofDays(1));
        assertEquals(List.of(), zones.signing(DOMAIN), "not pasted yet");
        world.addAll(pasted);
        later(Duration.ofMinutes(11));
        later(Duration.ofHours(1));
        assertEquals(List.of(), zones.signing(DOMAIN), "some may remember their absence");
        again();
        zones.publish((name, type) -> answer(world, name, type), _ -> {});
        later(Duration.ofMinutes(11));
        later(Duration.ofHours(2));
        assertEquals(2, zones.signing(DOMAIN).size());
        again();
        assertEquals(2, zones.signing(DOMAIN).size(), "kept");
    }

    private void later(Duration time) throws Exception {
        now = now.plus(time);
        zones.look();
    }

    private static Lookup<RRset> answer(List<RRset> world, Name name, int type) {
        for (RRset set : world) {
            if (set.owner().equals(name) && set.type() == type) {
                return new Lookup.Answer<>(set, false, Duration.ofHours(1));
            }
        }
        return new Lookup.NxDomain<>(false);
    }

    @Test
    void aDkimKeyThatWasPastedWrongDoesNotSign() throws Exception {
        List<RRset> world = new ArrayList<>();
        zones.publish((name, type) -> answer(world, name, type), _ -> {});
        for (Wanted wanted : zones.reports().records(DOMAIN)) {
            RRset set = wanted.set();
            if (!set.owner().toString().contains("_domainkey")) continue;
            byte[] rdata = set.rdata().getFirst().clone();
            rdata[rdata.length - 3] ^= 1;
            world.add(new RRset(set.owner(), set.type(), set.ttl(), List.of(rdata)));
        }
        later(Duration.ofMinutes(11));
        later(Duration.ofDays(1));
        assertEquals(List.of(), zones.signing(DOMAIN));
    }
}
