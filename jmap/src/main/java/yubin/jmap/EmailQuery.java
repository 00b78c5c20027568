package yubin.jmap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;
import yubin.mail.AccountId;
import yubin.store.Boxes;

/// Email/query and Email/queryChanges. RFC 8621 §4.4, §4.5.
///
/// The results of a query are kept until the account changes: paging through a list, and asking for
/// it again, costs nothing. What must read messages (words in bodies) reads all of them that the
/// other conditions leave.
final class EmailQuery {
    static final List<String> SORTS =
            List.of(
                    "receivedAt",
                    "sentAt",
                    "size",
                    "from",
                    "to",
                    "subject",
                    "hasKeyword",
                    "allInThreadHaveKeyword",
                    "someInThreadHaveKeyword");

    private static final Map<String, String> NEEDS =
            Map.of(
                    "hasKeyword",
                    "keyword",
                    "allInThreadHaveKeyword",
                    "keyword",
                    "someInThreadHaveKeyword",
                    "keyword");

    /// Ids in all results that are kept.
    private static final long KEPT_IDS_MAX = 4_000_000;

    private final Office office;
    private final Cache<Key, long[]> kept =
            Caffeine.newBuilder()
                    .maximumWeight(KEPT_IDS_MAX)
                    .weigher((Key key, long[] ids) -> 32 + ids.length)
                    .executor(Runnable::run)
                    .build();

    private record Key(AccountId account, long modSeq, String query, boolean collapsed) {}

    /// A query that was read.
    private record Query(
            FilterTree<EmailFilter> filter,
            List<QueryWindow.Comparator> sort,
            boolean collapseThreads,
            String text) {}

    EmailQuery(Office office) {
        this.office = office;
    }

    ObjectNode query(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        long modSeq = boxes.modSeq();
        QueryWindow.Asked asked = QueryWindow.asked(args);
        Query query = read(boxes, args);
        args.end();
        long[] ids = results(boxes, modSeq, query);
        ObjectNode answer =
                QueryWindow.answer(
                        boxes, State.of(modSeq), asked, QueryWindow.Results.of(ids), 'e');
        if (args.get("collapseThreads") != null) {
            answer.put("collapseThreads", query.collapseThreads());
        }
        return answer;
    }

    ObjectNode queryChanges(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        long modSeq = boxes.modSeq();
        QueryWindow.ChangesAsked asked = QueryWindow.changesAsked(args, boxes);
        Query query = read(boxes, args);
        args.end();
        Set<Long> created = new HashSet<>();
        Set<Long> changed = new HashSet<>();
        EmailChanges window = EmailChanges.read(boxes, asked.since(), Integer.MAX_VALUE);
        window.sums()
                .forEach(
                        (id, what) -> {
                            changed.add(id);
                            if (what == Changes.What.CREATED) created.add(id);
                        });
        // What else is in a thread may be shown in place of what changed, or match by it.
        if (query.collapseThreads()
                || FilterTree.conditions(query.filter()).stream().anyMatch(EmailQuery::asksThread)
                || sortsByThread(query)) {
            for (long id : Set.copyOf(changed)) {
                long thread = window.threadOrZero(id);
                if (thread == 0) continue;
                for (long other : boxes.threadEmails(thread)) changed.add(other);
            }
        }
        long[] ids = results(boxes, modSeq, query);
        ObjectNode answer =
                QueryWindow.changes(
                        boxes,
                        State.of(modSeq),
                        asked,
                        QueryWindow.Results.of(ids),
                        changed,
                        created,
                        'e');
        if (args.get("collapseThreads") != null) {
            answer.put("collapseThreads", query.collapseThreads());
        }
        return answer;
    }

    private static boolean asksThread(EmailFilter filter) {
        return switch (filter) {
            case EmailFilter.ThreadKeyword _ -> true;
            case EmailFilter.Each(var filters) -> filters.stream().anyMatch(EmailQuery::asksThread);
            default -> false;
        };
    }

