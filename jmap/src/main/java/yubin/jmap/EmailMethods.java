package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Mailbox;
import yubin.store.Snapshot;

/// Email/get, Email/changes, Email/parse. RFC 8621 §4.2, §4.3, §4.9.
final class EmailMethods {
    /// Octets of a blob that is parsed as a message.
    private static final long PARSED_OCTETS_MAX = 128L << 20;

    private final Office office;

    EmailMethods(Office office) {
        this.office = office;
    }

    Map<String, Method> all() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("Email/get", this::get);
        all.put("Email/changes", this::changes);
        all.put("Email/parse", this::parse);
        return all;
    }

    private ObjectNode get(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        List<String> ids = Get.ids(args);
        EmailShape shape = EmailShape.of(args, true, context.uses(Capabilities.TRACE));
        args.end();
        if (ids == null) ids = everything(boxes);
        return Get.answer(
                Ids.account(boxes.account()),
                state,
                ids,
                id -> {
                    Letter letter = Letter.find(boxes, Ids.number('e', id));
                    return letter == null ? null : EmailJson.of(boxes, letter, shape);
                });
    }

    private static List<String> everything(Boxes boxes) throws MethodError, IOException {
        Set<Long> emails = new TreeSet<>();
        for (Mailbox mailbox : boxes.mailboxes()) {
            Snapshot now = boxes.view(mailbox.id()).now();
            for (int i = 0; i < now.count(); i++) emails.add(now.emailId(i));
            if (emails.size() > Session.GET_MAX) {
                throw new MethodError(
                        "requestTooLarge", "there are more than " + Session.GET_MAX + " emails");
            }
        }
        List<String> ids = new ArrayList<>(emails.size());
        for (long email : emails) {
            if (Letter.find(boxes, email) != null) ids.add(Ids.of('e', email));
        }
        return ids;
    }

    private ObjectNode changes(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        Changes.Asked asked = Changes.asked(args, boxes);
        args.end();
        return EmailChanges.emails(boxes, asked);
    }

    private ObjectNode parse(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        List<String> blobIds = args.idsOrNull("blobIds", Session.GET_MAX);
        EmailShape shape = EmailShape.of(args, false, context.uses(Capabilities.TRACE));
        args.end();
        if (blobIds == null) throw Args.invalid("\"blobIds\" must be Id[]");
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        ObjectNode parsed = Api.JSON.createObjectNode();
        ArrayNode notParsable = Api.JSON.createArrayNode();
        ArrayNode notFound = Api.JSON.createArrayNode();
        for (String asked : blobIds) {
            BlobId id = BlobId.parse(context.resolve(asked));
            Optional<Download> blob =
                    id == null ? Optional.empty() : office.blobs().find(boxes, id);
            if (blob.isEmpty()) {
                notFound.add(asked);
            } else if (blob.get().size() > PARSED_OCTETS_MAX) {
                notParsable.add(asked);
            } else {
                Source source = Source.parse(id, blob.get());
                if (source.allFields().isEmpty()) notParsable.add(asked);
                else parsed.set(asked, EmailJson.parsed(source, blob.get().size(), shape));
            }
        }
        answer.set("parsed", parsed.isEmpty() ? null : parsed);
        answer.set("notParsable", notParsable.isEmpty() ? null : notParsable);
        answer.set("notFound", notFound.isEmpty() ? null : notFound);
        return answer;
    }
}
