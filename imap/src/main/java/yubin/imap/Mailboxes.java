package yubin.imap;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import yubin.imap.ImapCommand.ListReturn;
import yubin.imap.ImapCommand.ListSelect;
import yubin.imap.ImapCommand.StatusItem;
import yubin.store.Boxes;
import yubin.store.Mailbox;
import yubin.store.MailboxView;
import yubin.store.Role;
import yubin.store.Snapshot;
import yubin.store.StoreTrouble;

/// Commands about mailboxes by name. RFC 3501 §6.3, RFC 5258 §3, RFC 6154 §3, RFC 9208 §4.1.
final class Mailboxes {
    private final ImapSession session;
    private final Out out;

    Mailboxes(ImapSession session) {
        this.session = session;
        this.out = session.out();
    }

    /// Opens a mailbox for SELECT or EXAMINE; null when there is none.
    Selected open(String name, boolean readOnly) throws StoreTrouble {
        Place place = session.place(name);
        Optional<Mailbox> mailbox = place.boxes().find(name);
        if (mailbox.isEmpty()) return null;
        MailboxView view = place.boxes().view(mailbox.get().id());
        return new Selected(place, mailbox.get().id(), view, readOnly);
    }

    /// RFC 3501 §6.3.3. A mailbox that bears the name of a special use gets that use, when no other
    /// has it: many clients make `Sent` by themselves and never say what it is for.
    Answer create(ImapCommand.Create create) throws StoreTrouble {
        Boxes boxes = session.place(create.mailbox()).boxes();
        Role role = null;
        for (String use : create.uses()) {
            Role asked = null;
            for (Role each : Role.values()) {
                if (use.equalsIgnoreCase(each.attribute())) asked = each;
            }
            if (asked == null) return Answer.no("USEATTR", "This special use is not known here");
            if (role != null) return Answer.no("USEATTR", "A mailbox has one special use here");
            if (boxes.role(asked).isPresent()) {
                return Answer.no("USEATTR", "Another mailbox has this special use");
            }
            role = asked;
        }
        if (boxes.find(create.mailbox()).isPresent()) {
            return Answer.no("ALREADYEXISTS", "There is such a mailbox");
        }
        if (create.uses().isEmpty()) {
            for (Role each : Role.values()) {
                boolean named = create.mailbox().equalsIgnoreCase(each.mailboxName());
                if (named && boxes.role(each).isEmpty()) role = each;
            }
        }
        boxes.create(create.mailbox(), role);
        return Answer.ok("Created");
    }

    /// RFC 3501 §6.3.4.
    Answer delete(String name) throws StoreTrouble {
        Boxes boxes = session.place(name).boxes();
        Optional<Mailbox> mailbox = boxes.find(name);
        if (mailbox.isEmpty()) return nonexistent();
        boxes.delete(mailbox.get().id());
        return Answer.ok("Deleted");
    }

    private static Answer nonexistent() {
        return Answer.no("NONEXISTENT", "There is no such mailbox");
    }

    /// RFC 3501 §6.3.5.
    Answer rename(String from, String to) throws StoreTrouble {
        Boxes boxes = session.place(from).boxes();
        Optional<Mailbox> mailbox = boxes.find(from);
        if (mailbox.isEmpty()) return nonexistent();
        if (boxes.find(to).isPresent()) {
            return Answer.no("ALREADYEXISTS", "There is a mailbox of that name");
        }
        boxes.rename(mailbox.get().id(), to);
        return Answer.ok("Renamed");
    }

    /// RFC 3501 §6.3.6, §6.3.7. Only mailboxes that are there can be subscribed to.
    Answer subscribe(ImapCommand.Subscribe subscribe) throws StoreTrouble {
        Boxes boxes = session.place(subscribe.mailbox()).boxes();
        Optional<Mailbox> mailbox = boxes.find(subscribe.mailbox());
        if (mailbox.isEmpty()) {
            return subscribe.subscribe() ? nonexistent() : Answer.ok("It was not subscribed to");
        }
        if (mailbox.get().subscribed() != subscribe.subscribe()) {
            boxes.subscribe(mailbox.get().id(), subscribe.subscribe());
        }
        return Answer.ok("Done");
    }

