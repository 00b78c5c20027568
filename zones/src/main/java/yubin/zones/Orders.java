package yubin.zones;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import yubin.directory.Outcome;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.SigningKey;
import yubin.dns.ZoneText;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Keys.Family;
import yubin.store.Kind;

/// What the operator orders. Each order is one commit, and the zones are in step when it returns.
public final class Orders {
    private final Board board;
    private final Zones room;

    Orders(Board board, Zones room) {
        this.board = board;
        this.room = room;
    }

    /// What an order may choose.
    ///
    /// @param chain "nsec", "nsec3" or "unsigned"
    /// @param algorithm "ecdsap256" or "ed25519"
    /// @param primary `address[@port]`: be a secondary of it; null: the zone is ours
    /// @param key name of a TSIG key for the primary; null: none
    public record Choice(String chain, String algorithm, String primary, String key) {
        public static final Choice USUAL = new Choice("nsec", "ecdsap256", null, null);
    }

    public Outcome add(String name, Choice choice) {
        Outcome outcome = locked(() -> adding(name, choice));
        if (outcome instanceof Outcome.Ok) {
            try {
                if (choice.primary == null) prepareDkim(name);
            } catch (IOException e) {
                Board.trouble("DKIM keys of " + name + " come later: " + e.getMessage());
            }
            room.refresh();
        }
        return outcome;
    }

    private void prepareDkim(String zone) throws IOException {
        List<Domain> inside = new ArrayList<>();
        board.lock.lock();
        try {
            Served served = board.zones.get(Domain.of(zone));
            for (Domain domain : board.mailDomains())
                if (board.closest(domain) == served) inside.add(domain);
        } finally {
            board.lock.unlock();
        }
        for (Domain domain : inside) room.dkim.ensure(domain);
    }

    private String adding(String text, Choice choice) throws IOException, Refusal {
        Domain name = domain(text);
        if (board.zones.containsKey(name)) {
            throw new Refusal(Outcome.Why.EXISTS, "zone " + name.unicode() + " exists");
        }
        if (board.parked.containsKey(name))
            throw new Refusal(Outcome.Why.EXISTS, board.parked.get(name));
        ZoneRow row = row(name, choice);
        Served zone = new Served(row);
        byte[] key = Rows.zoneKey(name);
        Batch batch = new Batch().require(key, null).put(key, Rows.zone(row));
        Instant now = board.clock.instant();
        if (row.isSigned()) {
            zone.keys = List.of(ZoneKeys.make(zone, List.of(), now));
            for (ZoneKey made : zone.keys) {
                batch.put(Rows.keyKey(name, made.number()), Rows.key(made));
            }
        }
        board.writer.commit(batch);
        board.zones.put(name, zone);
        room.secondaries.added(zone);
        if (row.isSecondary()) {
            return "zone " + name.unicode() + " will be copied from " + row.primary();
        }
        return added(row);
    }

    /// What was done, and what is left to do.
    private String added(ZoneRow row) throws IOException {
        String name = row.name().unicode();
        StringBuilder text = new StringBuilder("zone " + name + " added");
        if (!board.directory.isLocal(row.name())) text.append("; it is no mail domain of ours yet");
        if (board.settings.addresses().isEmpty()) {
            text.append("; dns.addresses is empty, so it says nowhere where we are");
        }
        String servers =
                String.join(
                        ", ", board.settings.nameServers().stream().map(Domain::ascii).toList());
        text.append("; have the registrar delegate it to ").append(servers);
        if (row.isSigned())
            text.append(", with the DS that `yubin dns keys ").append(name).append("` shows");
        return text.toString();
    }

    private ZoneRow row(Domain name, Choice choice) throws Refusal {
        ZoneRow.Chain chain =
                switch (choice.chain) {
                    case "nsec" -> ZoneRow.Chain.NSEC;
                    case "nsec3" -> ZoneRow.Chain.NSEC3;
                    case "unsigned" -> ZoneRow.Chain.UNSIGNED;
                    default ->
                            throw new Refusal(
                                    Outcome.Why.BAD, "chain: nsec, nsec3 or unsigned expected");
                };
        int algorithm =
                switch (choice.algorithm) {
                    case "ecdsap256" -> SigningKey.ECDSAP256;
                    case "ed25519" -> SigningKey.ED25519;
                    default ->
                            throw new Refusal(
                                    Outcome.Why.BAD, "algorithm: ecdsap256 or ed25519 expected");
                };
        if (choice.primary != null) {
            chain = ZoneRow.Chain.UNSIGNED;
            if (Secondaries.address(choice.primary).isEmpty()) {
                throw new Refusal(
                        Outcome.Why.BAD, "\"" + choice.primary + "\" is no address[@port]");
            }
            if (choice.key != null && board.settings.key(choice.key) == null) {
                throw new Refusal(
                        Outcome.Why.MISSING, "dns.tsig-keys has no key \"" + choice.key + "\"");
            }
        }
        return new ZoneRow(
                name, chain, algorithm, choice.primary, choice.key, board.clock.instant());
    }

