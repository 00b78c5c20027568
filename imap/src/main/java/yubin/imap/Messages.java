package yubin.imap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import yubin.imap.FetchItem.Plain;
import yubin.imap.FetchItem.Section;
import yubin.imap.ImapCommand.FlagList;
import yubin.imap.ImapCommand.SearchResult;
import yubin.store.Boxes;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Flags;
import yubin.store.Mailbox;
import yubin.store.StoreTrouble;

/// Commands about messages of the selected mailbox. RFC 3501 §6.4.
///
/// Each begins by taking in what is new (without EXPUNGE), so that it speaks of the mailbox as it
/// is; sequence numbers of the client stay what they were.
final class Messages {
    private final ImapSession session;
    private final Selected selected;
    private final Out out;

    Messages(ImapSession session) {
        this.session = session;
        this.selected = session.selected();
        this.out = session.out();
    }

    private static Answer noSuchMessage() {
        return Answer.bad("There is no message with this sequence number");
    }

    private static Answer readOnly() {
        return Answer.no("READ-ONLY", "The mailbox was opened with EXAMINE");
    }

    private static Answer expungeIssued() {
        return Answer.no("EXPUNGEISSUED", "Some of these messages are expunged already");
    }

    /// The messages that a set names, as pairs of indexes; null for numbers that are not there.
    private int[] pairs(boolean uid, SequenceSet set) {
        return uid ? set.uidIndexes(selected.known()) : set.indexes(selected.known());
    }