    /// The mailboxes of the login. An account that has only its inbox gets those for special uses
    /// now, so that a new client finds them all.
    private List<Mailbox> own() throws StoreTrouble {
        Boxes boxes = session.place("").boxes();
        List<Mailbox> all = boxes.mailboxes();
        if (all.size() > 1) return all;
        for (Role role : Role.values()) {
            int id = boxes.ensure(role).id();
            if (role != Role.INBOX) boxes.subscribe(id, true);
        }
        return boxes.mailboxes();
    }

    /// LIST, simple or extended. RFC 3501 §6.3.8, RFC 5258 §3, RFC 5819 §2, RFC 6154 §2.
    Answer list(ImapCommand.ListMailboxes list) throws StoreTrouble {
        boolean simple =
                list.selection().isEmpty()
                        && list.returns().isEmpty()
                        && list.status() == null
                        && list.patterns().size() == 1;
        if (simple && list.patterns().getFirst().isEmpty()) {
            // The one question about the separator.
            out.ascii("* LIST (\\Noselect) \"/\" \"\"\r\n");
            return Answer.ok("That is all");
        }
        List<ListPattern> patterns = new ArrayList<>();
        for (String pattern : list.patterns()) {
            patterns.add(new ListPattern(list.reference(), pattern));
        }
        List<Mailbox> all = own();
        Set<Integer> parents = new HashSet<>();
        for (Mailbox mailbox : all) parents.add(mailbox.parent());
        boolean onlySubscribed = list.selection().contains(ListSelect.SUBSCRIBED);
        boolean onlySpecial = list.selection().contains(ListSelect.SPECIAL_USE);
        boolean recursive = list.selection().contains(ListSelect.RECURSIVEMATCH);
        boolean tellSubscribed = onlySubscribed || list.returns().contains(ListReturn.SUBSCRIBED);
        for (Mailbox mailbox : all) {
            if (patterns.stream().noneMatch(pattern -> pattern.matches(mailbox.path()))) continue;
            boolean selected =
                    (!onlySubscribed || mailbox.subscribed())
                            && (!onlySpecial || attribute(mailbox) != null);
            boolean below = recursive && anyBelow(all, mailbox, onlySubscribed);
            if (!selected && !below) continue;
            out.ascii("* LIST (");
            out.ascii(parents.contains(mailbox.id()) ? "\\HasChildren" : "\\HasNoChildren");
            if (tellSubscribed && mailbox.subscribed()) out.ascii(" \\Subscribed");
            if (attribute(mailbox) != null) out.octet(' ').ascii(attribute(mailbox));
            out.ascii(") \"/\" ");
            name(mailbox.path());
            if (below && onlySubscribed) out.ascii(" (CHILDINFO (\"SUBSCRIBED\"))");
            out.crlf();
            if (selected && list.status() != null) status(mailbox, list.status());
        }
        return Answer.ok("That is all");
    }

    private static String attribute(Mailbox mailbox) {
        return mailbox.role() == null ? null : mailbox.role().attribute();
    }

    private static boolean anyBelow(List<Mailbox> all, Mailbox above, boolean subscribed) {
        String start = above.path() + Mailbox.SEPARATOR;
        for (Mailbox mailbox : all) {
            boolean fits = subscribed ? mailbox.subscribed() : attribute(mailbox) != null;
            if (fits && mailbox.path().startsWith(start)) return true;
        }
        return false;
    }

    private void name(String path) {
        out.string(MailboxName.encode(path, session.utf8()), session.utf8());
    }