    private static boolean sortsByThread(Query query) {
        return query.sort().stream().anyMatch(by -> by.property().contains("InThread"));
    }

    private static Query read(Boxes boxes, Args args) throws MethodError, IOException {
        ObjectNode filter = args.objectOrNull("filter");
        FilterTree<EmailFilter> tree =
                FilterTree.read(filter, condition -> EmailFilter.read(boxes, condition));
        List<QueryWindow.Comparator> sort = QueryWindow.sort(args, Set.copyOf(SORTS), NEEDS);
        boolean collapse = args.bool("collapseThreads", false);
        return new Query(tree, sort, collapse, filter + " " + args.get("sort"));
    }

    /// The ids of a query, in order.
    ///
    /// @param modSeq of the account before anything was read
    private long[] results(Boxes boxes, long modSeq, Query query) throws IOException {
        Key key = new Key(boxes.account(), modSeq, query.text(), query.collapseThreads());
        long[] known = kept.getIfPresent(key);
        if (known != null) return known;
        Sweep sweep = sweep(boxes, query.filter());
        EmailMatch match = new EmailMatch(boxes, office, sweep);
        int[] found = new int[sweep.count];
        int count = 0;
        for (int i = 0; i < sweep.count; i++) {
            if (match.matches(query.filter(), i)) found[count++] = i;
        }
        int[] order = EmailOrder.sort(match, query.sort(), Arrays.copyOf(found, count));
        long[] ids =
                query.collapseThreads()
                        ? collapsed(boxes, sweep, order)
                        : Arrays.stream(order).mapToLong(i -> sweep.emails[i]).toArray();
        kept.put(key, ids);
        return ids;
    }

    /// The one mailbox that all results must be in, where no other is asked about; else everything.
    private static Sweep sweep(Boxes boxes, FilterTree<EmailFilter> filter) throws IOException {
        Set<Integer> asked = new HashSet<>();
        boolean others = false;
        for (EmailFilter condition : FilterTree.conditions(filter)) {
            for (EmailFilter each :
                    condition instanceof EmailFilter.Each(var filters)
                            ? filters
                            : List.of(condition)) {
                if (each instanceof EmailFilter.InMailbox(int mailbox)) asked.add(mailbox);
                if (each instanceof EmailFilter.InOtherThan) others = true;
            }
        }
        int only = others || asked.size() != 1 ? 0 : required(filter);
        return only == 0 ? Sweep.all(boxes) : Sweep.of(boxes, only);
    }

    /// The mailbox that a filter demands at its top; 0 for none.
    private static int required(FilterTree<EmailFilter> filter) {
        return switch (filter) {
            case FilterTree.Condition<EmailFilter>(EmailFilter.InMailbox(int mailbox)) -> mailbox;
            case FilterTree.Condition<EmailFilter>(EmailFilter.Each(var filters)) -> {
                for (EmailFilter each : filters) {
                    if (each instanceof EmailFilter.InMailbox(int mailbox)) yield mailbox;
                }
                yield 0;
            }
            case FilterTree.And<EmailFilter>(var parts) -> {
                for (FilterTree<EmailFilter> part : parts) {
                    int mailbox = required(part);
                    if (mailbox != 0) yield mailbox;
                }
                yield 0;
            }
            case null, default -> 0;
        };
    }

    /// The first email of each thread.
    private long[] collapsed(Boxes boxes, Sweep sweep, int[] order) throws IOException {
        Catalog catalog = office.catalogs().of(boxes);
        BitSet seen = new BitSet();
        long[] ids = new long[order.length];
        int count = 0;
        for (int i : order) {
            int thread = catalog.thread(sweep.emails[i]);
            if (seen.get(thread)) continue;
            seen.set(thread);
            ids[count++] = sweep.emails[i];
        }
        return Arrays.copyOf(ids, count);
    }
}
