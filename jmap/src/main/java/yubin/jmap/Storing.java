package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Login;
import yubin.mime.MessageScanner;
import yubin.store.Boxes;
import yubin.store.Change;
import yubin.store.Email;
import yubin.store.Mailbox;
import yubin.store.NewEmail;
import yubin.store.StoreTrouble;
import yubin.store.Upload;

/// Puts messages into mailboxes, and reads what the client says of where and how.
final class Storing {
    static final int MAILBOXES_MAX = 1000;

    private final Office office;
    private final Login login;
    private final Context context;
    private final Boxes boxes;

    Storing(Office office, Context context, Boxes boxes) {
        this.office = office;
        this.login = context.login();
        this.context = context;
        this.boxes = boxes;
    }

    /// The numbers of an Id[Boolean] of mailboxes.
    List<Integer> mailboxes(JsonNode mailboxIds) throws SetError {
        if (mailboxIds == null || mailboxIds.isNull() || mailboxIds.isEmpty()) {
            throw SetError.invalid("mailboxIds", "an email is in one mailbox at least");
        }
        List<Integer> mailboxes = new ArrayList<>();
        for (String id : SetCall.idSet(mailboxIds, "mailboxIds")) {
            mailboxes.add(mailbox(id, "mailboxIds"));
        }
        if (mailboxes.size() > MAILBOXES_MAX) {
            throw new SetError("tooManyMailboxes", "at most " + MAILBOXES_MAX + " mailboxes");
        }
        return mailboxes;
    }

    int mailbox(String id, String property) throws SetError {
        Mailbox mailbox = MailboxMethods.find(boxes, context.resolve(id));
        if (mailbox == null) throw SetError.invalid(property, "there is no such mailbox");
        return mailbox.id();
    }

    /// The flags of a String[Boolean] of keywords; 0 where there is none.
    long keywords(JsonNode keywords) throws SetError, IOException {
        if (keywords == null || keywords.isNull()) return 0;
        List<String> names = SetCall.idSet(keywords, "keywords");
        for (String name : names) check(name);
        return bits(Set.copyOf(names));
    }

    static void check(String keyword) throws SetError {
        if (!Keywords.isKeyword(keyword)) {
            throw SetError.invalid("keywords", "\"" + keyword + "\" cannot be a keyword");
        }
    }

    long bits(Set<String> keywords) throws SetError, IOException {
        try {
            return Keywords.bits(boxes, keywords, true);
        } catch (StoreTrouble.Refused e) {
            throw new SetError("tooManyKeywords", e.getMessage());
        }
    }

    /// @return what the server set: id, blobId, threadId, size
    ObjectNode store(byte[] octets, List<Integer> mailboxes, long flags, long receivedMillis)
            throws SetError, IOException {
        if (octets.length > office.settings().messageOctetsMax()) {
            throw new SetError("tooLarge", "the message is too large");
        }
        try (Upload upload = office.store().blobs().upload(login.tenant())) {
            MessageScanner scanner = new MessageScanner();
            upload.write(octets, 0, octets.length);
            scanner.feed(octets, 0, octets.length);
            return store(upload, scanner, mailboxes, flags, receivedMillis);
        }
    }

    /// The same for octets that are a blob already.
    ObjectNode store(Download blob, List<Integer> mailboxes, long flags, long receivedMillis)
            throws SetError, IOException {
        if (blob.size() > office.settings().messageOctetsMax()) {
            throw new SetError("tooLarge", "the message is too large");
        }
        try (Upload upload = office.store().blobs().upload(login.tenant())) {
            MessageScanner scanner = new MessageScanner();
            for (long at = 0; at < blob.size(); ) {
                byte[] octets = blob.read(at, (int) Math.min(256 << 10, blob.size() - at));
                if (octets.length == 0) throw new IOException("a blob ends before its size");
                upload.write(octets, 0, octets.length);
                scanner.feed(octets, 0, octets.length);
                at += octets.length;
            }
            return store(upload, scanner, mailboxes, flags, receivedMillis);
        }
    }

    private ObjectNode store(
            Upload upload,
            MessageScanner scanner,
            List<Integer> mailboxes,
            long flags,
            long receivedMillis)
            throws SetError, IOException {
        NewEmail email =
                new NewEmail(
                        upload.finish(), scanner.finish(), new byte[0], flags, receivedMillis, 0);
        long id;
        try (Change change = office.store().change(List.of(boxes.account()))) {
            long used = change.usedOctets(boxes.account());
            if (used + upload.size() > login.quotaOctets()) {
                throw new SetError("overQuota", "the mailboxes are full");
            }
            id = change.add(boxes.account(), mailboxes, email).emailId();
            change.commit();
        } catch (StoreTrouble.Refused e) {
            if (e.why() == StoreTrouble.Refused.Why.NO_SUCH_MAILBOX) {
                throw SetError.invalid("mailboxIds", "there is no such mailbox");
            }
            throw SetError.of(e);
        }
        Email stored = Optional.ofNullable(boxes.email(id)).orElseThrow();
        return Api.JSON
                .createObjectNode()
                .put("id", Ids.of('e', id))
                .put("blobId", BlobId.email(id).toString())
                .put("threadId", Ids.of('t', stored.thread()))
                .put("size", stored.size());
    }
}
