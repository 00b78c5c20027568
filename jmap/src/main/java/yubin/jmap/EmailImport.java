package yubin.jmap;

import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mime.Field;
import yubin.mime.HeaderFields;
import yubin.mime.MailDate;
import yubin.store.Boxes;

/// Email/import and Email/copy. RFC 8621 §4.8, §4.7.
final class EmailImport {
    /// Octets of a header in which the date of arrival is looked for.
    private static final int HEADER_OCTETS_MAX = 64 << 10;

    private static final Set<String> PROPERTIES =
            Set.of("blobId", "mailboxIds", "keywords", "receivedAt");

    private EmailImport() {}

    static ObjectNode importAll(Office office, Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        long modSeq = boxes.modSeq();
        String before = State.of(modSeq);
        String ifInState = args.stringOrNull("ifInState");
        ObjectNode emails = args.objectOrNull("emails");
        args.end();
        if (emails == null) throw Args.invalid("\"emails\" is missing");
        for (JsonNode email : emails) {
            if (!email.isObject()) throw Args.invalid("\"emails\" must hold objects");
        }
        if (emails.size() > Session.SET_MAX) {
            throw new MethodError("requestTooLarge", "at most " + Session.SET_MAX + " emails");
        }
        if (ifInState != null && !ifInState.equals(before)) {
            throw new MethodError("stateMismatch", "the state is " + before);
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account())).put("oldState", before);
        answer.putNull("newState").putNull("created").putNull("notCreated");
        Storing storing = new Storing(office, context, boxes);
        ObjectNode created = Api.JSON.createObjectNode();
        ObjectNode notCreated = Api.JSON.createObjectNode();
        SetCall.change(
                boxes,
                ifInState == null ? 0 : modSeq,
                () -> {
                    for (var entry : emails.properties()) {
                        try {
                            ObjectNode email = (ObjectNode) entry.getValue();
                            ObjectNode stored = one(office, context, boxes, storing, email);
                            created.set(entry.getKey(), stored);
                            context.created().put(entry.getKey(), stored.get("id").stringValue());
                        } catch (SetError e) {
                            notCreated.set(entry.getKey(), e.json());
                        }
                    }
                });
        if (!created.isEmpty()) answer.set("created", created);
        if (!notCreated.isEmpty()) answer.set("notCreated", notCreated);
        return answer.put("newState", State.of(boxes.modSeq()));
    }

    private static ObjectNode one(
            Office office, Context context, Boxes boxes, Storing storing, ObjectNode email)
            throws SetError, IOException {
        for (String name : email.propertyNames()) {
            if (!PROPERTIES.contains(name)) throw SetError.invalid(name, "is not known");
        }
        JsonNode blobId = email.path("blobId");
        if (!blobId.isString()) throw SetError.invalid("blobId", "must be an Id");
        List<Integer> mailboxes = storing.mailboxes(email.get("mailboxIds"));
        long flags = storing.keywords(email.get("keywords"));
        Optional<Download> blob = office.blobs().find(boxes, context.resolve(blobId.stringValue()));
        if (blob.isEmpty()) throw SetError.invalid("blobId", "there is no such blob");
        byte[] start = blob.get().read(0, (int) Math.min(blob.get().size(), HEADER_OCTETS_MAX));
        List<Field> header = HeaderFields.list(start, 0, start.length);
        if (header.isEmpty()) throw new SetError("invalidEmail", "the blob is no message");
        JsonNode at = email.path("receivedAt");
        Instant received;
        if (at.isMissingNode() || at.isNull()) {
            received = received(header).orElse(office.clock().instant());
        } else {
            received = Dates.parseUtc(at.asString(""));
            if (received == null) throw SetError.invalid("receivedAt", "must be a UTCDate");
        }
        return storing.store(blob.get(), mailboxes, flags, received.toEpochMilli());
    }

    /// The date of the newest Received field. RFC 8621 §4.8.
    private static Optional<Instant> received(List<Field> header) {
        for (Field field : header) {
            if (!field.is("received")) continue;
            String body = field.unfolded();
            OffsetDateTime date = MailDate.parse(body.substring(body.lastIndexOf(';') + 1));
            return Optional.ofNullable(date).map(OffsetDateTime::toInstant);
        }
        return Optional.empty();
    }

    /// Nobody reaches a second account so far: there is none to copy from.
    static ObjectNode copy(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        context.boxes(args);
        String from = args.string("fromAccountId");
        context.boxes(from, "fromAccountNotFound");
        throw Args.invalid("\"fromAccountId\" is the account itself");
    }
}
