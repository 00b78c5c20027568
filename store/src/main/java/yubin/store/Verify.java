package yubin.store;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import yubin.store.Keys.Family;

/// Reads a whole data folder and says what does not fit together. Changes nothing.
///
/// Looks at every row, email, mailbox counter, link and octet: rows name emails that are there,
/// emails name places that are there, counters are sums, octets have the SHA-256 that they are
/// known by. Reads each blob once, so it takes as long as the disk needs.
public final class Verify {
    /// Findings that are listed; more are only counted.
    private static final int FINDINGS_MAX = 1000;

    private final Store store;
    private final List<String> findings = new ArrayList<>();
    private long found;
    private long accounts;
    private long mailboxes;
    private long messages;
    private long emails;
    private long blobs;
    private long octets;

    /// @param found how many findings there are; `findings` lists the first thousand
    public record Report(
            long accounts,
            long mailboxes,
            long messages,
            long emails,
            long blobs,
            long octets,
            long found,
            List<String> findings) {}

    private Verify(Store store) {
        this.store = store;
    }

    /// @throws StoreTrouble when the engine itself cannot read its files
    public static Report run(Store store) throws StoreTrouble {
        return new Verify(store).run();
    }

    private Report run() throws StoreTrouble {
        Map<Long, BoxesState> states = new HashMap<>();
        Map<Long, Map<Integer, BoxesState.Box>> counted = new HashMap<>();
        byte[] from = new byte[9];
        byte[] to = new byte[9];
        Arrays.fill(to, (byte) 0xFF);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                if (key.length < 9) {
                    find("a key of " + key.length + " octets");
                    continue;
                }
                look(key, cursor.value(), states, counted);
            }
        }
        for (Map.Entry<Long, BoxesState> entry : states.entrySet()) {
            compare(entry.getKey(), entry.getValue(), counted.get(entry.getKey()));
        }
        return new Report(accounts, mailboxes, messages, emails, blobs, octets, found, findings);
    }

    private void look(
            byte[] key,
            byte[] value,
            Map<Long, BoxesState> states,
            Map<Long, Map<Integer, BoxesState.Box>> counted)
            throws StoreTrouble {
        long account = Octets.getLong(key, 0);
        Kind kind = Kind.of(key[8]);
        String where = "account " + account + ", " + kind;
        try {
            switch (kind) {
                case null -> find("account " + account + ": a record of unknown kind " + key[8]);
                case ACCOUNT_STATE -> {
                    accounts++;
                    states.put(account, BoxesState.load(store.keys(), account));
                }
                case ROW -> row(account, key, value, counted);
                case EMAIL -> {
                    emails++;
                    email(account, Email.decode(Octets.getLong(key, 9), value));
                }
                case BLOB_HASH -> blob(key, value);
                default -> {}
            }
        } catch (Octets.Malformed | IndexOutOfBoundsException e) {
            find(where + ": " + e.getMessage());
        } catch (StoreTrouble.Damaged e) {
            find(e.getMessage());
        }
    }

    private void row(
            long account, byte[] key, byte[] value, Map<Long, Map<Integer, BoxesState.Box>> counted)
            throws StoreTrouble {
        messages++;
        int mailbox = Octets.getInt(key, 9);
        Row row = Row.decode(key, value);
        BoxesState.Box sum =
                counted.computeIfAbsent(account, a -> new HashMap<>())
                        .computeIfAbsent(mailbox, BoxesState.Box::new);
        sum.count(row.flags(), row.size(), 1);
        byte[] email = store.keys().get(Family.RECORDS, Kind.EMAIL.keyLong(account, row.email()));
        String name = "account " + account + " mailbox " + mailbox + " UID " + row.uid();
        if (email == null) {
            find(name + " has no email record");
            return;
        }
        Email record = Email.decode(row.email(), email);
        if (!record.places().contains(new Email.Place(mailbox, row.uid()))) {
            find(name + " is not among the places of email " + row.email());
        }
        if (record.size() != row.size()) find(name + " has another size than its email");
    }

    private void email(long account, Email email) throws StoreTrouble {
        String name = "account " + account + " email " + email.id();
        for (Email.Place place : email.places()) {
            byte[] row = Row.key(account, place.mailbox(), place.uid());
            if (store.keys().get(Family.RECORDS, row) == null) {
                find(name + " names a place that is not there");
            }
        }
        byte[] link = Blobs.linkKey(email.blob().number(), account, email.id());
        if (store.keys().get(Family.RECORDS, link) == null) find(name + " does not hold its blob");
        if (email.blob().size() > 0) store.blobs().read(email.blob(), 0, 1);
        email.message();
    }

    private void blob(byte[] key, byte[] value) throws StoreTrouble {
        blobs++;
        Octets.Reader in = new Octets.Reader(value).version(1);
        byte[] sha256 = Arrays.copyOfRange(key, 13, 45);
        Blob blob = new Blob(Octets.getInt(key, 9), in.varint(), in.varint(), sha256);
        MessageDigest digest = Blobs.sha256();
        for (long at = 0; at < blob.size(); at += Blobs.CHUNK) {
            byte[] chunk = store.blobs().read(blob, at, Blobs.CHUNK);
            digest.update(chunk);
            octets += chunk.length;
        }
        if (!MessageDigest.isEqual(digest.digest(), sha256)) {
            find("the octets of blob " + blob.number() + " are not those that were stored");
        }
    }

    private void compare(long account, BoxesState state, Map<Integer, BoxesState.Box> counted) {
        for (BoxesState.Box box : state.boxes.values()) {
            mailboxes++;
            BoxesState.Box sum = counted == null ? null : counted.get(box.id);
            if (sum == null) sum = new BoxesState.Box(box.id);
            if (sum.messages != box.messages
                    || sum.unseen != box.unseen
                    || sum.deleted != box.deleted
                    || sum.octets != box.octets) {
                find("account " + account + " mailbox " + box.id + ": its counters are not sums");
            }
        }
    }

    private void find(String what) {
        found++;
        if (findings.size() < FINDINGS_MAX) findings.add(what);
    }
}
