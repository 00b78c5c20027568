package yubin.jmap;

import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;

/// The arguments of the standard /query that cut a window out of the results, and those of
/// /queryChanges. RFC 8620 §5.5, §5.6.
final class QueryWindow {
    /// Ids of one answer.
    static final int LIMIT_MAX = 10_000;

    private QueryWindow() {}

    /// Ids of results, in their order.
    interface Results {
        int size();

        long id(int index);

        /// Where an id is, -1 when it is not among them.
        default int indexOf(long id) {
            for (int i = 0; i < size(); i++) if (id(i) == id) return i;
            return -1;
        }

        static Results of(long[] ids) {
            return new Results() {
                @Override
                public int size() {
                    return ids.length;
                }

                @Override
                public long id(int index) {
                    return ids[index];
                }
            };
        }
    }

    /// What a call asks for.
    record Asked(
            long position, String anchor, long anchorOffset, long limit, boolean calculateTotal) {}

    static Asked asked(Args args) throws MethodError {
        Asked asked =
                new Asked(
                        args.integer("position", 0),
                        args.stringOrNull("anchor"),
                        args.integer("anchorOffset", 0),
                        args.unsigned("limit", -1),
                        args.bool("calculateTotal", false));
        if (args.get("limit") != null && asked.limit() < 0) {
            throw Args.invalid("\"limit\" must be an UnsignedInt");
        }
        return asked;
    }

    static ObjectNode answer(Boxes boxes, String state, Asked asked, Results results, char type)
            throws MethodError {
        long position = asked.position();
        if (asked.anchor() != null) {
            int anchor = results.indexOf(Ids.number(type, asked.anchor()));
            if (anchor < 0) throw new MethodError("anchorNotFound", "the anchor is no result");
            position = Math.max(0, anchor + asked.anchorOffset());
        } else if (position < 0) {
            position = Math.max(0, results.size() + position);
        }
        long limit = asked.limit() < 0 ? LIMIT_MAX : Math.min(asked.limit(), LIMIT_MAX);
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        answer.put("queryState", state);
        answer.put("canCalculateChanges", true);
        ArrayNode ids = answer.putArray("ids");
        for (long i = position; i < results.size() && ids.size() < limit; i++) {
            ids.add(Ids.of(type, results.id((int) i)));
        }
        answer.put("position", ids.isEmpty() ? Math.min(position, results.size()) : position);
        if (asked.calculateTotal()) answer.put("total", results.size());
        boolean cut = asked.limit() > LIMIT_MAX || asked.limit() < 0 && ids.size() == LIMIT_MAX;
        if (cut) answer.put("limit", LIMIT_MAX);
        return answer;
    }

    /// What a call of /queryChanges asks for.
    record ChangesAsked(
            String sinceText, State since, int max, String upToId, boolean calculateTotal) {}

    static ChangesAsked changesAsked(Args args, Boxes boxes) throws MethodError {
        String text = args.string("sinceQueryState");
        long max = args.unsigned("maxChanges", Integer.MAX_VALUE);
        return new ChangesAsked(
                text,
                Changes.since(text, boxes),
                (int) Math.min(max, Integer.MAX_VALUE),
                args.stringOrNull("upToId"),
                args.bool("calculateTotal", false));
    }

    /// @param state read before the results were
    /// @param changed ids whose place may be another one now, of those that are there or were
    /// @param created those of `changed` that were not there at the old state
    static ObjectNode changes(
            Boxes boxes,
            String state,
            ChangesAsked asked,
            Results results,
            Set<Long> changed,
            Set<Long> created,
            char type)
            throws MethodError {
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        answer.put("oldQueryState", asked.sinceText());
        answer.put("newQueryState", state);
        if (asked.calculateTotal()) answer.put("total", results.size());
        ArrayNode removed = answer.putArray("removed");
        ArrayNode added = answer.putArray("added");
        for (long id : changed) {
            if (!created.contains(id)) removed.add(Ids.of(type, id));
        }
        if (!changed.isEmpty()) {
            for (int i = 0; i < results.size(); i++) {
                long id = results.id(i);
                if (!changed.contains(id)) continue;
                added.addObject().put("id", Ids.of(type, id)).put("index", i);
            }
        }
        if (removed.size() + added.size() > asked.max()) {
            throw new MethodError("tooManyChanges", "more changes than \"maxChanges\"");
        }
        return answer;
    }

    /// The names of a comparator's members, checked. RFC 8620 §5.5.
    record Comparator(String property, boolean isAscending, ObjectNode node) {}

    /// @param supported the properties that can be sorted by
    static List<Comparator> sort(Args args, Set<String> supported, Map<String, String> needs)
            throws MethodError {
        var sort = args.get("sort");
        if (sort == null) return List.of();
        if (!sort.isArray()) throw Args.invalid("\"sort\" must be Comparator[]");
        List<Comparator> comparators = new java.util.ArrayList<>(sort.size());
        for (var item : sort) {
            if (!(item instanceof ObjectNode node) || !node.path("property").isString()) {
                throw Args.invalid("\"sort\" must be Comparator[]");
            }
            String property = node.get("property").stringValue();
            if (!supported.contains(property)) {
                throw new MethodError("unsupportedSort", "cannot sort by \"" + property + "\"");
            }
            var ascending = node.get("isAscending");
            if (ascending != null && !ascending.isBoolean()) {
                throw Args.invalid("\"isAscending\" must be a Boolean");
            }
            var collation = node.get("collation");
            if (collation != null && !collation.isNull()) {
                if (!collation.isString()) throw Args.invalid("\"collation\" must be a String");
                if (!Collation.isKnown(collation.stringValue())) {
                    throw new MethodError("unsupportedSort", "no such collation here");
                }
            }
            String need = needs.get(property);
            if (need != null && !node.path(need).isString()) {
                throw Args.invalid("sorting by \"" + property + "\" wants \"" + need + "\"");
            }
            comparators.add(
                    new Comparator(property, ascending == null || ascending.booleanValue(), node));
        }
        return comparators;
    }
}
