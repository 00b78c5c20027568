package yubin.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import yubin.store.StoreTrouble.Refused;
import yubin.store.StoreTrouble.Refused.Why;

/// Takes messages out of a mailbox, or to another one: remove, move, copy.
///
/// Each call is one commit of at most [#STEP] messages, so that its memory is bounded; the callers
/// repeat. A message that leaves its last mailbox becomes a tombstone with its time, from which it
/// can be brought back until the retention is over; only then is its blob let go.
///
/// ```
/// TOMBSTONE      account | 8 octets time, ms | 8 octets email
///                → version 1 | mailbox | UID (4) | flags (8) | the email's record
/// TOMBSTONE_DUE  office  | 8 octets time, ms | 8 octets account | 8 octets email → empty
/// ```
final class Remover {
    /// Messages of one commit: about 20 MB of records.
    static final int STEP = 10_000;

    /// Messages of one COPY, which is all or none.
    private static final int COPY_MAX = 100_000;

    private final Boxes boxes;
    private final Store store;

    Remover(Boxes boxes, Store store) {
        this.boxes = boxes;
        this.store = store;
    }

    /// Removes up to [#STEP] of `uids` (null: all), only those with `\Deleted` if `deletedOnly`.
    int[] remove(int mailbox, int[] uids, boolean deletedOnly) throws StoreTrouble {
        MailboxView view = boxes.view(mailbox);
        try (Change change = boxes.begin().exclusive()) {
            Snapshot now = view.now();
            int[] chosen = choose(now, uids, deletedOnly, STEP);
            if (chosen.length == 0) return chosen;
            Change.Part part = change.part(boxes.account());
            BoxesState.Box box = part.touch(mailbox);
            long[] emails = new long[chosen.length];
            for (int i = 0; i < chosen.length; i++) {
                Row row = now.row(now.indexOf(chosen[i]));
                emails[i] = row.email();
                takeOut(change, part, box, row);
                bury(change, part, mailbox, row);
            }
            leave(part, mailbox, chosen, emails);
            change.commit();
            return chosen;
        }
    }

    /// Moves up to [#STEP] messages; they keep their email id and flags.
    Boxes.Copied move(int mailbox, int[] uids, int target) throws StoreTrouble {
        MailboxView view = boxes.view(mailbox);
        try (Change change = boxes.begin().exclusive()) {
            Snapshot now = view.now();
            int[] chosen = choose(now, uids, false, STEP);
            Change.Part part = change.part(boxes.account());
            if (!part.state.boxes.containsKey(target)) throw Boxes.noSuchMailbox();
            int uidValidity = part.state.boxes.get(target).uidValidity;
            if (chosen.length == 0) return new Boxes.Copied(uidValidity, chosen, chosen);
            BoxesState.Box from = part.touch(mailbox);
            BoxesState.Box to = part.touch(target);
            long[] emails = new long[chosen.length];
            int[] targets = new int[chosen.length];
            for (int i = 0; i < chosen.length; i++) {
                Row row = now.row(now.indexOf(chosen[i]));
                emails[i] = row.email();
                targets[i] = Change.nextUid(to);
                takeOut(change, part, from, row);
                Email email = boxes.email(row.email());
                if (email == null) {
                    throw new StoreTrouble.Damaged("email " + row.email() + " has no record");
                }
                List<Email.Place> places = new ArrayList<>(email.places());
                places.remove(new Email.Place(mailbox, row.uid()));
                places.add(new Email.Place(target, targets[i]));
                Email moved = email.with(email.id(), places);
                change.batch()
                        .put(Kind.EMAIL.keyLong(part.state.account, email.id()), moved.encode());
                part.log().kept(email.id());
                change.place(part, to, moved, targets[i], row.flags());
            }
            leave(part, mailbox, chosen, emails);
            change.commit();
            return new Boxes.Copied(uidValidity, chosen, targets);
        }
    }

