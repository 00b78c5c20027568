package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Mailbox;

/// Mailbox/query and Mailbox/queryChanges. RFC 8621 §2.3, §2.4.
final class MailboxQuery {
    private static final Set<String> SORTS = Set.of("sortOrder", "name");

    private MailboxQuery() {}

    static ObjectNode query(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        QueryWindow.Asked asked = QueryWindow.asked(args);
        long[] results = results(boxes, args);
        args.end();
        return QueryWindow.answer(boxes, state, asked, QueryWindow.Results.of(results), 'm');
    }

    static ObjectNode queryChanges(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        QueryWindow.ChangesAsked asked = QueryWindow.changesAsked(args, boxes);
        long[] results = results(boxes, args);
        args.end();
        // With its place in the tree a mailbox may take others along.
        Changes changes = new Changes();
        Commit.each(
                boxes,
                asked.since().modSeq(),
                commit -> {
                    commit.mailboxes.forEach(changes::thing);
                    return true;
                });
        Set<Long> created = new HashSet<>();
        Set<Long> changed = new HashSet<>(changes.sums().keySet());
        changes.sums()
                .forEach(
                        (id, what) -> {
                            if (what == Changes.What.CREATED) created.add(id);
                        });
        if (!changed.isEmpty()) {
            for (Mailbox mailbox : boxes.mailboxes()) {
                if (liesUnder(boxes, mailbox, changed)) changed.add((long) mailbox.id());
            }
        }
        return QueryWindow.changes(
                boxes, state, asked, QueryWindow.Results.of(results), changed, created, 'm');
    }

    private static boolean liesUnder(Boxes boxes, Mailbox mailbox, Set<Long> changed) {
        Mailbox at = mailbox;
        for (int depth = 0; depth <= Boxes.DEPTH_MAX && at != null && at.parent() != 0; depth++) {
            if (changed.contains((long) at.parent())) return true;
            at = boxes.mailbox(at.parent()).orElse(null);
        }
        return false;
    }

    private static long[] results(Boxes boxes, Args args) throws MethodError, IOException {
        FilterTree<Predicate<Mailbox>> filter =
                FilterTree.read(args.objectOrNull("filter"), MailboxQuery::condition);
        boolean sortAsTree = args.bool("sortAsTree", false);
        boolean filterAsTree = args.bool("filterAsTree", false);
        Comparator<Mailbox> order = order(QueryWindow.sort(args, SORTS, Map.of()));
        List<Mailbox> all = boxes.mailboxes();
        Map<Integer, Mailbox> matching = new HashMap<>();
        for (Mailbox mailbox : all) {
            if (FilterTree.matches(filter, condition -> condition.test(mailbox))) {
                matching.put(mailbox.id(), mailbox);
            }
        }
        List<Mailbox> results = new ArrayList<>();
        for (Mailbox mailbox : sortAsTree ? tree(all, order) : sorted(all, order)) {
            if (!matching.containsKey(mailbox.id())) continue;
            if (filterAsTree && !hasAncestors(mailbox, matching)) continue;
            results.add(mailbox);
        }
        return results.stream().mapToLong(Mailbox::id).toArray();
    }

    private static boolean hasAncestors(Mailbox mailbox, Map<Integer, Mailbox> matching) {
        Mailbox at = mailbox;
        for (int depth = 0; depth <= Boxes.DEPTH_MAX && at.parent() != 0; depth++) {
            at = matching.get(at.parent());
            if (at == null) return false;
        }
        return true;
    }

    private static List<Mailbox> sorted(List<Mailbox> all, Comparator<Mailbox> order) {
        List<Mailbox> sorted = new ArrayList<>(all);
        sorted.sort(order);
        return sorted;
    }

    private static List<Mailbox> tree(List<Mailbox> all, Comparator<Mailbox> order) {
        Map<Integer, List<Mailbox>> children = new HashMap<>();
        for (Mailbox mailbox : sorted(all, order)) {
            children.computeIfAbsent(mailbox.parent(), id -> new ArrayList<>()).add(mailbox);
        }
        List<Mailbox> flat = new ArrayList<>(all.size());
        append(flat, children, 0);
        return flat;
    }

    private static void append(
            List<Mailbox> flat, Map<Integer, List<Mailbox>> children, int parent) {
        for (Mailbox child : children.getOrDefault(parent, List.of())) {
            flat.add(child);
            append(flat, children, child.id());
        }
    }

    private static Comparator<Mailbox> order(List<QueryWindow.Comparator> comparators) {
        Comparator<Mailbox> order = (a, b) -> 0;
        for (QueryWindow.Comparator comparator : comparators) {
            String collation = comparator.node().path("collation").asString(null);
            Comparator<Mailbox> next =
                    comparator.property().equals("name")
                            ? Comparator.comparing(
                                    mailbox -> Collation.key(collation, mailbox.name()))
                            : Comparator.comparingInt(Mailbox::sortOrder);
            order = order.thenComparing(comparator.isAscending() ? next : next.reversed());
        }
        return order.thenComparingInt(Mailbox::id);
    }

    private static Predicate<Mailbox> condition(ObjectNode condition) throws MethodError {
        Predicate<Mailbox> all = mailbox -> true;
        for (var member : condition.properties()) {
            all = all.and(condition(member.getKey(), member.getValue()));
        }
        return all;
    }

    private static Predicate<Mailbox> condition(String name, JsonNode value) throws MethodError {
        switch (name) {
            case "parentId" -> {
                if (value.isNull()) return mailbox -> mailbox.parent() == 0;
                long parent = Ids.number('m', string(name, value));
                return mailbox -> mailbox.parent() == parent && parent != 0;
            }
            case "name" -> {
                String wanted = Collation.fold(string(name, value));
                return mailbox -> Collation.fold(mailbox.name()).contains(wanted);
            }
            case "role" -> {
                if (value.isNull()) return mailbox -> mailbox.role() == null;
                String role = string(name, value);
                return mailbox -> role.equals(MailboxMethods.role(mailbox.role()));
            }
            case "hasAnyRole" -> {
                boolean wanted = bool(name, value);
                return mailbox -> (mailbox.role() != null) == wanted;
            }
            case "isSubscribed" -> {
                boolean wanted = bool(name, value);
                return mailbox -> mailbox.subscribed() == wanted;
            }
            default ->
                    throw new MethodError("unsupportedFilter", "cannot filter by \"" + name + "\"");
        }
    }

    static String string(String name, JsonNode value) throws MethodError {
        if (!value.isString()) throw Args.invalid("\"" + name + "\" must be a String");
        return value.stringValue();
    }

    static boolean bool(String name, JsonNode value) throws MethodError {
        if (!value.isBoolean()) throw Args.invalid("\"" + name + "\" must be a Boolean");
        return value.booleanValue();
    }
}
