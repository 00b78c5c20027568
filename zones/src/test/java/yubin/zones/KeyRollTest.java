package yubin.zones;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
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
import yubin.dns.Type;
import yubin.dns.Zone;
import yubin.dns.ZoneFile;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// A zone's key is replaced while the parent, the disk and the machine do what they do in life.
class KeyRollTest {
    private static final Name ZONE = Name.of("example.com");
    private static final Duration TTL = Duration.ofHours(1);

    @TempDir Path folder;
    private Instant now = Instant.parse("2026-11-25T00:00:00Z");
    private Store store;
    private Directory directory;
    private Zones zones;
    private Zone served;

    /// What the parent has, and whether it can prove it; null: it does not answer.
    private List<byte[]> parent = List.of();

    private boolean proven = true;

    /// DS records that a cache may still hold.
    private final List<byte[]> remembered = new ArrayList<>();

    private final Disk disk = new Disk();

    /// The power goes off.
    private static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /// A disk that fails at will.
    private final class Disk implements Board.Writer {
        int commits;
        int cutAt = -1;
        boolean cutBefore;
        boolean full;

        @Override
        public void commit(Batch batch) throws StoreTrouble {
            if (full) throw new StoreTrouble.NotCommitted("no space left on device", null);
            boolean cut = ++commits == cutAt;
            if (cut && cutBefore) throw new PowerCut();
            store.committer().commit(batch);
            if (cut) throw new PowerCut();
        }
    }

    @BeforeEach
    void open() throws Exception {
        store = Store.open(folder, () -> now);
        directory =
                Directory.open(
                        store, () -> now, Directory.Settings.of(Domain.of("mail.example.com")));
        directory.administration().addDomain("example.com");
        start();
        assertInstanceOf(Outcome.Ok.class, zones.orders().add("example.com", Orders.Choice.USUAL));
    }

    @AfterEach
    void close() {
        zones.close();
        directory.close();
        store.close();
    }

    /// As after a crash: nothing in memory is left.
    private void start() throws IOException {
        zones = open(settings());
        zones.publish(this::ask, this::take);
    }

    private static ZoneSettings settings() {
        return ZoneSettings.of(
                Domain.of("mail.example.com"), List.of(InetAddress.ofLiteral("192.0.2.1")));
    }

    private Zones open(ZoneSettings settings) throws IOException {
        return Zones.open(store.keys(), disk, directory, settings, () -> now);
    }

    private Lookup<RRset> ask(Name name, int type) {
        if (type != Type.DS) return new Lookup.NoData<>(true);
        if (parent == null) return new Lookup.Unavailable<>("silent", Duration.ofSeconds(1));
        if (parent.isEmpty()) return new Lookup.NoData<>(proven);
        return new Lookup.Answer<>(new RRset(name, Type.DS, 3600, parent), proven, TTL);
    }

    /// Every version that the world gets must be good for every DS that somebody may hold.
    private void take(Collection<Zone> all) {
        if (all.isEmpty()) return;
        served = all.iterator().next();
        Set<Integer> signers = new HashSet<>();
        for (RRset set : served.records()) {
            if (set.type() != Type.DNSKEY) continue;
            for (byte[] rrsig : set.signatures()) signers.add(u16(rrsig, 16));
        }
        List<byte[]> held = new ArrayList<>(remembered);
        if (parent != null) held.addAll(parent);
        for (byte[] ds : held) {
            assertTrue(signers.contains(u16(ds, 0)), "no signature for DS " + u16(ds, 0));
        }
    }

    private static int u16(byte[] octets, int at) {
        return (octets[at] & 0xff) << 8 | octets[at + 1] & 0xff;
    }

    private void pass(Duration time) throws IOException {
        now = now.plus(time);
        zones.look();
        take(served == null ? List.of() : List.of(served));
    }

    /// Of the DNSSEC keys, oldest first.
    private List<String> states() throws IOException {
        return keys().stream().map(Reports.KeyInfo::state).toList();
    }

    private List<Reports.KeyInfo> keys() throws IOException {
        return zones.reports().keys("example.com", this::ask).orElseThrow().stream()
                .filter(key -> key.use().equals("DNSSEC"))
                .toList();
    }

    /// What CDS asks the parent for.
    private List<byte[]> wished() {
        for (RRset set : served.records()) if (set.type() == Type.CDS) return set.rdata();
        return List.of();
    }

    private static byte[] ds(Reports.KeyInfo key) {
        return switch (ZoneFile.parse(key.record(), Name.ROOT)) {
            case ZoneFile.Records(var sets) -> sets.getFirst().rdata().getFirst();
            case ZoneFile.Malformed bad -> throw new AssertionError(bad);
        };
    }

