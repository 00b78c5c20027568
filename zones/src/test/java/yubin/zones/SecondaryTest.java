package yubin.zones;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.directory.Directory;
import yubin.directory.Outcome;
import yubin.dns.Authority;
import yubin.dns.Lookup;
import yubin.dns.Name;
import yubin.dns.Transfers;
import yubin.dns.TsigKey;
import yubin.dns.Zone;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Store;

/// We are a secondary: a zone comes from a primary on loopback, which gives it only to who signs.
class SecondaryTest {
    private static final Name ZONE = Name.of("copy.test");
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final TsigKey KEY =
            TsigKey.parse("xfr hmac-sha256 MTIzNDU2Nzg5MDEyMzQ1Ng==").orElseThrow();

    @TempDir Path folder;
    private Instant now = Instant.now();
    private Store store;
    private Directory directory;
    private Zones zones;
    private Authority primary;
    private List<TsigKey> keys = List.of(KEY);
    private volatile Collection<Zone> published = List.of();
    private volatile CountDownLatch publishing = new CountDownLatch(0);

    @BeforeEach
    void open() throws Exception {
        primary = Authority.open(new InetSocketAddress(HERE, 0), List.of());
        primary.transfers(
                new Transfers(
                        List.of(KEY),
                        new Transfers.Policy() {
                            @Override
                            public boolean mayTransfer(Name zone, InetAddress client, Name key) {
                                return KEY.name().equals(key);
                            }

                            @Override
                            public boolean notified(Name zone, InetAddress server, Name key) {
                                return false;
                            }
                        },
                        Instant::now));
        serve(1, "192.0.2.1");
        start();
    }

    private void start() throws Exception {
        store = Store.open(folder, () -> now);
        Domain host = Domain.of("mail.example.com");
        directory = Directory.open(store, () -> now, Directory.Settings.of(host));
        ZoneSettings settings =
                new ZoneSettings(
                        host,
                        List.of(),
                        List.of(),
                        List.of(),
                        keys,
                        null,
                        List.of(),
                        "none",
                        "none",
                        null,
                        Map.of(),
                        Duration.ZERO);
        zones = Zones.open(store, directory, settings, () -> now);
        zones.start((_, _) -> new Lookup.NoData<>(true), this::publish);
    }

    private void publish(Collection<Zone> all) {
        try {
            assertTrue(publishing.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        published = List.copyOf(all);
    }

    private void stop() {
        zones.close();
        directory.close();
        store.close();
    }

    @AfterEach
    void close() {
        stop();
        primary.close();
    }

    private void serve(long serial, String address) {
        String text =
                """
                @ 300 SOA ns host %d 3600 60 86400 300
                @ 300 NS ns
                ns 300 A %s
                """
                        .formatted(serial, address);
        primary.replace(List.of(Zone.parse(ZONE, text)));
    }

    private Outcome add() {
        InetSocketAddress at = primary.address();
        String text = at.getAddress().getHostAddress() + "@" + at.getPort();
        return zones.orders().add("copy.test", new Orders.Choice("nsec", "ecdsap256", text, "xfr"));
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(Condition condition, String what) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - end < 0, what);
            Thread.sleep(10);
        }
    }

    private boolean has(String text) {
        return zones.reports().export("copy.test").orElse("").contains(text);
    }

    private String state() {
        return zones.reports().list().getFirst().state();
    }

    @Test
    void aZoneIsCopiedKeptAndThereAgainAtTheNextStart() throws Exception {
        assertInstanceOf(Outcome.Ok.class, add());
        until(() -> has("192.0.2.1") && published.size() == 1, "the copy: " + state());
        assertEquals("served", state());
        assertEquals(1, zones.reports().list().getFirst().serial());
        stop();
        primary.close();
        start();
        assertEquals(1, published.size());
        assertTrue(has("192.0.2.1"), "kept");
    }

    @Test
    void whatThePrimaryNoLongerConfirmsIsNotServed() throws Exception {
        add();
        until(() -> has("192.0.2.1"), "the copy");
        primary.close();
        now = now.plusSeconds(86_300);
        zones.refresh();
        assertTrue(has("192.0.2.1"), "not yet expired");
        now = now.plusSeconds(200);
        zones.refresh();
        assertFalse(has("192.0.2.1"));
        until(() -> published.isEmpty(), "nothing is published");
    }

    /// The answer must not wait for the lock, and what was told must not be lost.
    @Test
    void aNotifyThatFindsUsBusyIsNotLost() throws Exception {
        add();
        until(() -> has("192.0.2.1"), "the copy");
        until(() -> state().equals("served"), "the first answer is taken");
        publishing = new CountDownLatch(1);
        Thread busy =
                Thread.ofVirtual()
                        .start(() -> zones.orders().add("example.net", Orders.Choice.USUAL));
        until(() -> busy.getState() == Thread.State.TIMED_WAITING, "the lock is held");
        serve(2, "192.0.2.2");
        assertTrue(zones.policy().notified(ZONE, HERE, null));
        assertTrue(zones.policy().notified(Name.of("COPY.test"), HERE, null));
        assertFalse(zones.policy().notified(ZONE, InetAddress.ofLiteral("192.0.2.9"), null));
        assertFalse(zones.policy().notified(Name.of("example.net"), HERE, null));
        publishing.countDown();
        until(() -> has("192.0.2.2"), "the second version: " + state());
    }

    @Test
    void withoutItsKeyNothingIsAskedUnsigned() throws Exception {
        add();
        until(() -> has("192.0.2.1"), "the copy");
        stop();
        keys = List.of();
        start();
        zones.policy().notified(ZONE, HERE, null);
        until(() -> state().equals("dns.tsig-keys has no key \"xfr\""), state());
        assertTrue(has("192.0.2.1"), "the last copy goes on");
    }

    @Test
    void aRowWithoutAPrimaryThatCanBeReadParksItsZone() throws Exception {
        Domain name = Domain.of("copy.test");
        ZoneRow row = new ZoneRow(name, ZoneRow.Chain.UNSIGNED, 13, "nowhere", null, now);
        store.committer().commit(new Batch().put(Rows.zoneKey(name), Rows.zone(row)));
        stop();
        start();
        assertEquals("damaged: primary nowhere", state());
    }

    @Test
    void aPrimaryThatRefusesIsNamed() throws Exception {
        InetSocketAddress at = primary.address();
        String text = at.getAddress().getHostAddress() + "@" + at.getPort();
        zones.orders().add("copy.test", new Orders.Choice("nsec", "ecdsap256", text, null));
        until(() -> state().equals("127.0.0.1 says REFUSED"), state());
    }
}
