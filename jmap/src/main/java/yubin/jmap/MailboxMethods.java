package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Mailbox;
import yubin.store.Role;
import yubin.store.Snapshot;
import yubin.store.StoreTrouble;

/// Mailbox/get and Mailbox/changes. RFC 8621 §2.1, §2.2.
final class MailboxMethods {
    static final List<String> COUNTS =
            List.of("totalEmails", "unreadEmails", "totalThreads", "unreadThreads");

    static final Set<String> PROPERTIES =
            Set.of(
                    "id",
                    "name",
                    "parentId",
                    "role",
                    "sortOrder",
                    "totalEmails",
                    "unreadEmails",
                    "totalThreads",
                    "unreadThreads",
                    "myRights",
                    "isSubscribed");

    private final MailboxCounts counts;

    MailboxMethods(MailboxCounts counts) {
        this.counts = counts;
    }

    Map<String, Method> all() {
        return Map.of("Mailbox/get", this::get, "Mailbox/changes", this::changes);
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
            for (Mailbox mailbox : boxes.mailboxes()) ids.add(Ids.of('m', mailbox.id()));
        }
        boolean counted =
                properties == null || COUNTS.stream().anyMatch(count -> properties.contains(count));
        Map<Integer, MailboxCounts.Counts> all = counted ? counts.of(boxes) : Map.of();
        return Get.answer(
                Ids.account(boxes.account()),
                state,
                ids,
                id -> {
                    Mailbox mailbox = find(boxes, id);
                    if (mailbox == null) return null;
                    ObjectNode json = json(mailbox);
                    var count = all.getOrDefault(mailbox.id(), MailboxCounts.Counts.NONE);
                    json.put("totalEmails", count.emails());
                    json.put("unreadEmails", count.unreadEmails());
                    json.put("totalThreads", count.threads());
                    json.put("unreadThreads", count.unreadThreads());
                    return Get.only(json, properties);
                });
    }

    /// Null when there is none.
    static Mailbox find(Boxes boxes, String id) {
        long number = Ids.number('m', id);
        if (number == 0 || number > Integer.MAX_VALUE) return null;
        return boxes.mailbox((int) number).orElse(null);
    }

    /// All properties but the counts.
    static ObjectNode json(Mailbox mailbox) {
        boolean inbox = mailbox.role() == Role.INBOX;
        ObjectNode json = Api.JSON.createObjectNode();
        json.put("id", Ids.of('m', mailbox.id()));
        json.put("name", mailbox.name());
        json.put("parentId", mailbox.parent() == 0 ? null : Ids.of('m', mailbox.parent()));
        json.put("role", role(mailbox.role()));
        json.put("sortOrder", mailbox.sortOrder());
        json.putObject("myRights")
                .put("mayReadItems", true)
                .put("mayAddItems", true)
                .put("mayRemoveItems", true)
                .put("maySetSeen", true)
                .put("maySetKeywords", true)
                .put("mayCreateChild", true)
                .put("mayRename", !inbox)
                .put("mayDelete", !inbox)
                .put("maySubmit", true);
        json.put("isSubscribed", mailbox.subscribed());
        return json;
    }

    static String role(Role role) {
        return role == null ? null : role.name().toLowerCase(Locale.ROOT);
    }

    private ObjectNode changes(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        Changes.Asked asked = Changes.asked(args, boxes);
        args.end();
        Changes changes = new Changes();
        boolean[] onlyCounts = {true};
        State[] reached = {new State(boxes.modSeq(), 0)};
        boolean[] more = {false};
        long[] last = {asked.since().modSeq()};
        Commit.each(
                boxes,
                asked.since().modSeq(),
                commit -> {
                    Set<Integer> counted = counted(boxes, commit);
                    Set<Long> ids = new HashSet<>(changes.sums().keySet());
                    for (Commit.Thing thing : commit.mailboxes) ids.add(thing.id());
                    for (int mailbox : counted) ids.add((long) mailbox);
                    if (ids.size() > asked.max()) {
                        if (last[0] == asked.since().modSeq()) throw Changes.tooMany();
                        reached[0] = new State(last[0], 0);
                        more[0] = true;
                        return false;
                    }
                    for (int mailbox : counted) changes.updated(mailbox);
                    for (Commit.Thing thing : commit.mailboxes) {
                        changes.thing(thing);
                        onlyCounts[0] = false;
                    }
                    last[0] = commit.modSeq;
                    return true;
                });
        ObjectNode answer = changes.answer(boxes, asked, reached[0], more[0], 'm');
        if (changes.sums().isEmpty() || !onlyCounts[0]) {
            answer.putNull("updatedProperties");
        } else {
            ArrayNode properties = answer.putArray("updatedProperties");
            COUNTS.forEach(properties::add);
        }
        return answer;
    }

    /// The mailboxes whose counters a commit may have changed: those that it names, and those that
    /// hold an email of the same thread, for their unread threads.
    private static Set<Integer> counted(Boxes boxes, Commit commit) throws StoreTrouble {
        Set<Integer> counted = new java.util.TreeSet<>();
        Set<Long> emails = new HashSet<>(commit.gone.keySet());
        for (Commit.Place place : commit.added) {
            counted.add(place.mailbox());
            emails.add(place.email());
        }
        for (Commit.Place place : commit.removed) {
            counted.add(place.mailbox());
            emails.add(place.email());
        }
        for (Commit.Place place : commit.flagged) {
            counted.add(place.mailbox());
            if (boxes.mailbox(place.mailbox()).isEmpty()) continue;
            Snapshot now = boxes.view(place.mailbox()).now();
            int index = now.indexOf(place.uid());
            if (index >= 0) emails.add(now.emailId(index));
        }
        Map<Long, Boolean> threads = new LinkedHashMap<>();
        for (long email : emails) {
            Long gone = commit.gone.get(email);
            Email record = gone == null ? boxes.email(email) : null;
            if (gone == null && record == null) continue;
            long thread = gone != null ? gone : record.thread();
            if (threads.put(thread, true) != null) continue;
            for (long other : boxes.threadEmails(thread)) {
                Email record2 = emails.contains(other) ? null : boxes.email(other);
                if (record2 == null) continue;
                for (Email.Place place : record2.places()) counted.add(place.mailbox());
            }
        }
        for (Commit.Thing thing : commit.mailboxes) counted.remove((int) thing.id());
        counted.removeIf(mailbox -> boxes.mailbox(mailbox).isEmpty());
        return counted;
    }
}
