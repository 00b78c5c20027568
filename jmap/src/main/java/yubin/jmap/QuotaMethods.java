package yubin.jmap;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;

/// Quota/get, /changes, /query, /queryChanges. RFC 9425. There is one quota, of octets; an account
/// without one has no Quota object.
final class QuotaMethods {
    private static final String ID = "octets";

    private static final Set<String> PROPERTIES =
            Set.of(
                    "id",
                    "resourceType",
                    "used",
                    "hardLimit",
                    "scope",
                    "name",
                    "types",
                    "warnLimit",
                    "softLimit",
                    "description");

    private QuotaMethods() {}

    static Map<String, Method> all() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("Quota/get", QuotaMethods::get);
        all.put("Quota/changes", QuotaMethods::changes);
        all.put("Quota/query", QuotaMethods::query);
        all.put("Quota/queryChanges", QuotaMethods::queryChanges);
        return all;
    }

    private static boolean isThere(Context context) {
        return context.login().quotaOctets() != Long.MAX_VALUE && context.uses(Capabilities.MAIL);
    }

    private static ObjectNode get(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        List<String> ids = Get.ids(args);
        Set<String> properties = Get.properties(args, PROPERTIES);
        args.end();
        if (ids == null) ids = isThere(context) ? List.of(ID) : List.of();
        return Get.answer(
                Ids.account(boxes.account()),
                state,
                ids,
                id -> {
                    if (!id.equals(ID) || !isThere(context)) return null;
                    ObjectNode quota = Api.JSON.createObjectNode();
                    quota.put("id", ID).put("resourceType", "octets");
                    quota.put("used", boxes.usage().octets());
                    quota.put("hardLimit", context.login().quotaOctets());
                    quota.put("scope", "account").put("name", "Mail");
                    quota.putArray("types").add("Email");
                    quota.putNull("warnLimit").putNull("softLimit").putNull("description");
                    return Get.only(quota, properties);
                });
    }

    private static ObjectNode changes(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        Changes.Asked asked = Changes.asked(args, boxes);
        args.end();
        long newest = boxes.modSeq();
        boolean[] used = {false};
        Commit.each(
                boxes,
                asked.since().modSeq(),
                commit -> {
                    used[0] |= !commit.added.isEmpty() || !commit.removed.isEmpty();
                    return !used[0];
                });
        ObjectNode answer = new Changes().answer(boxes, asked, new State(newest, 0), false, 'q');
        if (used[0] && isThere(context)) {
            answer.withArray("updated").add(ID);
            answer.putArray("updatedProperties").add("used");
        } else {
            answer.putNull("updatedProperties");
        }
        return answer;
    }

    /// Whether the one quota is a result.
    private static boolean isResult(Context context, Args args) throws MethodError, IOException {
        FilterTree<Boolean> filter =
                FilterTree.read(args.objectOrNull("filter"), QuotaMethods::condition);
        QueryWindow.sort(args, Set.of("name", "used"), Map.of());
        return isThere(context) && FilterTree.matches(filter, condition -> condition);
    }

    private static boolean condition(ObjectNode condition) throws MethodError {
        boolean all = true;
        for (var member : condition.properties()) {
            String name = member.getKey();
            JsonNode value = member.getValue();
            all &=
                    switch (name) {
                        case "name" -> "mail".contains(Collation.fold(text(name, value)));
                        case "scope" -> text(name, value).equals("account");
                        case "resourceType" -> text(name, value).equals("octets");
                        case "type" -> text(name, value).equals("Email");
                        default ->
                                throw new MethodError(
                                        "unsupportedFilter", "cannot filter by \"" + name + "\"");
                    };
        }
        return all;
    }

    private static String text(String name, JsonNode value) throws MethodError {
        return MailboxQuery.string(name, value);
    }

    private static ObjectNode query(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        QueryWindow.Asked asked = QueryWindow.asked(args);
        boolean result = isResult(context, args);
        args.end();
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account())).put("queryState", state);
        answer.put("canCalculateChanges", true);
        var ids = answer.putArray("ids");
        if (asked.anchor() != null && !(result && asked.anchor().equals(ID))) {
            throw new MethodError("anchorNotFound", "the anchor is no result");
        }
        if (result && asked.limit() != 0 && asked.position() <= 0) ids.add(ID);
        answer.put("position", 0);
        if (asked.calculateTotal()) answer.put("total", result ? 1 : 0);
        return answer;
    }

    private static ObjectNode queryChanges(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        QueryWindow.ChangesAsked asked = QueryWindow.changesAsked(args, boxes);
        boolean result = isResult(context, args);
        args.end();
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        answer.put("oldQueryState", asked.sinceText());
        answer.put("newQueryState", State.of(boxes.modSeq()));
        if (asked.calculateTotal()) answer.put("total", result ? 1 : 0);
        answer.putArray("removed");
        answer.putArray("added");
        return answer;
    }
}
