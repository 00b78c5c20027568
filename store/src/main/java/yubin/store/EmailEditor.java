package yubin.store;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import yubin.store.Keys.Family;

/// Changes flags and mailboxes of emails, many in one commit: JMAP's Email/set. RFC 8621 §4.6.
///
/// An email has one set of keywords here, whatever mailboxes it is in: its places get the same
/// flags, except `\Deleted`, which belongs to a place and hides it (RFC 8621 §4.1.1). An email all
/// of whose places are hidden is not there.
public final class EmailEditor {
    private final Boxes boxes;
    private Change change;
    private Change.Part part;
    private final Map<Integer, Mailed> mailed = new TreeMap<>();

    /// What is to become of one email.
    ///
    /// @param set flags that it gets, and `clear` those that it loses before
    /// @param into mailboxes that it is put into
    /// @param outOf mailboxes that it leaves; null: all but `into`
    public record Edit(long email, long set, long clear, Set<Integer> into, Set<Integer> outOf) {
        public static Edit destroy(long email) {
            return new Edit(email, 0, 0, Set.of(), null);
        }
    }

    /// What became of it.
    public enum Result {
        DONE,
        /// There is no such email.
        NOT_FOUND,
        /// One of `into` does not exist.
        NO_SUCH_MAILBOX,
        /// It would be in no mailbox.
        NOWHERE
    }

    /// What happens in one mailbox.
    private static final class Mailed {
        final Map<Integer, Long> flagged = new TreeMap<>(Integer::compareUnsigned);
        final Map<Integer, Long> removed = new TreeMap<>(Integer::compareUnsigned);
    }

    private record Placed(Email.Place place, Row row) {}

    public EmailEditor(Boxes boxes) {
        this.boxes = boxes;
    }

    /// Carries out all edits in one commit; each email is named once.
    ///
    /// @param mayDestroy whether an edit may leave an email in no mailbox, which destroys it
    /// @return one result for each edit, in order
    public List<Result> apply(List<Edit> edits, boolean mayDestroy) throws StoreTrouble {
        List<Result> results = new ArrayList<>(edits.size());
        try (Change begun = boxes.begin().exclusive()) {
            change = begun;
            part = begun.part(boxes.account());
            for (Edit edit : edits) results.add(apply(edit, mayDestroy));
            mailed.forEach(this::tell);
            if (part.isChanged()) begun.commit();
        }
        return results;
    }

    private Result apply(Edit edit, boolean mayDestroy) throws StoreTrouble {
        Email email = boxes.email(edit.email());
        if (email == null) return Result.NOT_FOUND;
        List<Placed> hidden = new ArrayList<>(0);
        List<Placed> shown = new ArrayList<>(1);
        for (Email.Place place : email.places()) {
            byte[] key = Row.key(part.state.account, place.mailbox(), place.uid());
            byte[] value = boxes.keys().get(Family.RECORDS, key);
            if (value == null) continue;
            Row row = Row.decode(place.uid(), value);
            boolean isHidden = (row.flags() & Flags.DELETED) != 0;
            (isHidden ? hidden : shown).add(new Placed(place, row));
        }
        if (shown.isEmpty()) return Result.NOT_FOUND;
        for (int mailbox : edit.into()) {
            if (!part.state.boxes.containsKey(mailbox)) return Result.NO_SUCH_MAILBOX;
        }
        Set<Integer> stays = new HashSet<>();
        for (Placed placed : shown) {
            int mailbox = placed.place().mailbox();
            boolean leaves =
                    edit.outOf() == null
                            ? !edit.into().contains(mailbox)
                            : edit.outOf().contains(mailbox) && !edit.into().contains(mailbox);
            if (!leaves) stays.add(mailbox);
        }
        Set<Integer> comes = new LinkedHashSet<>(edit.into());
        comes.removeAll(stays);
        if (stays.isEmpty() && comes.isEmpty()) {
            if (!mayDestroy) return Result.NOWHERE;
            destroy(email, shown, hidden);
            return Result.DONE;
        }
        change(email, edit, shown, hidden, stays, comes);
        return Result.DONE;
    }

