package yubin.zones;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import yubin.dns.Lookup;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.Type;
import yubin.mail.Domain;
import yubin.store.Batch;
import yubin.store.Octets;
import yubin.store.StoreTrouble;

/// The DKIM keys of our mail domains: makes them, and moves them on as [DkimKey] says, by the clock
/// where the zone is ours, by what the world sees where it lies elsewhere.
final class DkimKeys {
    private static final System.Logger LOG = System.getLogger("yubin.zones");

    private final Board board;

    /// Those that were asked for since the start. Guarded by the board's lock, as is the next.
    private final Map<Domain, List<DkimKey>> dkim = new HashMap<>();

    /// When the key of a zone elsewhere was first seen there; a restart begins anew.
    private final Map<Name, Instant> seenSince = new HashMap<>();

    DkimKeys(Board board) {
        this.board = board;
    }

    /// Those to be seen in the DNS, of what has been read; reads nothing.
    List<DkimKey> known(Domain domain) {
        return dkim.getOrDefault(domain, List.of()).stream().filter(DkimKey::isVisible).toList();
    }

    /// Takes a step for the keys of all domains in a zone of ours.
    ///
    /// @throws IOException when those of one could not be read or kept; the others have moved
    void move(Served zone, List<Domain> domains, Instant now) throws IOException {
        boolean shown = zone.isShownFor(DkimKey.SEEN_BY_ALL, now);
        IOException failed = null;
        for (Domain domain : domains) {
            if (board.closest(domain) != zone) continue;
            try {
                List<DkimKey> known = of(domain);
                // In two commits: known on disk as published before it is, so that it never
                // vanishes.
                keep(domain, known, DkimKey.advance(known, now, _ -> shown));
            } catch (IOException e) {
                failed = e;
            }
        }
        if (failed != null) throw failed;
    }

    /// All of a domain, read when they are first asked for.
    List<DkimKey> of(Domain domain) throws IOException {
        List<DkimKey> known = dkim.get(domain);
        if (known != null) return known;
        try {
            known = Rows.readDkim(board.keys, domain);
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged(
                    "DKIM keys of " + domain.ascii() + ": " + e.getMessage());
        }
        dkim.put(domain, known);
        return known;
    }

    /// One commit for all steps; what is in memory follows the disk.
    void keep(Domain domain, List<DkimKey> old, List<DkimKey> keys) throws StoreTrouble {
        List<DkimKey> next = keys.stream().sorted(Comparator.comparing(DkimKey::selector)).toList();
        if (next.equals(old)) return;
        Batch batch = new Batch();
        for (DkimKey key : old) {
            boolean stays = next.stream().anyMatch(k -> k.selector().equals(key.selector()));
            if (!stays) batch.delete(Rows.dkimKey(domain, key.selector()));
        }
        for (DkimKey key : next) {
            if (old.contains(key)) continue;
            batch.put(Rows.dkimKey(domain, key.selector()), Rows.dkim(key));
            LOG.log(System.Logger.Level.INFO, "DKIM key {0}", key);
        }
        board.writer.commit(batch);
        dkim.put(domain, next);
    }

    /// Makes DKIM keys where there are none or only old ones: outside the lock, since RSA takes a
    /// part of a second.
    void ensure(Domain domain) throws IOException {
        List<DkimKey> keys;
        board.lock.lock();
        try {
            keys = of(domain);
        } finally {
            board.lock.unlock();
        }
        Instant now = board.clock.instant();
        if (!DkimKey.wantsNew(keys, now)) return;
        List<DkimKey> made =
                DkimKey.generate(domain, now, keys.stream().map(DkimKey::selector).toList());
        board.lock.lock();
        try {
            List<DkimKey> known = of(domain);
            if (!DkimKey.wantsNew(known, now)) return;
            List<DkimKey> all = new ArrayList<>(known);
            all.addAll(made);
            keep(domain, known, all);
        } finally {
            board.lock.unlock();
        }
    }

    /// Those that sign letters of a domain now.
    List<DkimKey> signing(Domain domain) throws IOException {
        board.lock.lock();
        try {
            return of(domain).stream().filter(key -> key.state() == DkimKey.State.SIGNING).toList();
        } finally {
            board.lock.unlock();
        }
    }

    /// Looks whether the keys that somebody pasted elsewhere can be seen, and moves them on.
    ///
    /// @throws IOException when the domains cannot be read
    void askForElsewhere(World world) throws IOException {
        Map<Domain, List<DkimKey>> shown = new HashMap<>();
        board.lock.lock();
        try {
            for (Domain domain : board.mailDomains()) {
                if (board.isMadeHere(domain)) continue;
                try {
                    List<DkimKey> visible = visible(domain);
                    if (!visible.isEmpty()) shown.put(domain, visible);
                } catch (IOException e) {
                    Board.trouble(e.getMessage());
                }
            }
        } finally {
            board.lock.unlock();
        }
        shown.forEach(
                (domain, keys) -> {
                    Map<DkimKey, Lookup<RRset>> answers = new HashMap<>();
                    for (DkimKey key : keys) {
                        answers.put(key, world.rrset(key.owner(), Type.TXT));
                    }
                    moveElsewhere(domain, answers);
                });
    }

    private List<DkimKey> visible(Domain domain) throws IOException {
        return of(domain).stream().filter(DkimKey::isVisible).toList();
    }

    private void moveElsewhere(Domain domain, Map<DkimKey, Lookup<RRset>> answers) {
        board.lock.lock();
        try {
            Instant now = board.clock.instant();
            answers.forEach(
                    (key, answer) -> {
                        switch (answer) {
                            case Lookup.Answer<RRset>(var set, _, _) -> {
                                if (key.isIn(set)) seenSince.putIfAbsent(key.owner(), now);
                                else seenSince.remove(key.owner());
                            }
                            case Lookup.NoData<RRset> _, Lookup.NxDomain<RRset> _ ->
                                    seenSince.remove(key.owner());
                            case Lookup.Bogus<RRset> _, Lookup.Unavailable<RRset> _ -> {}
                        }
                    });
            List<DkimKey> known = of(domain);
            List<DkimKey> next =
                    new ArrayList<>(DkimKey.advance(visible(domain), now, this::isOld));
            for (DkimKey key : known) if (!key.isVisible()) next.add(key);
            keep(domain, known, next);
        } catch (IOException e) {
            Board.trouble("DKIM keys of " + domain.ascii() + " do not move on: " + e.getMessage());
        } finally {
            board.lock.unlock();
        }
    }

    /// Whether a key has been seen for so long that nobody remembers its absence.
    private boolean isOld(DkimKey key) {
        Instant since = seenSince.get(key.owner());
        return since != null && !board.clock.instant().isBefore(since.plus(DkimKey.SEEN_BY_ALL));
    }
}
