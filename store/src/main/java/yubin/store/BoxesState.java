package yubin.store;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import yubin.store.Keys.Family;

/// The counters and mailboxes of one account as its writers prepare them: ahead of the disk by the
/// batches that are on their way. Guarded by the lock of [Boxes].
///
/// ```
/// ACCOUNT_STATE  version 1 | modseq | next mailbox | next email | next uidvalidity | octets |
///                messages | modseq from which the log is whole
/// MAILBOX + id   version 1 | parent | name | role | uidvalidity | uidnext (4) | highest modseq |
///                messages | unseen | deleted | octets | subscribed | sort order (absent: 0)
/// KEYWORD + bit  the keyword in UTF-8
/// ```
final class BoxesState {
    private static final int VERSION = 1;

    final long account;
    long modSeq;
    int nextMailbox;
    long nextEmail;
    int nextUidValidity;
    long octets;
    long messages;
    long logFloor;
    final Map<Integer, Box> boxes = new HashMap<>();
    final Map<String, Integer> keywords = new HashMap<>(); // lower case → bit
    private final Map<Integer, String> keywordNames = new java.util.TreeMap<>();

    /// One mailbox, mutable.
    static final class Box {
        final int id;
        int parent;
        String name;
        Role role;
        int uidValidity;
        int uidNext = 1;
        long highestModSeq;
        int messages;
        int unseen;
        int deleted;
        long octets;
        boolean subscribed;
        int sortOrder;

        Box(int id) {
            this.id = id;
        }

        Box copy() {
            Box copy = new Box(id);
            copy.parent = parent;
            copy.name = name;
            copy.role = role;
            copy.uidValidity = uidValidity;
            copy.uidNext = uidNext;
            copy.highestModSeq = highestModSeq;
            copy.messages = messages;
            copy.unseen = unseen;
            copy.deleted = deleted;
            copy.octets = octets;
            copy.subscribed = subscribed;
            copy.sortOrder = sortOrder;
            return copy;
        }

        byte[] encode() {
            return new Octets.Writer(64 + name.length() * 3)
                    .octet(VERSION)
                    .varint(parent)
                    .text(name)
                    .octet(role == null ? 0 : role.octet())
                    .fixedInt(uidValidity)
                    .fixedInt(uidNext)
                    .varint(highestModSeq)
                    .varint(messages)
                    .varint(unseen)
                    .varint(deleted)
                    .varint(octets)
                    .octet(subscribed ? 1 : 0)
                    .varint(sortOrder)
                    .done();
        }

        static Box decode(int id, byte[] value) {
            Octets.Reader in = new Octets.Reader(value).version(VERSION);
            Box box = new Box(id);
            box.parent = (int) in.varint();
            box.name = in.text();
            box.role = Role.of(in.octet());
            box.uidValidity = in.fixedInt();
            box.uidNext = in.fixedInt();
            box.highestModSeq = in.varint();
            box.messages = (int) in.varint();
            box.unseen = (int) in.varint();
            box.deleted = (int) in.varint();
            box.octets = in.varint();
            box.subscribed = in.octet() == 1;
            if (in.hasMore()) box.sortOrder = (int) in.varint();
            if (box.name == null) throw new Octets.Malformed("mailbox without name");
            return box;
        }

        /// Counts a message in (`sign` 1) or out (-1).
        void count(long flags, long size, int sign) {
            messages += sign;
            octets += sign * size;
            if ((flags & Flags.SEEN) == 0) unseen += sign;
            if ((flags & Flags.DELETED) != 0) deleted += sign;
        }
    }

    BoxesState(long account) {
        this.account = account;
    }

    /// Reads what is on disk; null when the account has nothing yet.
    static BoxesState load(Keys keys, long account) throws StoreTrouble {
        byte[] head = keys.get(Family.RECORDS, Kind.ACCOUNT_STATE.key(account, 0));
        if (head == null) return null;
        BoxesState state = new BoxesState(account);
        try {
            state.resetHead(head);
            byte[] from = Kind.MAILBOX.key(account, 0);
            try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
                while (cursor.next()) {
                    int id = Octets.getInt(cursor.key(), 9);
                    state.boxes.put(id, Box.decode(id, cursor.value()));
                }
            }
            from = Kind.KEYWORD.key(account, 0);
            try (Keys.Cursor cursor = keys.scan(Family.RECORDS, from, Kind.after(from))) {
                while (cursor.next()) {
                    String keyword =
                            new String(cursor.value(), java.nio.charset.StandardCharsets.UTF_8);
                    int bit = Octets.getInt(cursor.key(), 9);
                    state.keywords.put(keyword.toLowerCase(java.util.Locale.ROOT), bit);
                    state.keywordNames.put(bit, keyword);
                }
            }
        } catch (Octets.Malformed | IndexOutOfBoundsException e) {
            throw new StoreTrouble.Damaged("account " + account + ": " + e.getMessage());
        }
        return state;
    }

    /// Sets the counters to what [#encodeHead] wrote.
    void resetHead(byte[] head) {
        Octets.Reader in = new Octets.Reader(head).version(VERSION);
        modSeq = in.varint();
        nextMailbox = (int) in.varint();
        nextEmail = in.varint();
        nextUidValidity = in.fixedInt();
        octets = in.varint();
        messages = in.varint();
        logFloor = in.varint();
    }

    byte[] encodeHead() {
        return new Octets.Writer(48)
                .octet(VERSION)
                .varint(modSeq)
                .varint(nextMailbox)
                .varint(nextEmail)
                .fixedInt(nextUidValidity)
                .varint(octets)
                .varint(messages)
                .varint(logFloor)
                .done();
    }

    /// In the order of their bits, as they were on disk.
    List<String> keywordList() {
        return List.copyOf(keywordNames.values());
    }

    /// Writes the counters of the account.
    void putHead(Batch batch) {
        batch.put(Kind.ACCOUNT_STATE.key(account, 0), encodeHead());
    }

    void put(Batch batch, Box box) {
        batch.put(Kind.MAILBOX.keyInt(account, box.id), box.encode());
    }

    Box role(Role role) {
        for (Box box : boxes.values()) if (box.role == role) return box;
        return null;
    }

    Box child(int parent, String name) {
        boolean top = parent == 0;
        for (Box box : boxes.values()) {
            if (box.parent != parent) continue;
            if (box.name.equals(name)) return box;
            if (top && box.role == Role.INBOX && name.equalsIgnoreCase("INBOX")) return box;
        }
        return null;
    }

    String path(Box box) {
        StringBuilder path = new StringBuilder(box.name);
        Box at = box;
        for (int depth = 0; at.parent != 0 && depth < Boxes.DEPTH_MAX; depth++) {
            at = boxes.get(at.parent);
            if (at == null) break; // the one above is damaged: shown at the top
            path.insert(0, at.name + Mailbox.SEPARATOR);
        }
        return path.toString();
    }

    Mailbox snapshot(Box box) {
        return new Mailbox(
                box.id,
                box.parent,
                box.name,
                path(box),
                box.role,
                box.uidValidity,
                box.uidNext,
                box.highestModSeq,
                box.messages,
                box.unseen,
                box.deleted,
                box.octets,
                box.subscribed,
                box.sortOrder);
    }

    /// A new mailbox, not yet in a batch.
    Box make(int parent, String name, Role role) {
        Box box = new Box(nextMailbox++);
        box.parent = parent;
        box.name = name;
        box.role = role;
        box.uidValidity = nextUidValidity++;
        box.highestModSeq = Math.max(1, modSeq);
        box.subscribed = role != null;
        boxes.put(box.id, box);
        return box;
    }
}