    /// Stops serving a zone and forgets its keys, damaged rows included.
    public Outcome remove(String text) {
        Outcome outcome =
                locked(
                        () -> {
                            Domain name = domain(text);
                            if (!board.parked.containsKey(name)) zone(text);
                            Batch batch = new Batch();
                            batch.delete(Rows.zoneKey(name)).delete(Rows.recordsKey(name));
                            byte[] from = Rows.keysOf(Kind.ZONE_KEY, name);
                            batch.deleteRange(Family.RECORDS, from, Kind.after(from));
                            board.writer.commit(batch);
                            board.zones.remove(name);
                            room.secondaries.removed(Name.of(name.ascii()));
                            board.parked.remove(name);
                            room.hang();
                            return "zone "
                                    + name.unicode()
                                    + " removed; if the parent still has its DS, have it removed";
                        });
        room.refresh();
        return outcome;
    }

    /// What was imported, and what was left out.
    public record Imported(int records, List<String> notes) {}

    /// Replaces the operator's own records of a zone by those of a zone file.
    ///
    /// @param taken gets what was done when the outcome is good
    public Outcome importRecords(String name, String text, Consumer<Imported> taken) {
        Outcome outcome = locked(() -> importing(name, text, taken));
        if (outcome instanceof Outcome.Ok) room.refresh();
        return outcome;
    }

    private String importing(String name, String text, Consumer<Imported> taken)
            throws IOException, Refusal {
        Served zone = zone(name);
        if (zone.row.isSecondary()) {
            throw new Refusal(Outcome.Why.BAD, "the zone is copied from " + zone.row.primary());
        }
        return switch (OwnRecords.read(text, zone.name())) {
            case OwnRecords.Reading.Bad(var line, var why) ->
                    throw new Refusal(
                            Outcome.Why.BAD, line == 0 ? why : "line " + line + ": " + why);
            case OwnRecords.Reading.Good(var sets, var notes) -> {
                List<RRset> before = zone.own;
                zone.own = sets;
                List<RRset> all = room.content.of(zone, board.mailDomains());
                all.add(room.content.soa(zone, 1));
                String fault = OwnRecords.fault(zone.origin, all);
                zone.own = before;
                if (fault != null) throw new Refusal(Outcome.Why.BAD, fault);
                Rows.Records records = new Rows.Records(0, ZoneText.write(sets));
                board.writer.commit(
                        new Batch().put(Rows.recordsKey(zone.name()), Rows.records(records)));
                zone.own = sets;
                zone.records = records;
                int count = sets.stream().mapToInt(set -> set.rdata().size()).sum();
                taken.accept(new Imported(count, notes));
                yield count + " records of your own are in the zone " + zone.name().unicode();
            }
        };
    }

    /// A new key for a zone, now; it replaces the old one step by step.
    public Outcome roll(String name) {
        Outcome outcome =
                locked(
                        () -> {
                            Served zone = zone(name);
                            if (!zone.row.isSigned()) {
                                throw new Refusal(Outcome.Why.BAD, "the zone is not signed");
                            }
                            boolean busy =
                                    zone.keys.stream()
                                            .anyMatch(
                                                    key ->
                                                            key.state() == ZoneKey.State.FRESH
                                                                    || key.state()
                                                                            == ZoneKey.State.READY);
                            if (busy) {
                                throw new Refusal(
                                        Outcome.Why.EXISTS, "a new key is on its way already");
                            }
                            return "key " + room.zoneKeys.add(zone) + " made";
                        });
        if (outcome instanceof Outcome.Ok) room.refresh();
        return outcome;
    }

    // ---- what all orders have in common ------------------------------------------------------

    private interface Work {
        String run() throws IOException, Refusal;
    }

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Outcome.Refused outcome;

        Refusal(Outcome.Why why, String text) {
            super(text, null, false, false);
            this.outcome = new Outcome.Refused(why, text);
        }
    }

    private Outcome locked(Work work) {
        board.lock.lock();
        try {
            return new Outcome.Ok(work.run());
        } catch (Refusal e) {
            return e.outcome;
        } catch (IOException e) {
            return new Outcome.Refused(Outcome.Why.TROUBLE, e.getMessage());
        } finally {
            board.lock.unlock();
        }
    }

    private static Domain domain(String text) throws Refusal {
        return Domain.parse(text)
                .filter(domain -> !domain.isLiteral())
                .orElseThrow(() -> new Refusal(Outcome.Why.BAD, "\"" + text + "\" is no domain"));
    }

    private Served zone(String text) throws Refusal {
        Domain name = domain(text);
        Served zone = board.zones.get(name);
        if (zone != null) return zone;
        String damaged = board.parked.get(name);
        throw damaged != null
                ? new Refusal(
                        Outcome.Why.TROUBLE, "zone " + name.ascii() + " is parked: " + damaged)
                : new Refusal(Outcome.Why.MISSING, "we do not serve a zone " + name.unicode());
    }
}
