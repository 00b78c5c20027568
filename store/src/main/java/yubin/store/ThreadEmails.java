package yubin.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import yubin.store.Keys.Family;

/// Which emails a thread has.
///
/// ```
/// key    account | THREAD_EMAIL | 8 octets thread | 8 octets email → empty
/// ```
/// The row with thread 0 and email 0 says that all emails have their row: accounts of an earlier
/// version get theirs when a thread is first asked for, step by step.
public final class ThreadEmails {
    /// Emails of one step.
    private static final int STEP = 2000;

    /// Takes an email and its thread.
    @FunctionalInterface
    public interface Pairs {
        void pair(long thread, long email);
    }

    private ThreadEmails() {}

    static byte[] key(long account, long thread, long email) {
        byte[] key = Kind.THREAD_EMAIL.key(account, 16);
        Octets.putLong(key, 9, thread);
        Octets.putLong(key, 17, email);
        return key;
    }

    static void complete(Batch batch, long account) {
        batch.put(key(account, 0, 0), new byte[0]);
    }

    static long[] of(Boxes boxes, long thread) throws StoreTrouble {
        require(boxes);
        byte[] from = Arrays.copyOf(key(boxes.account().value(), thread, 0), 17);
        long[] emails = new long[4];
        int count = 0;
        try (Keys.Cursor cursor = boxes.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                long email = Octets.getLong(cursor.key(), 17);
                if (email == 0) continue;
                if (count == emails.length) emails = Arrays.copyOf(emails, count * 2);
                emails[count++] = email;
            }
        }
        return Arrays.copyOf(emails, count);
    }

    static void each(Boxes boxes, Pairs pairs) throws StoreTrouble {
        require(boxes);
        byte[] from = Kind.THREAD_EMAIL.key(boxes.account().value(), 0);
        try (Keys.Cursor cursor = boxes.keys().scan(Family.RECORDS, from, Kind.after(from))) {
            while (cursor.next()) {
                byte[] key = cursor.key();
                long email = Octets.getLong(key, 17);
                if (email != 0) pairs.pair(Octets.getLong(key, 9), email);
            }
        }
    }

    /// Gives the emails of an earlier version their rows. An email that comes or goes meanwhile has
    /// its row put or deleted by its own change: each step reads and writes under the lock.
    private static void require(Boxes boxes) throws StoreTrouble {
        long account = boxes.account().value();
        if (boxes.keys().get(Family.RECORDS, key(account, 0, 0)) != null) return;
        long next = 1;
        while (next > 0) {
            try (Change change = boxes.begin().exclusive()) {
                next = step(boxes, change.batch(), next);
                change.commit();
            }
        }
    }

    /// @return the email to go on with, 0 at the end
    private static long step(Boxes boxes, Batch batch, long first) throws StoreTrouble {
        long account = boxes.account().value();
        byte[] from = Kind.EMAIL.keyLong(account, first);
        byte[] to = Kind.after(Kind.EMAIL.key(account, 0));
        List<Long> done = new ArrayList<>();
        try (Keys.Cursor cursor = boxes.keys().scan(Family.RECORDS, from, to)) {
            while (cursor.next()) {
                long email = Octets.getLong(cursor.key(), 9);
                if (done.size() == STEP) return email;
                done.add(email);
                try {
                    long thread = Email.decode(email, cursor.value()).thread();
                    batch.put(key(account, thread, email), new byte[0]);
                } catch (Octets.Malformed e) {
                    // The damaged record stays for `verify`; it shows in no thread.
                    System.getLogger("yubin.store")
                            .log(
                                    System.Logger.Level.WARNING,
                                    "account {0} email {1}: {2}",
                                    account,
                                    email,
                                    e.getMessage());
                }
            }
        }
        complete(batch, account);
        return 0;
    }
}