    private void untilTrusted() throws IOException {
        pass(Duration.ofHours(3));
        assertEquals(List.of("ready"), states());
        parent = wished();
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("trusted"), states());
    }

    @Test
    void aFirstKeyWaitsUntilEverybodySeesItAndThenForTheParent() throws Exception {
        assertEquals(List.of("fresh"), states());
        assertEquals(List.of(), wished());
        untilTrusted();
        assertTrue(keys().getFirst().words().endsWith("the parent has its DS"), "" + keys());
        assertEquals(u16(ds(keys().getFirst()), 0), u16(parent.getFirst(), 0));
    }

    /// A command on a folder at rest shows nothing to the world.
    @Test
    void aKeyThatNobodyCouldReadIsNotTakenForSeen() throws Exception {
        zones = open(settings());
        now = now.plus(Duration.ofHours(5));
        zones.refresh();
        assertEquals(List.of("fresh"), states());
        String words = keys().getFirst().words();
        assertTrue(words.startsWith("nobody can see it while no post office runs"), words);
        zones.publish(this::ask, this::take);
        words = keys().getFirst().words();
        assertTrue(words.startsWith("signs; everybody can see it after 2026-11-25T07:00:"), words);
        pass(Duration.ofHours(1));
        assertEquals(List.of("fresh"), states());
        pass(Duration.ofHours(1));
        assertEquals(List.of("ready"), states());
    }

    @Test
    void anAnswerThatIsNotProvenMovesNoKey() throws Exception {
        pass(Duration.ofHours(3));
        proven = false;
        parent = wished();
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("ready"), states(), "anybody may have said so");
        assertTrue(keys().getFirst().words().endsWith("is not proven"), "" + keys());
        proven = true;
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("trusted"), states());
        parent = List.of();
        proven = false;
        pass(Duration.ofDays(10));
        assertEquals(List.of("trusted"), states());
    }

    @Test
    void aDsThatIsGoneForAMomentChangesNothingAndOneThatIsGoneForGoodIsAskedForAgain()
            throws Exception {
        untilTrusted();
        List<byte[]> there = parent;
        parent = List.of();
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("missed"), states());
        assertTrue(keys().getFirst().words().contains("hand it in again"), "" + keys());
        assertEquals(1, wished().size());
        parent = there;
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("trusted"), states());
        parent = List.of();
        pass(Duration.ofMinutes(11));
        pass(Duration.ofDays(1));
        assertEquals(List.of("missed"), states());
        parent = null;
        pass(Duration.ofDays(5));
        assertEquals(List.of("missed"), states(), "a silent parent is not one without a DS");
        parent = List.of();
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("ready"), states());
        parent = there;
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("trusted"), states());
    }

    /// The whole roll, with a power cut at one commit, before it reached the disk or after.
    private void roll() throws IOException {
        byte[] old = parent.getFirst();
        for (int hour = 0; hour < 24 * 4; hour++) {
            try {
                if (keys().size() == 1 && u16(ds(keys().getFirst()), 0) == u16(old, 0)) {
                    zones.orders().roll("example.com");
                }
                pass(Duration.ofHours(1));
                boolean other = !wished().isEmpty() && u16(wished().getFirst(), 0) != u16(old, 0);
                if (other && hour > 12) {
                    // The parent obeys CDS; caches hold the old DS for two days.
                    if (hour < 12 + 48 && remembered.isEmpty()) remembered.add(old);
                    parent = wished();
                }
                if (hour >= 12 + 49) remembered.clear();
            } catch (PowerCut e) {
                start();
            }
        }
    }

    @Test
    void aRollEndsWithTheNewKeyAloneWhereverThePowerGoesOff() throws Exception {
        untilTrusted();
        int first = disk.commits;
        roll();
        assertEquals(List.of("trusted"), states());
        int commits = disk.commits - first;
        assertTrue(commits >= 4, commits + " commits");
        for (int at = 1; at <= commits; at++) {
            for (boolean before : List.of(true, false)) {
                int tag = u16(parent.getFirst(), 0);
                disk.cutAt = disk.commits + at;
                disk.cutBefore = before;
                roll();
                assertEquals(List.of("trusted"), states(), "cut at commit " + at);
                assertFalse(u16(parent.getFirst(), 0) == tag, "cut at commit " + at);
                assertEquals(u16(ds(keys().getFirst()), 0), u16(parent.getFirst(), 0));
            }
        }
    }

    @Test
    void onAFullDiskTheZoneGoesOnWithTheKeysThatAreKept() throws Exception {
        untilTrusted();
        disk.full = true;
        Outcome refused = zones.orders().roll("example.com");
        assertInstanceOf(Outcome.Refused.class, refused);
        assertEquals("no space left on device", refused.text());
        assertInstanceOf(
                Outcome.Refused.class, zones.orders().add("example.net", Orders.Choice.USUAL));
        assertInstanceOf(
                Outcome.Refused.class,
                zones.orders().importRecords("example.com", "www 60 A 192.0.2.8\n", _ -> {}));
        assertFalse(zones.reports().show("example.com").orElseThrow().contains("www"));
        Instant before = zones.reports().list().getFirst().signedUntil();
        pass(Duration.ofDays(8));
        assertEquals(List.of("trusted"), states());
        Instant after = zones.reports().list().getFirst().signedUntil();
        assertTrue(after.isAfter(before), "signatures need no disk");
        parent = List.of();
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("trusted"), states(), "a step that is not kept is not taken");
        assertTrue(zones.reports().list().getFirst().state().startsWith("keys do not move on: "));
        disk.full = false;
        pass(Duration.ofMinutes(11));
        assertEquals(List.of("missed"), states());
        assertEquals("served", zones.reports().list().getFirst().state());
        start();
        assertEquals(List.of("missed"), states());
    }

    @Test
    void aKeyThatIsOldIsReplacedByItself() throws Exception {
        untilTrusted();
        pass(Duration.ofDays(366));
        assertEquals(List.of("trusted", "fresh"), states());
        roll();
        assertEquals(List.of("trusted"), states());
    }
}
