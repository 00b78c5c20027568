package yubin.jmap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import yubin.mail.AccountId;
import yubin.store.Boxes;
import yubin.store.Flags;
import yubin.store.Mailbox;
import yubin.store.Role;
import yubin.store.Snapshot;
import yubin.store.StoreTrouble;

/// Counts the emails and threads of all mailboxes of an account. RFC 8621 §2.
///
/// Two passes over what is in memory; the result holds until the account changes.
final class MailboxCounts {
    private static final long UNREAD = Flags.SEEN | Flags.DRAFT | Flags.DELETED;

    private final Catalog.Shelf catalogs;
    private final Cache<AccountId, Known> known =
            Caffeine.newBuilder().maximumSize(1_000).executor(Runnable::run).build();

    private record Known(long modSeq, Map<Integer, Counts> counts) {}

    /// Of one mailbox.
    record Counts(int emails, int unreadEmails, int threads, int unreadThreads) {
        static final Counts NONE = new Counts(0, 0, 0, 0);
    }

    MailboxCounts(Catalog.Shelf catalogs) {
        this.catalogs = catalogs;
    }

    Map<Integer, Counts> of(Boxes boxes) throws StoreTrouble {
        long modSeq = boxes.modSeq();
        Known last = known.getIfPresent(boxes.account());
        if (last != null && last.modSeq() == modSeq) return last.counts();
        Map<Integer, Counts> counts = count(boxes, catalogs.of(boxes));
        known.put(boxes.account(), new Known(modSeq, counts));
        return counts;
    }

    private static Map<Integer, Counts> count(Boxes boxes, Catalog catalog) throws StoreTrouble {
        // An unread email makes its thread unread everywhere but across the border of the trash.
        BitSet unread = new BitSet();
        BitSet unreadInTrash = new BitSet();
        Map<Mailbox, Snapshot> snapshots = new HashMap<>();
        for (Mailbox mailbox : boxes.mailboxes()) {
            if (boxes.mailbox(mailbox.id()).isEmpty()) continue;
            Snapshot now = boxes.view(mailbox.id()).now();
            snapshots.put(mailbox, now);
            BitSet here = mailbox.role() == Role.TRASH ? unreadInTrash : unread;
            for (int i = 0; i < now.count(); i++) {
                if ((now.flags(i) & UNREAD) == 0) here.set(catalog.thread(now.emailId(i)));
            }
        }
        Map<Integer, Counts> counts = new HashMap<>();
        for (var entry : snapshots.entrySet()) {
            boolean trash = entry.getKey().role() == Role.TRASH;
            counts.put(
                    entry.getKey().id(),
                    count(entry.getValue(), catalog, trash ? unreadInTrash : unread));
        }
        return counts;
    }

    private static Counts count(Snapshot now, Catalog catalog, BitSet unreadThreads)
            throws StoreTrouble {
        int emails = 0;
        int unread = 0;
        BitSet threads = new BitSet();
        for (int i = 0; i < now.count(); i++) {
            long flags = now.flags(i);
            if ((flags & Flags.DELETED) != 0) continue;
            emails++;
            if ((flags & UNREAD) == 0) unread++;
            threads.set(catalog.thread(now.emailId(i)));
        }
        threads.clear(0); // gone this moment
        int all = threads.cardinality();
        threads.and(unreadThreads);
        return new Counts(emails, unread, all, threads.cardinality());
    }
}
