package yubin.zones;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import yubin.dns.Name;
import yubin.dns.TransferClient;
import yubin.dns.Transfers;
import yubin.dns.TsigKey;
import yubin.dns.Zone;
import yubin.dns.ZoneText;
import yubin.store.Batch;
import yubin.store.StoreTrouble;

/// Whole zones on their way: tells our secondaries of changes and says who may copy, and copies the
/// zones that we are a secondary of. RFC 1996, RFC 5936.
final class Secondaries implements Transfers.Policy {
    private static final System.Logger LOG = System.getLogger("yubin.zones");

    private final Board board;
    private final Runnable hang;
    private final Runnable poke;

    /// Of the zones that we are a secondary of: read by the threads that must not wait.
    private final Map<Name, InetAddress> primaries = new ConcurrentHashMap<>();

    /// Those whose primary has told of a change since the keeper looked.
    private final Set<Name> told = ConcurrentHashMap.newKeySet();

    /// @param hang shows the world what there is now; called under the board's lock
    /// @param poke has the keeper look
    Secondaries(Board board, Runnable hang, Runnable poke) {
        this.board = board;
        this.hang = hang;
        this.poke = poke;
    }

    /// A zone came or was read.
    void added(Served zone) {
        if (zone.row.isSecondary()) primaries.put(zone.origin, primary(zone.row).getAddress());
    }

    void removed(Name origin) {
        primaries.remove(origin);
        told.remove(origin);
    }

    /// Begins to ask the primaries whose time has come, or who have told of a change.
    void ask(Instant now) {
        List<Served> due = new ArrayList<>();
        board.lock.lock();
        try {
            for (Served zone : board.zones.values()) {
                if (!zone.row.isSecondary() || zone.asking) continue;
                // Told while asking: asked again right after.
                boolean notified = told.remove(zone.origin);
                if (!notified && now.isBefore(zone.nextTry)) continue;
                zone.asking = true;
                due.add(zone);
            }
        } finally {
            board.lock.unlock();
        }
        for (Served zone : due) {
            Thread.ofVirtual().name("zone-transfer").start(() -> fetch(zone));
        }
    }

    private void fetch(Served zone) {
        Zone current;
        board.lock.lock();
        try {
            current = zone.zone;
        } finally {
            board.lock.unlock();
        }
        String keyName = zone.row.primaryKey();
        TsigKey key = keyName == null ? null : board.settings.key(keyName);
        TransferClient.Outcome outcome;
        try {
            outcome =
                    keyName != null && key == null
                            ? new TransferClient.Outcome.Failed(
                                    "dns.tsig-keys has no key \"" + keyName + "\"")
                            : new TransferClient(zone.origin, primary(zone.row), key, board.clock)
                                    .fetch(current);
        } catch (RuntimeException e) {
            outcome = new TransferClient.Outcome.Failed("our own mistake: " + e);
        }
        board.lock.lock();
        try {
            zone.asking = false;
            if (board.zones.get(zone.name()) == zone) fetched(zone, outcome);
        } finally {
            board.lock.unlock();
        }
        if (told.contains(zone.origin)) poke.run();
    }

    private void fetched(Served zone, TransferClient.Outcome outcome) {
        Instant now = board.clock.instant();
        long retry = zone.zone == null ? 300 : zone.soa(2);
        switch (outcome) {
            case TransferClient.Outcome.Failed(var why) -> {
                zone.trouble = why;
                LOG.log(System.Logger.Level.WARNING, "zone {0}: {1}", zone.name().ascii(), why);
            }
            case TransferClient.Outcome.UpToDate _ -> {
                zone.trouble = null;
                zone.records = new Rows.Records(now.toEpochMilli(), zone.records.text());
                keepCopy(zone);
                retry = zone.soa(1);
            }
            case TransferClient.Outcome.Newer(var records, _) -> {
                try {
                    zone.zone = Zone.of(zone.origin, records);
                    zone.trouble = null;
                    zone.records = new Rows.Records(now.toEpochMilli(), ZoneText.write(records));
                    keepCopy(zone);
                    hang.run();
                    retry = zone.soa(1);
                } catch (IllegalArgumentException e) {
                    zone.trouble = "its primary sent no zone: " + e.getMessage();
                    Board.trouble("zone " + zone.name().ascii() + ": " + zone.trouble);
                }
            }
        }
        zone.nextTry = now.plusSeconds(Math.clamp(retry, 30, 86_400));
    }

    /// For the next start; without a disk the copy in memory goes on.
    private void keepCopy(Served zone) {
        try {
            board.writer.commit(
                    new Batch().put(Rows.recordsKey(zone.name()), Rows.records(zone.records)));
        } catch (StoreTrouble e) {
            Board.trouble("zone " + zone.name().ascii() + " is not kept: " + e.getMessage());
        }
    }

    /// RFC 1035 §3.3.13: what nobody confirmed for the time of the SOA's expire is not served.
    boolean expire() {
        boolean gone = false;
        Instant now = board.clock.instant();
        for (Served zone : board.zones.values()) {
            if (!zone.row.isSecondary() || zone.zone == null) continue;
            Instant checked = Instant.ofEpochMilli(zone.records.checked());
            if (now.isBefore(checked.plusSeconds(zone.soa(3)))) continue;
            zone.zone = null;
            zone.trouble = "expired: its primary has not answered since " + checked;
            Board.trouble("zone " + zone.name().ascii() + " " + zone.trouble);
            gone = true;
        }
        return gone;
    }

    /// Says to our secondaries that a zone has a new version; waits for nobody.
    void tell(Zone zone) {
        for (ZoneSettings.Secondary secondary : board.settings.secondaries()) {
            TransferClient client =
                    new TransferClient(
                            zone.origin(),
                            secondary.address(),
                            secondary.keyName() == null
                                    ? null
                                    : board.settings.key(secondary.keyName()),
                            board.clock);
            Thread.ofVirtual()
                    .name("zone-notify")
                    .start(
                            () -> {
                                if (client.tell(zone)) return;
                                LOG.log(
                                        System.Logger.Level.WARNING,
                                        "secondary {0} does not answer NOTIFY for {1}",
                                        secondary.address(),
                                        zone.origin());
                            });
        }
    }

    @Override
    public boolean mayTransfer(Name zone, InetAddress client, Name key) {
        for (ZoneSettings.Secondary secondary : board.settings.secondaries()) {
            if (!secondary.address().getAddress().equals(client)) continue;
            if (secondary.keyName() == null) return true;
            if (key != null && key.host().equalsIgnoreCase(secondary.keyName())) return true;
        }
        return false;
    }

    @Override
    public boolean notified(Name name, InetAddress server, Name key) {
        InetAddress primary = primaries.get(name);
        if (primary == null || !primary.equals(server)) return false;
        told.add(name);
        poke.run();
        return true;
    }

    private static InetSocketAddress primary(ZoneRow row) {
        return address(row.primary())
                .orElseThrow(() -> new IllegalStateException("primary " + row.primary()));
    }

    /// Reads `address[@port]`.
    static Optional<InetSocketAddress> address(String text) {
        int at = text.indexOf('@');
        try {
            int port = at < 0 ? 53 : Integer.parseInt(text.substring(at + 1));
            if (port < 1 || port > 65_535) return Optional.empty();
            InetAddress host = InetAddress.ofLiteral(at < 0 ? text : text.substring(0, at));
            return Optional.of(new InetSocketAddress(host, port));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