    /// RFC 3501 §6.3.9: with `%`, a level that is not subscribed to stands for those below it that
    /// are.
    Answer lsub(String reference, String pattern) throws StoreTrouble {
        ListPattern wanted = new ListPattern(reference, pattern);
        Set<String> told = new HashSet<>();
        for (Mailbox mailbox : own()) {
            if (!mailbox.subscribed()) continue;
            String path = mailbox.path();
            if (wanted.matches(path)) {
                if (told.add(path)) lsubLine("()", path);
                continue;
            }
            int end = path.lastIndexOf(Mailbox.SEPARATOR);
            for (; end > 0; end = path.lastIndexOf(Mailbox.SEPARATOR, end - 1)) {
                String above = path.substring(0, end);
                boolean subscribed =
                        session.place(above)
                                .boxes()
                                .find(above)
                                .map(Mailbox::subscribed)
                                .orElse(false);
                if (!subscribed && wanted.matches(above) && told.add(above)) {
                    lsubLine("(\\Noselect)", above);
                }
            }
        }
        return Answer.ok("That is all");
    }

    private void lsubLine(String attributes, String path) {
        out.ascii("* LSUB ").ascii(attributes).ascii(" \"/\" ");
        name(path);
        out.crlf();
    }

    /// RFC 2342 §5: one personal namespace, none of others yet.
    Answer namespace() {
        out.ascii("* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n");
        return Answer.ok("That is all");
    }

    /// RFC 3501 §6.3.10.
    Answer status(ImapCommand.Status status) throws StoreTrouble {
        Optional<Mailbox> mailbox = session.place(status.mailbox()).boxes().find(status.mailbox());
        if (mailbox.isEmpty()) return nonexistent();
        status(mailbox.get(), status.items());
        return Answer.ok("That is all");
    }

    /// All but RECENT stand in the mailbox record: a large mailbox costs no more than a small one.
    private void status(Mailbox mailbox, List<StatusItem> items) throws StoreTrouble {
        int recent = items.contains(StatusItem.RECENT) ? recent(mailbox) : 0;
        out.ascii("* STATUS ");
        name(mailbox.path());
        out.ascii(" (");
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) out.octet(' ');
            out.ascii(items.get(i).name()).octet(' ');
            switch (items.get(i)) {
                case MESSAGES -> out.number(mailbox.messages());
                case RECENT -> out.number(recent);
                case UIDNEXT -> out.unsigned(mailbox.uidNext());
                case UIDVALIDITY -> out.unsigned(mailbox.uidValidity());
                case UNSEEN -> out.number(mailbox.unseen());
                case DELETED -> out.number(mailbox.deleted());
                case SIZE -> out.number(mailbox.octets());
                case HIGHESTMODSEQ -> out.number(mailbox.highestModSeq());
                case APPENDLIMIT -> out.number(session.server().settings().messageOctetsMax());
            }
        }
        out.ascii(")\r\n");
    }

    private int recent(Mailbox mailbox) throws StoreTrouble {
        MailboxView view = session.place(mailbox.path()).boxes().view(mailbox.id());
        Snapshot now = view.now();
        return now.count() - now.indexFrom(view.recentFrom(false));
    }

    /// RFC 9208 §4.1.1. One root, with an empty name, holds all mailboxes of an account.
    Answer quota(String root) {
        if (!root.isEmpty()) return Answer.no("NONEXISTENT", "There is no such quota root");
        quotaLine(session.place(""));
        return Answer.ok("That is all");
    }

    /// RFC 9208 §4.1.2.
    Answer quotaRoot(String name) {
        Place place = session.place(name);
        if (place.boxes().find(name).isEmpty()) return nonexistent();
        out.ascii("* QUOTAROOT ");
        name(name);
        out.ascii(" \"\"\r\n");
        quotaLine(place);
        return Answer.ok("That is all");
    }

    /// STORAGE counts in units of 1024 octets, RFC 9208 §5.1.
    private void quotaLine(Place place) {
        out.ascii("* QUOTA \"\" (");
        if (place.quotaOctets() != Long.MAX_VALUE) {
            long used = place.boxes().usage().octets();
            out.ascii("STORAGE ").number((used + 1023) / 1024).octet(' ');
            out.number(place.quotaOctets() / 1024);
        }
        out.ascii(")\r\n");
    }
}
