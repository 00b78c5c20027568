package yubin.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import yubin.mime.Message;
import yubin.store.Keys.Family;

/// Finds the thread of a new message by the Message-IDs that it names, its own and those of others,
/// also ones that never arrived here. RFC 8621 §3 leaves the rule to the server; a subject alone
/// never joins.
///
/// ```
/// key    account | THREAD | first 12 octets of SHA-256 of the Message-ID
/// value  version 1 | thread
/// ```
final class Threads {
    /// Message-IDs of one message that are looked at: its own, then from both ends of References.
    private static final int IDS_MAX = 50;

    private static final int RECENT_MAX = 64;

    private final Boxes boxes;

    /// What batches on their way to the disk will say. Under the lock of the boxes.
    private final Map<String, Long> recent =
            new LinkedHashMap<>(8) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                    return size() > RECENT_MAX;
                }
            };

    Threads(Boxes boxes) {
        this.boxes = boxes;
    }

    /// The thread, a new one named after the email when none of the ids is known; unknown ids are
    /// put into the batch.
    long find(Batch batch, Message message, long email) throws StoreTrouble {
        List<String> ids = ids(message);
        long account = boxes.account().value();
        long thread = 0;
        List<byte[]> unknown = new ArrayList<>(ids.size());
        List<String> unknownIds = new ArrayList<>(ids.size());
        for (String id : ids) {
            Long soon = recent.get(id);
            byte[] key = null;
            long found = 0;
            if (soon != null) {
                found = soon;
            } else {
                key = key(account, id);
                byte[] value = boxes.keys().get(Family.RECORDS, key);
                if (value != null) found = new Octets.Reader(value).version(1).varint();
            }
            if (found != 0) {
                if (thread == 0) thread = found;
            } else {
                unknown.add(key);
                unknownIds.add(id);
            }
        }
        if (thread == 0) thread = email;
        byte[] value = new Octets.Writer(10).octet(1).varint(thread).done();
        for (int i = 0; i < unknown.size(); i++) {
            batch.put(unknown.get(i), value);
            recent.put(unknownIds.get(i), thread);
        }
        return thread;
    }

    /// After a failed write: what was on its way is not coming.
    void forget() {
        recent.clear();
    }

    private static List<String> ids(Message message) {
        List<String> ids = new ArrayList<>();
        if (message.messageId() != null) ids.add(message.messageId());
        for (String id : message.inReplyTo()) if (!ids.contains(id)) ids.add(id);
        List<String> references = message.references();
        for (int i = 0; i < references.size() && ids.size() < IDS_MAX; i++) {
            int end = references.size() - 1 - i / 2;
            String id = references.get(i % 2 == 0 ? end : i / 2);
            if (!ids.contains(id)) ids.add(id);
        }
        return ids.size() > IDS_MAX ? ids.subList(0, IDS_MAX) : ids;
    }

    private static byte[] key(long account, String id) {
        byte[] hash = Blobs.sha256().digest(id.getBytes(StandardCharsets.UTF_8));
        return Kind.THREAD.keyOctets(account, Arrays.copyOf(hash, 12));
    }
}
