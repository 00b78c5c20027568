package yubin.jmap;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.EmailEditor;
import yubin.store.EmailEditor.Edit;
import yubin.store.Flags;

/// Email/set. RFC 8621 §4.6. All updates of a call are one commit, so are all that it destroys.
final class EmailSet {
    private static final Set<String> SERVER_SET =
            Set.of("id", "blobId", "threadId", "size", "hasAttachment", "preview", "headers");
    private static final Set<String> SETTABLE =
            Set.of(
                    "mailboxIds",
                    "keywords",
                    "receivedAt",
                    "bodyStructure",
                    "bodyValues",
                    "textBody",
                    "htmlBody",
                    "attachments");

    /// What the updates of immutable properties are compared with.
    private static final List<String> COMPARED =
            List.of("id", "blobId", "threadId", "size", "receivedAt", "hasAttachment", "preview");

    private final Office office;
    private final SetCall call;
    private final Boxes boxes;
    private final Storing storing;

    private EmailSet(Office office, SetCall call) {
        this.office = office;
        this.call = call;
        boxes = call.boxes();
        storing = new Storing(office, call.context(), boxes);
    }

    static ObjectNode set(Office office, Context context, ObjectNode arguments)
            throws MethodError, IOException {
        SetCall call = new SetCall(context, arguments);
        call.args().end();
        EmailSet set = new EmailSet(office, call);
        call.change(
                () -> {
                    call.createEach(set::create);
                    set.updateAll();
                    set.destroyAll();
                });
        return call.answer();
    }

    private ObjectNode create(ObjectNode email) throws SetError, IOException {
        List<String> wrong = new ArrayList<>();
        for (String name : email.propertyNames()) {
            boolean good = SETTABLE.contains(name) || HeaderInput.property(name) != null;
            if (!good || SERVER_SET.contains(name)) wrong.add(name);
        }
        if (!wrong.isEmpty()) throw SetError.invalid(wrong, "cannot be set");
        List<Integer> mailboxes = storing.mailboxes(email.get("mailboxIds"));
        long flags = storing.keywords(email.get("keywords"));
        long received = received(email.get("receivedAt"));
        byte[] octets = Composer.compose(office, call.context(), boxes, email);
        return storing.store(octets, mailboxes, flags, received);
    }

    private long received(JsonNode receivedAt) throws SetError {
        if (receivedAt == null || receivedAt.isNull()) return office.clock().millis();
        Instant at = Dates.parseUtc(receivedAt.asString(""));
        if (at == null) throw SetError.invalid("receivedAt", "must be a UTCDate");
        return at.toEpochMilli();
    }

    private void updateAll() throws IOException {
        Map<String, Edit> edits = new LinkedHashMap<>();
        Set<String> destroyed = new HashSet<>();
        for (String id : call.destroy()) destroyed.add(call.context().resolve(id));
        for (var entry : call.update().properties()) {
            String asked = entry.getKey();
            String id = call.context().resolve(asked);
            try {
                if (destroyed.contains(id)) {
                    throw new SetError("willDestroy", "the same call destroys it");
                }
                Letter letter = Letter.find(boxes, Ids.number('e', id));
                if (letter == null) throw SetError.notFound();
                edits.put(asked, edit(letter, (ObjectNode) entry.getValue()));
            } catch (SetError e) {
                call.notUpdated(asked, e);
            }
        }
        if (edits.isEmpty()) return;
        var results = new EmailEditor(boxes).apply(List.copyOf(edits.values()), false).iterator();
        for (String asked : edits.keySet()) {
            switch (results.next()) {
                case DONE -> call.updated(call.context().resolve(asked), null);
                case NOT_FOUND -> call.notUpdated(asked, SetError.notFound());
                case NO_SUCH_MAILBOX ->
                        call.notUpdated(asked, SetError.invalid("mailboxIds", "no such mailbox"));
                case NOWHERE ->
                        call.notUpdated(
                                asked,
                                SetError.invalid(
                                        "mailboxIds", "an email is in one mailbox at least"));
            }
        }
    }

    /// Only what the patch names is touched: two clients that flag the same email do not undo each
    /// other.
    private Edit edit(Letter letter, ObjectNode patch) throws SetError, IOException {
        Patch.checkPrefixes(patch);
        long set = 0;
        long clear = 0;
        Set<Integer> into = new HashSet<>();
        Set<Integer> outOf = new HashSet<>();
        List<String> wrong = new ArrayList<>();
        for (var entry : patch.properties()) {
            List<String> path = Patch.path(entry.getKey());
            JsonNode value = entry.getValue();
            switch (path.getFirst()) {
                case "keywords" -> {
                    if (path.size() == 1) {
                        set = storing.keywords(value);
                        clear = ~set & ~Flags.DELETED;
                    } else {
                        String keyword = one(path, value);
                        Storing.check(keyword);
                        long bit = storing.bits(Set.of(keyword));
                        if (value.isNull()) clear |= bit;
                        else set |= bit;
                    }
                }
                case "mailboxIds" -> {
                    if (path.size() == 1) {
                        into.addAll(storing.mailboxes(value));
                        outOf = null;
                    } else {
                        int mailbox = storing.mailbox(one(path, value), "mailboxIds");
                        if (value.isNull()) outOf.add(mailbox);
                        else into.add(mailbox);
                    }
                }
                default -> {
                    if (!isSame(letter, entry.getKey(), value)) wrong.add(entry.getKey());
                }
            }
        }
        if (!wrong.isEmpty()) throw SetError.invalid(wrong, "cannot be changed");
        if (letter.mailboxes().size() + into.size() > Storing.MAILBOXES_MAX && outOf != null) {
            throw new SetError("tooManyMailboxes", "too many mailboxes");
        }
        return new Edit(letter.email().id(), set, clear, into, outOf);
    }

    /// The member of a set that a path names.
    private static String one(List<String> path, JsonNode value) throws SetError {
        if (path.size() != 2) throw new SetError("invalidPatch", "the path leads nowhere");
        if (!value.isNull() && !(value.isBoolean() && value.booleanValue())) {
            throw SetError.invalid(path.getFirst(), "its values must be true");
        }
        return path.getLast();
    }

    /// A client may name what it does not change.
    private boolean isSame(Letter letter, String property, JsonNode value) throws IOException {
        if (!COMPARED.contains(property) && !HeaderProperty.SHORT.containsKey(property)) {
            return false;
        }
        try {
            ObjectNode asked = Api.JSON.createObjectNode();
            asked.putArray("properties").add(property);
            EmailShape shape = EmailShape.of(new Args(asked), true, false);
            return value.equals(EmailJson.of(boxes, letter, shape).get(property));
        } catch (MethodError e) {
            return false;
        }
    }

    private void destroyAll() throws IOException {
        Map<String, Edit> edits = new LinkedHashMap<>();
        Set<Long> seen = new HashSet<>();
        for (String asked : call.destroy()) {
            long email = Ids.number('e', call.context().resolve(asked));
            if (email == 0 || !seen.add(email)) call.notDestroyed(asked, SetError.notFound());
            else edits.put(asked, Edit.destroy(email));
        }
        if (edits.isEmpty()) return;
        var results = new EmailEditor(boxes).apply(List.copyOf(edits.values()), true).iterator();
        for (String asked : edits.keySet()) {
            if (results.next() == EmailEditor.Result.DONE) {
                call.destroyed(call.context().resolve(asked));
            } else {
                call.notDestroyed(asked, SetError.notFound());
            }
        }
    }
}