    private void change(
            Email email,
            Edit edit,
            List<Placed> shown,
            List<Placed> hidden,
            Set<Integer> stays,
            Set<Integer> comes)
            throws StoreTrouble {
        long flags = 0;
        for (Placed placed : shown) flags |= placed.row().flags();
        flags = (flags & ~edit.clear() | edit.set()) & ~Flags.DELETED;
        List<Email.Place> places = new ArrayList<>();
        boolean moved = false;
        for (Placed placed : shown) {
            if (stays.contains(placed.place().mailbox())) {
                places.add(placed.place());
                flag(placed, flags);
            } else {
                moved = true;
                takeOut(placed);
            }
        }
        for (Placed placed : hidden) {
            places.add(placed.place());
            if (comes.remove(placed.place().mailbox())) {
                flag(placed, flags);
                part.log().shown(email.id());
            }
        }
        List<Email.Place> added = new ArrayList<>(comes.size());
        for (int mailbox : comes) {
            added.add(new Email.Place(mailbox, Change.nextUid(part.touch(mailbox))));
        }
        if (!moved && added.isEmpty()) return;
        places.addAll(added);
        Email next = email.with(email.id(), List.copyOf(places));
        change.batch().put(Kind.EMAIL.keyLong(part.state.account, email.id()), next.encode());
        for (Email.Place place : added) {
            change.place(part, part.touch(place.mailbox()), next, place.uid(), flags);
        }
        part.log().kept(email.id());
    }

    private void destroy(Email email, List<Placed> shown, List<Placed> hidden) throws StoreTrouble {
        for (Placed placed : hidden) takeOut(placed);
        for (Placed placed : shown) takeOut(placed);
        Placed last = shown.getLast();
        boxes.remover().entomb(change, part, email, last.place().mailbox(), last.row());
    }

    private void flag(Placed placed, long flags) throws StoreTrouble {
        Row row = placed.row();
        if (row.flags() == flags) return;
        int mailbox = placed.place().mailbox();
        BoxesState.Box box = part.touch(mailbox);
        box.count(row.flags(), row.size(), -1);
        box.count(flags, row.size(), 1);
        change.batch()
                .put(
                        Row.key(part.state.account, mailbox, row.uid()),
                        row.withFlags(flags, part.modSeq()).encode());
        mailed(mailbox).flagged.put(row.uid(), flags);
    }

    private void takeOut(Placed placed) throws StoreTrouble {
        Row row = placed.row();
        int mailbox = placed.place().mailbox();
        part.touch(mailbox).count(row.flags(), row.size(), -1);
        change.batch().delete(Row.key(part.state.account, mailbox, row.uid()));
        mailed(mailbox).removed.put(row.uid(), row.email());
    }

    private Mailed mailed(int mailbox) {
        return mailed.computeIfAbsent(mailbox, id -> new Mailed());
    }

    /// Tells the log and the open mailbox what happened in one mailbox.
    private void tell(int mailbox, Mailed what) {
        long modSeq = part.modSeq();
        if (!what.flagged.isEmpty()) {
            int[] uids = uids(what.flagged);
            long[] flags = longs(what.flagged);
            part.log().flagged(mailbox, uids);
            part.view(mailbox, snapshot -> snapshot.flagged(uids, flags, modSeq));
        }
        if (!what.removed.isEmpty()) {
            int[] uids = uids(what.removed);
            part.log().removed(mailbox, uids, longs(what.removed));
            part.view(mailbox, snapshot -> snapshot.removed(uids, modSeq));
        }
    }

    private static int[] uids(Map<Integer, Long> of) {
        int[] uids = new int[of.size()];
        int i = 0;
        for (int uid : of.keySet()) uids[i++] = uid;
        return uids;
    }

    private static long[] longs(Map<Integer, Long> of) {
        long[] values = new long[of.size()];
        int i = 0;
        for (long value : of.values()) values[i++] = value;
        return values;
    }
}
