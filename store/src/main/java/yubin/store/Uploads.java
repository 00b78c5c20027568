package yubin.store;

import java.util.Optional;
import yubin.mail.AccountId;
import yubin.store.Keys.Family;

/// Octets that a JMAP client sent ahead, to be used in a letter soon. RFC 8620 §6.1.
///
/// ```
/// UPLOAD      account | 8 octets id
///             → version 1 | time, ms (8) | tenant | blob number | size | 32 octets SHA-256 | type
/// UPLOAD_DUE  office | 8 octets time, ms | 8 octets account | 8 octets id → empty
/// ```
/// What a letter was made of lives on in the letter; the row goes after a day, or when the account
/// has more than [#OCTETS_MAX] or [#COUNT_MAX] of them, oldest first.
public final class Uploads {
    /// Octets that the uploads of one account may take.
    static final long OCTETS_MAX = 1L << 30;

    /// Uploads of one account.
    static final int COUNT_MAX = 10_000;

    private static final int TYPE_CHARACTERS_MAX = 255;

    private final Store store;

    /// @param id never given twice in this post office
    /// @param type media type as the client said it
    public record Uploaded(long id, Blob blob, String type, long millis) {}

    Uploads(Store store) {
        this.store = store;
    }

    /// Keeps finished octets; they are on disk when this returns.
    public Uploaded put(AccountId account, Upload upload, String type) throws StoreTrouble {
        makeRoom(account, upload.size());
        long id = store.next("upload");
        long now = store.clock().millis();
        String kept =
                type.length() > TYPE_CHARACTERS_MAX ? type.substring(0, TYPE_CHARACTERS_MAX) : type;
        try (Change change = store.change(java.util.List.of())) {
            Blob blob = change.keep(upload);
            change.link(blob, account, holder(id));
            change.batch()
                    .put(
                            Kind.UPLOAD.keyLong(account.value(), id),
                            new Octets.Writer(80 + kept.length())
                                    .octet(1)
                                    .fixedLong(now)
                                    .varint(blob.tenant())
                                    .varint(blob.number())
                                    .varint(blob.size())
                                    .raw(blob.sha256(), 0, 32)
                                    .text(kept)
                                    .done())
                    .put(dueKey(now, account.value(), id), new byte[0]);
            change.commit();
            return new Uploaded(id, blob, kept, now);
        }
    }

    /// Empty when there is none of this number in this account (any more).
    public Optional<Uploaded> find(AccountId account, long id) throws StoreTrouble {
        byte[] value = store.keys().get(Family.RECORDS, Kind.UPLOAD.keyLong(account.value(), id));
        if (value == null) return Optional.empty();
        try {
            return Optional.of(decode(id, value));
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("upload " + id + ": " + e.getMessage());
        }
    }

    /// Lets the oldest go until there is room for one of `octets`.
    private void makeRoom(AccountId account, long octets) throws StoreTrouble {
        long sum = octets;
        int count = 1;
        byte[] from = Kind.UPLOAD.key(account.value(), 0);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                sum += read(cursor).blob().size();
                count++;
            }
        }
        if (sum <= OCTETS_MAX && count <= COUNT_MAX) return;
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while ((sum > OCTETS_MAX || count > COUNT_MAX) && cursor.next()) {
                Uploaded oldest = read(cursor);
                drop(account, oldest);
                sum -= oldest.blob().size();
                count--;
            }
        }
    }

    /// Lets go of what was uploaded before `before` (ms since 1970).
    void purge(long before) throws StoreTrouble {
        byte[] from = Kind.UPLOAD_DUE.key(0, 0);
        byte[] to = Kind.UPLOAD_DUE.keyLong(0, Math.max(0, before));
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                byte[] due = cursor.key();
                AccountId account = new AccountId(Octets.getLong(due, 17));
                Optional<Uploaded> uploaded = find(account, Octets.getLong(due, 25));
                if (uploaded.isPresent()) drop(account, uploaded.get());
                else store.committer().commit(new Batch(64).delete(due));
            }
        }
    }

    /// Lets go of all that an account has.
    void dropAll(AccountId account) throws StoreTrouble {
        byte[] from = Kind.UPLOAD.key(account.value(), 0);
        try (Keys.Cursor cursor = store.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) drop(account, read(cursor));
        }
    }

    private void drop(AccountId account, Uploaded uploaded) throws StoreTrouble {
        try (Change change = store.release(java.util.List.of())) {
            change.unlink(uploaded.blob(), account, holder(uploaded.id()));
            change.batch()
                    .delete(Kind.UPLOAD.keyLong(account.value(), uploaded.id()))
                    .delete(dueKey(uploaded.millis(), account.value(), uploaded.id()));
            change.commit();
        }
    }

    private static Uploaded read(Keys.Cursor cursor) throws StoreTrouble {
        long id = Octets.getLong(cursor.key(), 9);
        try {
            return decode(id, cursor.value());
        } catch (Octets.Malformed e) {
            throw new StoreTrouble.Damaged("upload " + id + ": " + e.getMessage());
        }
    }

    private static Uploaded decode(long id, byte[] value) {
        Octets.Reader in = new Octets.Reader(value).version(1);
        long millis = in.fixedLong();
        int tenant = (int) in.varint();
        Blob blob = new Blob(tenant, in.varint(), in.varint(), in.raw(32));
        String type = in.text();
        return new Uploaded(id, blob, type == null ? "" : type, millis);
    }

    /// The number under which an upload holds its blob: apart from those of emails.
    private static long holder(long id) {
        return id | 1L << 62;
    }

    private static byte[] dueKey(long millis, long account, long id) {
        byte[] key = Kind.UPLOAD_DUE.key(0, 24);
        Octets.putLong(key, 9, millis);
        Octets.putLong(key, 17, account);
        Octets.putLong(key, 25, id);
        return key;
    }
}