    /// The UIDs of those that are still there.
    private int[] uids(int[] pairs) {
        Known known = selected.known();
        int[] uids = new int[SequenceSet.size(pairs)];
        int n = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            for (int index = pairs[i]; index < pairs[i + 1]; index++) {
                if (known.inNow(index) >= 0) uids[n++] = known.uid(index);
            }
        }
        return n == uids.length ? uids : Arrays.copyOf(uids, n);
    }

    Answer fetch(ImapCommand.Fetch fetch) throws IOException {
        if (fetch.vanished() && !session.qresync()) return Answer.bad("ENABLE QRESYNC first");
        if (fetch.changedSince() >= 0 || fetch.items().contains(Plain.MODSEQ)) {
            session.useCondstore();
        }
        selected.sync(out, session.manner(fetch), false);
        int[] pairs = pairs(fetch.uid(), fetch.set());
        if (pairs == null) return noSuchMessage();
        if (fetch.vanished()) {
            Opening.vanished(selected, out, fetch.changedSince(), fetch.set(), null);
        }
        Fetch rows =
                new Fetch(
                        selected,
                        session.server().rows(),
                        session.wire(),
                        out,
                        session.utf8(),
                        fetch.items());
        rows.run(pairs, fetch.changedSince());
        markSeen(fetch, pairs);
        if (rows.anyDamaged()) {
            return Answer.no("CORRUPTION", "Some of these messages cannot be read");
        }
        return rows.anyGone() ? expungeIssued() : Answer.ok("Fetched");
    }

    /// Fetching a text sets `\Seen` (RFC 3501 §6.4.5). It is stored in one change after the octets
    /// are sent: whoever loses the connection half way has not read them. The client hears of it
    /// when it is on disk.
    private void markSeen(ImapCommand.Fetch fetch, int[] pairs) throws StoreTrouble {
        if (selected.isReadOnly()) return;
        boolean marks = false;
        for (FetchItem item : fetch.items()) marks |= item instanceof Section s && !s.peek();
        if (!marks) return;
        Known known = selected.known();
        int[] unseen = new int[SequenceSet.size(pairs)];
        int n = 0;
        for (int i = 0; i < pairs.length; i += 2) {
            for (int index = pairs[i]; index < pairs[i + 1]; index++) {
                if (known.inNow(index) < 0) continue;
                if ((known.flags(index) & Flags.SEEN) != 0) continue;
                if (fetch.changedSince() >= 0 && known.modSeq(index) <= fetch.changedSince()) {
                    continue;
                }
                unseen[n++] = known.uid(index);
            }
        }
        if (n == 0) return;
        selected.boxes()
                .store(
                        selected.mailbox(),
                        Arrays.copyOf(unseen, n),
                        FlagOperation.ADD,
                        Flags.SEEN,
                        Long.MAX_VALUE);
    }

    /// RFC 3501 §6.4.6; with UNCHANGEDSINCE RFC 7162 §3.1.3.
    Answer store(ImapCommand.Store store) throws StoreTrouble {
        if (selected.isReadOnly()) return readOnly();
        boolean conditional = store.unchangedSince() != Long.MAX_VALUE;
        if (conditional) session.useCondstore();
        Selected.Manner manner = session.manner(store);
        selected.sync(out, manner, false);
        int[] pairs = pairs(store.uid(), store.set());
        if (pairs == null) return noSuchMessage();
        int[] uids = uids(pairs);
        boolean anyGone = uids.length < SequenceSet.size(pairs);
        long flags = flags(selected.boxes(), store.flags(), store.operation());
        if (uids.length > 0) {
            Boxes.Stored stored =
                    selected.boxes()
                            .store(
                                    selected.mailbox(),
                                    uids,
                                    store.operation(),
                                    flags,
                                    store.unchangedSince());
            selected.told(stored.modSeq());
            selected.sync(out, manner, false);
            boolean[] left = new boolean[uids.length];
            for (int uid : stored.conflicts()) {
                int at = indexOf(uids, uid);
                if (at >= 0) left[at] = true;
            }
            for (int i = 0; i < uids.length; i++) {
                if (!left[i]) tell(store, manner, uids[i]);
            }
            if (stored.conflicts().length > 0) {
                return modified(store, stored.conflicts());
            }
        }
        return anyGone && !store.uid() ? expungeIssued() : Answer.ok("Stored");
    }

    private static int indexOf(int[] ascending, int uid) {
        int low = 0;
        int high = ascending.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = Integer.compareUnsigned(ascending[middle], uid);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return -1;
    }

    private void tell(ImapCommand.Store store, Selected.Manner manner, int uid) {
        Known known = selected.known();
        int index = known.indexFrom(uid);
        if (index >= known.count() || known.uid(index) != uid || known.inNow(index) < 0) return;
        if (!store.silent()) selected.fetchFlags(out, manner, index);
        else if (manner.modSeq()) selected.fetchModSeq(out, manner, index);
    }

    /// `[MODIFIED set]` names the messages that were left alone, by UID or by number as the command
    /// did. RFC 7162 §3.1.3.
    private Answer modified(ImapCommand.Store store, int[] conflicts) {
        int[] named = conflicts;
        if (!store.uid()) {
            named = new int[conflicts.length];
            for (int i = 0; i < named.length; i++) {
                named[i] = selected.known().indexFrom(conflicts[i]) + 1;
            }
        }
        return Answer.ok("MODIFIED " + setText(named), "Stored where nothing had changed");
    }

    private static String setText(int[] numbers) {
        return new String(new Out(256).set(numbers).toArray(), StandardCharsets.US_ASCII);
    }

    /// The bits of the flags. A keyword that is only to be taken away is not made.
    static long flags(Boxes boxes, FlagList flags, FlagOperation operation) throws StoreTrouble {
        long bits = flags.system();
        for (String keyword : flags.keywords()) {
            bits |= boxes.keyword(keyword, operation != FlagOperation.REMOVE);
        }
        return bits;
    }

    /// RFC 3501 §6.4.4; with RETURN RFC 4731 §3.1; with MODSEQ RFC 7162 §3.1.5.
    Answer search(ImapCommand.Search search) throws IOException {
        boolean modSeq = mentionsModSeq(search.key());
        if (modSeq) session.useCondstore();
        selected.sync(out, session.manner(search), false);
        Search finding = new Search(selected, session.server());
        int[] found = finding.run(search.key());
        if (found == null) return noSuchMessage();
        Known known = selected.known();
        long highest = 0;
        for (int i = 0; modSeq && i < found.length; i++) {
            highest = Math.max(highest, known.modSeq(found[i]));
        }
        int[] numbers = new int[found.length];
        for (int i = 0; i < found.length; i++) {
            numbers[i] = search.uid() ? known.uid(found[i]) : found[i] + 1;
        }
        if (search.results() != null) {
            extended(search, numbers, highest);
            return Answer.ok("Searched");
        }
        out.ascii("* SEARCH");
        for (int number : numbers) {
            out.octet(' ').unsigned(number);
            if (out.isFull()) out.drain(session.wire());
        }
        if (highest > 0) out.ascii(" (MODSEQ ").number(highest).octet(')');
        out.crlf();
        return Answer.ok("Searched");
    }

    /// `* ESEARCH (TAG "a") UID MIN 1 MAX 7 ...`
    private void extended(ImapCommand.Search search, int[] numbers, long highest) {
        Set<SearchResult> results = search.results();
        out.ascii("* ESEARCH (TAG ").string(session.tag(), false).octet(')');
        if (search.uid()) out.ascii(" UID");
        if (numbers.length > 0) {
            if (results.contains(SearchResult.MIN)) out.ascii(" MIN ").unsigned(numbers[0]);
            if (results.contains(SearchResult.MAX)) {
                out.ascii(" MAX ").unsigned(numbers[numbers.length - 1]);
            }
            if (results.contains(SearchResult.ALL)) out.ascii(" ALL ").set(numbers);
        }
        if (results.contains(SearchResult.COUNT)) out.ascii(" COUNT ").number(numbers.length);
        if (highest > 0) out.ascii(" MODSEQ ").number(highest);
        out.crlf();
    }

    private static boolean mentionsModSeq(SearchKey key) {
        return switch (key) {
            case SearchKey.ModSeq _ -> true;
            case SearchKey.Not(SearchKey inner) -> mentionsModSeq(inner);
            case SearchKey.Or(SearchKey left, SearchKey right) ->
                    mentionsModSeq(left) || mentionsModSeq(right);
            case SearchKey.And(var keys) -> keys.stream().anyMatch(Messages::mentionsModSeq);
            default -> false;
        };
    }

    /// RFC 3501 §6.4.7, `[COPYUID]` RFC 4315 §3.
    Answer copy(boolean uid, SequenceSet set, String name) throws StoreTrouble {
        int[] pairs = pairs(uid, set);
        if (pairs == null) return noSuchMessage();
        Place place = session.place(name);
        Optional<Mailbox> target = place.boxes().find(name);
        if (target.isEmpty()) return tryCreate();
        int[] uids = uids(pairs);
        if (uids.length < SequenceSet.size(pairs) && !uid) return expungeIssued();
        if (uids.length == 0) return Answer.ok("There was nothing to copy");
        Boxes.Copied copied =
                selected.boxes()
                        .copy(selected.mailbox(), uids, target.get().id(), place.quotaOctets());
        if (copied.sources().length == 0) return Answer.ok("There was nothing to copy");
        return Answer.ok(copyUid(copied), "Copied");
    }

    static Answer tryCreate() {
        return Answer.no("TRYCREATE", "There is no such mailbox");
    }

    private static String copyUid(Boxes.Copied copied) {
        return "COPYUID "
                + Integer.toUnsignedString(copied.uidValidity())
                + " "
                + setText(copied.sources())
                + " "
                + setText(copied.targets());
    }

    /// RFC 6851 §3: the new UIDs are told before the messages go.
    Answer move(boolean uid, SequenceSet set, String name) throws StoreTrouble {
        if (selected.isReadOnly()) return readOnly();
        int[] pairs = pairs(uid, set);
        if (pairs == null) return noSuchMessage();
        Optional<Mailbox> target = session.place(name).boxes().find(name);
        if (target.isEmpty()) return tryCreate();
        if (target.get().id() == selected.mailbox()) {
            return Answer.no("CANNOT", "They are in this mailbox already");
        }
        int[] uids = uids(pairs);
        if (uids.length < SequenceSet.size(pairs) && !uid) return expungeIssued();
        if (uids.length == 0) return Answer.ok("There was nothing to move");
        Boxes.Copied moved = selected.boxes().move(selected.mailbox(), uids, target.get().id());
        if (moved.sources().length > 0) {
            out.ascii("* OK [").ascii(copyUid(moved)).ascii("] Moved\r\n");
        }
        return Answer.ok("Moved");
    }

    /// RFC 3501 §6.4.3; of some UIDs RFC 4315 §2.1; the modseq RFC 7162 §3.2.7.
    Answer expunge(SequenceSet set) throws StoreTrouble {
        if (selected.isReadOnly()) return readOnly();
        int[] uids = set == null ? null : uids(set.uidIndexes(selected.known()));
        if (uids == null || uids.length > 0) {
            selected.boxes().expunge(selected.mailbox(), uids);
        }
        if (!session.condstore()) return Answer.ok("Expunged");
        selected.sync(out, session.manner(new ImapCommand.Expunge(set)), true);
        return Answer.ok("HIGHESTMODSEQ " + selected.known().highestModSeq(), "Expunged");
    }
}