    Boxes.Copied copy(int mailbox, int[] uids, int target, long quotaOctets) throws StoreTrouble {
        MailboxView view = boxes.view(mailbox);
        try (Change change = boxes.begin().exclusive()) {
            Snapshot now = view.now();
            int[] chosen = choose(now, uids, false, COPY_MAX + 1);
            if (chosen.length > COPY_MAX) {
                throw new Refused(
                        Why.LIMIT, "at most " + COPY_MAX + " messages can be copied at once");
            }
            Change.Part part = change.part(boxes.account());
            BoxesState state = part.state;
            if (!state.boxes.containsKey(target)) throw Boxes.noSuchMailbox();
            int uidValidity = state.boxes.get(target).uidValidity;
            if (chosen.length == 0) return new Boxes.Copied(uidValidity, chosen, chosen);
            long octets = 0;
            for (int uid : chosen) octets += now.size(now.indexOf(uid));
            boxes.requireQuota(change, octets, quotaOctets);
            BoxesState.Box to = part.touch(target);
            int[] targets = new int[chosen.length];
            for (int i = 0; i < chosen.length; i++) {
                Row row = now.row(now.indexOf(chosen[i]));
                Email email = boxes.email(row.email());
                if (email == null) {
                    throw new StoreTrouble.Damaged("email " + row.email() + " has no record");
                }
                targets[i] = Change.nextUid(to);
                Email copy =
                        email.with(state.nextEmail++, List.of(new Email.Place(target, targets[i])));
                change.batch()
                        .put(Kind.EMAIL.keyLong(state.account, copy.id()), copy.encode())
                        .put(
                                ThreadEmails.key(state.account, copy.thread(), copy.id()),
                                new byte[0]);
                change.link(copy.blob(), boxes.account(), copy.id());
                Irregular irregular = Irregular.of(store.keys(), state.account, email.id());
                if (irregular != null) irregular.put(change.batch(), state.account, copy.id());
                change.place(part, to, copy, targets[i], row.flags());
                state.octets += copy.size();
                state.messages++;
            }
            change.commit();
            return new Boxes.Copied(uidValidity, chosen, targets);
        }
    }

    private static int[] choose(Snapshot now, int[] uids, boolean deletedOnly, int most) {
        Snapshot.Numbers chosen = new Snapshot.Numbers();
        if (uids == null) {
            for (int i = 0; i < now.count() && chosen.size() < most; i++) {
                if (!deletedOnly || (now.flags(i) & Flags.DELETED) != 0) chosen.add(now.uid(i));
            }
        } else {
            for (int i = 0; i < uids.length && chosen.size() < most; i++) {
                int index = now.indexOf(uids[i]);
                if (index < 0) continue;
                if (!deletedOnly || (now.flags(index) & Flags.DELETED) != 0) chosen.add(uids[i]);
            }
        }
        return chosen.done();
    }

    private static void takeOut(Change change, Change.Part part, BoxesState.Box box, Row row) {
        change.batch().delete(Row.key(part.state.account, box.id, row.uid()));
        box.count(row.flags(), row.size(), -1);
    }

    private static void leave(Change.Part part, int mailbox, int[] uids, long[] emails) {
        part.log().removed(mailbox, uids, emails);
        long modSeq = part.modSeq();
        int[] gone = Arrays.copyOf(uids, uids.length);
        part.view(mailbox, snapshot -> snapshot.removed(gone, modSeq));
    }

    /// Takes a place from an email; the last one makes it a tombstone.
    private void bury(Change change, Change.Part part, int mailbox, Row row) throws StoreTrouble {
        long account = part.state.account;
        byte[] emailKey = Kind.EMAIL.keyLong(account, row.email());
        Email email;
        try {
            email = boxes.email(row.email());
        } catch (StoreTrouble.Damaged e) {
            return; // the damaged record stays for `verify`; its row goes
        }
        if (email == null) return;
        List<Email.Place> places = new ArrayList<>(email.places());
        places.remove(new Email.Place(mailbox, row.uid()));
        if (!places.isEmpty()) {
            change.batch().put(emailKey, email.with(email.id(), places).encode());
            part.log().kept(email.id());
            return;
        }
        entomb(change, part, email, mailbox, row);
    }

    /// Makes an email that has left its last place a tombstone.
    void entomb(Change change, Change.Part part, Email email, int mailbox, Row row) {
        long account = part.state.account;
        long now = store.clock().millis();
        byte[] key = Kind.TOMBSTONE.key(account, 16);
        Octets.putLong(key, 9, now);
        Octets.putLong(key, 17, email.id());
        byte[] record = email.encode();
        change.batch()
                .delete(Kind.EMAIL.keyLong(account, email.id()))
                .delete(ThreadEmails.key(account, email.thread(), email.id()))
                .put(
                        key,
                        new Octets.Writer(record.length + 32)
                                .octet(1)
                                .varint(mailbox)
                                .fixedInt(row.uid())
                                .fixedLong(row.flags())
                                .raw(record, 0, record.length)
                                .done());
        change.batch().put(dueKey(account, key), new byte[0]);
        part.log().gone(email.id(), email.thread());
        part.state.octets -= email.size();
        part.state.messages--;
    }

    /// The record of the email in a tombstone.
    ///
    /// @throws Octets.Malformed when the tombstone is damaged
    static byte[] emailOf(byte[] tombstone) {
        Octets.Reader in = new Octets.Reader(tombstone).version(1);
        in.varint();
        in.fixedInt();
        in.fixedLong();
        return in.rest();
    }

    /// The key of the due row that belongs to a tombstone's.
    static byte[] dueKey(long account, byte[] tombstone) {
        byte[] due = Kind.TOMBSTONE_DUE.key(0, 24);
        System.arraycopy(tombstone, 9, due, 9, 8);
        Octets.putLong(due, 17, account);
        System.arraycopy(tombstone, 17, due, 25, 8);
        return due;
    }
}
