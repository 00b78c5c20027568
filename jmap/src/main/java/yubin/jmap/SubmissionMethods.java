package yubin.jmap;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mail.QueueId;
import yubin.queue.Trail;
import yubin.store.Boxes;

/// EmailSubmission/get, /changes, /query, /queryChanges. RFC 8621 §7.
final class SubmissionMethods {
    private static final Set<String> PROPERTIES =
            Set.of(
                    "id",
                    "identityId",
                    "emailId",
                    "threadId",
                    "envelope",
                    "sendAt",
                    "undoStatus",
                    "deliveryStatus",
                    "dsnBlobIds",
                    "mdnBlobIds");

    private static final Set<String> SORTS = Set.of("emailId", "threadId", "sentAt", "sendAt");

    private final Office office;

    SubmissionMethods(Office office) {
        this.office = office;
    }

    Map<String, Method> all() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("EmailSubmission/get", this::get);
        all.put("EmailSubmission/changes", this::changes);
        all.put("EmailSubmission/query", this::query);
        all.put("EmailSubmission/queryChanges", this::queryChanges);
        all.put("EmailSubmission/set", (context, args) -> SubmissionSet.set(office, context, args));
        return all;
    }

    private ObjectNode get(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        List<String> ids = Get.ids(args);
        Set<String> properties = Get.properties(args, PROPERTIES);
        args.end();
        if (ids == null) {
            ids = new ArrayList<>();
            for (long number : boxes.objects(Objects.SUBMISSION).keySet()) {
                ids.add(Ids.of('s', number));
            }
            if (ids.size() > Session.GET_MAX) {
                throw new MethodError("requestTooLarge", "there are too many submissions");
            }
        }
        return Get.answer(
                Ids.account(boxes.account()),
                state,
                ids,
                id -> {
                    long number = Ids.number('s', id);
                    ObjectNode known = Objects.one(boxes, Objects.SUBMISSION, number);
                    if (known == null) return null;
                    return Get.only(json(office, boxes, number, known), properties);
                });
    }

    /// The submission as clients see it.
    static ObjectNode json(Office office, Boxes boxes, long number, ObjectNode known)
            throws IOException {
        ObjectNode json = Api.JSON.createObjectNode();
        json.put("id", Ids.of('s', number));
        for (String name : List.of("identityId", "emailId", "threadId", "envelope", "sendAt")) {
            json.set(name, known.get(name));
        }
        json.put("undoStatus", undoStatus(office, known));
        QueueId id = new QueueId(known.get("queueId").longValue());
        Optional<Trail> trail = office.intake().journey().trail(id);
        boolean canceled = known.get("canceled").booleanValue();
        json.set(
                "deliveryStatus",
                canceled || trail.isEmpty()
                        ? null
                        : Delivery.status(known.get("envelope"), trail.get()));
        json.putArray("dsnBlobIds");
        json.putArray("mdnBlobIds");
        return json;
    }

    /// A letter can be taken back until its time has come.
    private static String undoStatus(Office office, ObjectNode known) {
        if (known.get("canceled").booleanValue()) return "canceled";
        Instant sendAt = Dates.parseUtc(known.get("sendAt").stringValue());
        return office.clock().instant().isBefore(sendAt) ? "pending" : "final";
    }

    private ObjectNode changes(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        return Changes.ofObjects(boxes, args, Objects.SUBMISSION, 's');
    }

    private ObjectNode query(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        QueryWindow.Asked asked = QueryWindow.asked(args);
        long[] results = results(boxes, args);
        args.end();
        return QueryWindow.answer(boxes, state, asked, QueryWindow.Results.of(results), 's');
    }

    private ObjectNode queryChanges(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        QueryWindow.ChangesAsked asked = QueryWindow.changesAsked(args, boxes);
        long[] results = results(boxes, args);
        args.end();
        Changes changes = new Changes();
        Commit.each(
                boxes,
                asked.since().modSeq(),
                commit -> {
                    for (Commit.Thing thing : commit.objects) {
                        if (thing.type() == Objects.SUBMISSION) changes.thing(thing);
                    }
                    return true;
                });
        Set<Long> created = new HashSet<>();
        changes.sums()
                .forEach(
                        (id, what) -> {
                            if (what == Changes.What.CREATED) created.add(id);
                        });
        return QueryWindow.changes(
                boxes,
                state,
                asked,
                QueryWindow.Results.of(results),
                changes.sums().keySet(),
                created,
                's');
    }

    private long[] results(Boxes boxes, Args args) throws MethodError, IOException {
        FilterTree<Predicate<ObjectNode>> filter =
                FilterTree.read(args.objectOrNull("filter"), this::condition);
        List<QueryWindow.Comparator> sort = QueryWindow.sort(args, SORTS, Map.of());
        List<Map.Entry<Long, ObjectNode>> found = new ArrayList<>();
        for (var entry : Objects.all(boxes, Objects.SUBMISSION).entrySet()) {
            ObjectNode object = entry.getValue();
            if (FilterTree.matches(filter, condition -> condition.test(object))) found.add(entry);
        }
        Comparator<Map.Entry<Long, ObjectNode>> order = (a, b) -> 0;
        for (QueryWindow.Comparator by : sort) {
            Comparator<Map.Entry<Long, ObjectNode>> next =
                    switch (by.property()) {
                        case "emailId" ->
                                Comparator.comparingLong(
                                        e -> Ids.number('e', text(e.getValue(), "emailId")));
                        case "threadId" ->
                                Comparator.comparingLong(
                                        e -> Ids.number('t', text(e.getValue(), "threadId")));
                        default -> Comparator.comparing(e -> text(e.getValue(), "sendAt"));
                    };
            order = order.thenComparing(by.isAscending() ? next : next.reversed());
        }
        found.sort(order.thenComparing(Map.Entry.comparingByKey()));
        return found.stream().mapToLong(Map.Entry::getKey).toArray();
    }

    private static String text(ObjectNode object, String name) {
        return object.get(name).stringValue();
    }

    private Predicate<ObjectNode> condition(ObjectNode condition) throws MethodError {
        Predicate<ObjectNode> all = object -> true;
        for (var member : condition.properties()) {
            all = all.and(condition(member.getKey(), member.getValue()));
        }
        return all;
    }

    private Predicate<ObjectNode> condition(String name, JsonNode value) throws MethodError {
        switch (name) {
            case "identityIds", "emailIds", "threadIds" -> {
                if (!value.isArray()) throw Args.invalid("\"" + name + "\" must be Id[]");
                Set<String> ids = new HashSet<>();
                for (JsonNode id : value) ids.add(MailboxQuery.string(name, id));
                String property = name.substring(0, name.length() - 1);
                return object -> ids.contains(text(object, property));
            }
            case "undoStatus" -> {
                String status = MailboxQuery.string(name, value);
                return object -> undoStatus(office, object).equals(status);
            }
            case "before", "after" -> {
                Instant at = Dates.parseUtc(MailboxQuery.string(name, value));
                if (at == null) throw Args.invalid("\"" + name + "\" must be a UTCDate");
                boolean before = name.equals("before");
                return object -> Dates.parseUtc(text(object, "sendAt")).isBefore(at) == before;
            }
            default ->
                    throw new MethodError("unsupportedFilter", "cannot filter by \"" + name + "\"");
        }
    }
}
