package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Snapshot;
import yubin.store.StoreTrouble;

/// What happened to emails, and with them to threads, since a state. RFC 8621 §4.3, §3.2.
///
/// A window ends when it has as many ids as were asked for, within a commit if it must: the state
/// then says how many of that commit's ids were told, in the order of its log record.
final class EmailChanges {
    private final Boxes boxes;
    private final State since;
    private final int max;
    private final Changes emails = new Changes();
    private final Map<Long, Long> goneThreads = new HashMap<>();
    private final Set<Long> threadsUnknown = new HashSet<>();
    private State reached;
    private boolean more;

    private record Event(long email, Changes.What what) {}

    private EmailChanges(Boxes boxes, State since, int max) {
        this.boxes = boxes;
        this.since = since;
        this.max = max;
    }

    /// Reads the window after `since`.
    static EmailChanges read(Boxes boxes, State since, int max) throws MethodError, StoreTrouble {
        EmailChanges changes = new EmailChanges(boxes, since, max);
        changes.reached = new State(boxes.modSeq(), 0);
        Commit.each(boxes, since.modSeq(), changes::take);
        return changes;
    }

    /// What happened to each email.
    Map<Long, Changes.What> sums() {
        return emails.sums();
    }

    State reached() {
        return reached;
    }

    private boolean take(Commit commit) throws StoreTrouble {
        List<Event> events = events(commit);
        int from = commit.modSeq == since.modSeq() + 1 ? since.told() : 0;
        for (int i = from; i < events.size(); i++) {
            Event event = events.get(i);
            if (event == null) continue;
            boolean isNew = !emails.sums().containsKey(event.email());
            if (isNew && emails.count() >= max) {
                reached = new State(commit.modSeq - 1, i);
                more = true;
                return false;
            }
            switch (event.what()) {
                case CREATED -> emails.created(event.email());
                case UPDATED -> {
                    // What is hidden by now is not there, whatever else happened to it.
                    if (Letter.find(boxes, event.email()) == null) emails.destroyed(event.email());
                    else emails.updated(event.email());
                }
                case DESTROYED -> emails.destroyed(event.email());
            }
        }
        goneThreads.putAll(commit.gone);
        return true;
    }

    /// The events of a commit in the order of its record; null for one that can be told no more.
    private List<Event> events(Commit commit) throws StoreTrouble {
        Set<Long> added = new HashSet<>();
        Set<Long> removed = new HashSet<>();
        for (Commit.Place place : commit.added) added.add(place.email());
        for (Commit.Place place : commit.removed) removed.add(place.email());
        List<Event> events = new ArrayList<>();
        for (Commit.Place place : commit.added) {
            long email = place.email();
            boolean there = removed.contains(email) || commit.kept.contains(email);
            events.add(new Event(email, there ? Changes.What.UPDATED : Changes.What.CREATED));
        }
        for (Commit.Place place : commit.removed) {
            long email = place.email();
            boolean stays = added.contains(email) || commit.kept.contains(email);
            events.add(new Event(email, stays ? Changes.What.UPDATED : Changes.What.DESTROYED));
            if (!stays && !commit.gone.containsKey(email)) threadsUnknown.add(email);
        }
        for (Commit.Place place : commit.flagged) events.add(flagged(place));
        for (long email : commit.hidden) {
            boolean seen = Letter.find(boxes, email) != null;
            events.add(new Event(email, seen ? Changes.What.UPDATED : Changes.What.DESTROYED));
        }
        for (long email : commit.shown) {
            Letter letter = Letter.find(boxes, email);
            boolean elsewhere = letter != null && letter.mailboxes().size() > 1;
            events.add(new Event(email, elsewhere ? Changes.What.UPDATED : Changes.What.CREATED));
        }
        return events;
    }

    /// The log names the place; who lies there now has not moved since.
    private Event flagged(Commit.Place place) throws StoreTrouble {
        if (boxes.mailbox(place.mailbox()).isEmpty()) return null;
        Snapshot now = boxes.view(place.mailbox()).now();
        int index = now.indexOf(place.uid());
        return index < 0 ? null : new Event(now.emailId(index), Changes.What.UPDATED);
    }

    /// `Email/changes`.
    static ObjectNode emails(Boxes boxes, Changes.Asked asked) throws MethodError, IOException {
        EmailChanges changes = read(boxes, asked.since(), asked.max());
        return changes.emails.answer(boxes, asked, changes.reached, changes.more, 'e');
    }

    /// `Thread/changes`: a thread changes with what is in it, not with its flags.
    static ObjectNode threads(Boxes boxes, Changes.Asked asked) throws MethodError, IOException {
        EmailChanges window = read(boxes, asked.since(), asked.max());
        Map<Long, Set<Long>> created = new LinkedHashMap<>();
        Set<Long> lost = new HashSet<>();
        for (var sum : window.sums().entrySet()) {
            long email = sum.getKey();
            if (sum.getValue() == Changes.What.UPDATED) continue;
            long thread = window.thread(email);
            if (thread == 0) continue;
            Set<Long> here = created.computeIfAbsent(thread, t -> new HashSet<>());
            if (sum.getValue() == Changes.What.CREATED) here.add(email);
            else lost.add(thread);
        }
        Changes threads = new Changes();
        for (var entry : created.entrySet()) {
            long thread = entry.getKey();
            boolean before = lost.contains(thread);
            boolean now = false;
            for (long email : boxes.threadEmails(thread)) {
                if (Letter.find(boxes, email) == null) continue;
                now = true;
                if (!entry.getValue().contains(email)) before = true;
            }
            if (now && before) threads.updated(thread);
            else if (now) threads.created(thread);
            else if (before) threads.destroyed(thread);
        }
        return threads.answer(boxes, asked, window.reached, window.more, 't');
    }

    /// The thread of an email of this window; 0 when nobody knows it any more.
    long threadOrZero(long email) throws StoreTrouble {
        Long gone = goneThreads.get(email);
        if (gone != null) return gone;
        var record = boxes.email(email);
        return record == null ? 0 : record.thread();
    }

    /// The thread of an email of this window; 0 when it will be told with a later change.
    private long thread(long email) throws StoreTrouble, MethodError {
        Long gone = goneThreads.get(email);
        if (gone != null) return gone;
        var record = boxes.email(email);
        if (record != null) return record.thread();
        if (threadsUnknown.contains(email)) {
            throw new MethodError(
                    "cannotCalculateChanges", "an earlier version did not note the thread");
        }
        return 0;
    }
}
