package yubin.jmap;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import yubin.store.Boxes;
import yubin.store.Flags;
import yubin.store.Mailbox;
import yubin.store.Snapshot;
import yubin.store.StoreTrouble;

/// The emails that a query looks at, as arrays: from the open mailboxes, without reading a record.
/// Hidden ones are left out; an email in several mailboxes is there once.
final class Sweep {
    int count;
    long[] emails = new long[64];
    long[] flags = new long[64];
    long[] received = new long[64];
    long[] sizes = new long[64];
    private int[] mailboxes = new int[64];
    private final Map<Long, Set<Integer>> several = new HashMap<>(0);

    private Sweep() {}

    /// All emails of the account.
    static Sweep all(Boxes boxes) throws StoreTrouble {
        Sweep sweep = new Sweep();
        BitSet seen = new BitSet();
        for (Mailbox mailbox : boxes.mailboxes()) {
            if (mailbox.messages() > 0) sweep.add(boxes, mailbox.id(), seen);
        }
        return sweep;
    }

    /// Those of one mailbox; what else holds them is not known then.
    static Sweep of(Boxes boxes, int mailbox) throws StoreTrouble {
        Sweep sweep = new Sweep();
        sweep.add(boxes, mailbox, new BitSet());
        return sweep;
    }

    private void add(Boxes boxes, int mailbox, BitSet seen) throws StoreTrouble {
        if (boxes.mailbox(mailbox).isEmpty()) return;
        Snapshot now = boxes.view(mailbox).now();
        grow(count + now.count());
        for (int i = 0; i < now.count(); i++) {
            long here = now.flags(i);
            if ((here & Flags.DELETED) != 0) continue;
            long email = now.emailId(i);
            if (seen.get((int) email)) {
                again(email, mailbox, here);
                continue;
            }
            seen.set((int) email);
            emails[count] = email;
            flags[count] = here;
            received[count] = now.receivedMillis(i);
            sizes[count] = now.size(i);
            mailboxes[count++] = mailbox;
        }
    }

    /// A further place of an email; few have any.
    private void again(long email, int mailbox, long here) {
        for (int i = 0; i < count; i++) {
            if (emails[i] != email) continue;
            flags[i] |= here;
            Set<Integer> all = several.computeIfAbsent(email, id -> new HashSet<>());
            all.add(mailboxes[i]);
            all.add(mailbox);
            return;
        }
    }

    private void grow(int room) {
        if (room <= emails.length) return;
        emails = Arrays.copyOf(emails, room);
        flags = Arrays.copyOf(flags, room);
        received = Arrays.copyOf(received, room);
        sizes = Arrays.copyOf(sizes, room);
        mailboxes = Arrays.copyOf(mailboxes, room);
    }

    boolean isIn(int index, int mailbox) {
        if (mailboxes[index] == mailbox) return true;
        return !several.isEmpty() && several(index).contains(mailbox);
    }

    /// True when some mailbox holds it that is not among these.
    boolean isInOtherThan(int index, Set<Integer> not) {
        if (!not.contains(mailboxes[index])) return true;
        for (int mailbox : several(index)) if (!not.contains(mailbox)) return true;
        return false;
    }

    private Set<Integer> several(int index) {
        return several.getOrDefault(emails[index], Set.of());
    }
}
