package yubin.imap;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import yubin.imap.ImapCommand.ListReturn;
import yubin.imap.ImapCommand.ListSelect;
import yubin.imap.ImapCommand.Resync;
import yubin.imap.ImapCommand.StatusItem;

/// Reads the arguments of commands about mailboxes by name. RFC 3501 §9, RFC 5258 §6.
final class MailboxParser {
    /// Patterns, options and uses of one command.
    private static final int LIST_MAX = 200;

    private final Cursor in;
    private final boolean utf8;

    MailboxParser(Cursor in, boolean utf8) {
        this.in = in;
        this.utf8 = utf8;
    }

    String mailbox() throws Cursor.Unreadable {
        int at = in.at();
        String name = MailboxName.decode(in.astring(), utf8);
        if (name == null) throw new Cursor.Unreadable("no mailbox name", at);
        // INBOX in any case is one name, also above others (RFC 3501 §5.1).
        boolean inbox =
                name.regionMatches(true, 0, "INBOX", 0, 5)
                        && (name.length() == 5 || name.charAt(5) == '/');
        return inbox ? "INBOX" + name.substring(5) : name;
    }

    String lastMailbox() throws Cursor.Unreadable {
        String mailbox = mailbox();
        in.finish();
        return mailbox;
    }

    String onlyMailbox() throws Cursor.Unreadable {
        in.space();
        return lastMailbox();
    }

    /// `select = "SELECT" SP mailbox [select-params]`, RFC 7162 §7.
    ImapCommand select(boolean readOnly) throws Cursor.Unreadable {
        in.space();
        String mailbox = mailbox();
        boolean condstore = false;
        Resync resync = null;
        if (in.take(' ')) {
            in.expect('(');
            do {
                int at = in.at();
                switch (in.word()) {
                    case "CONDSTORE" -> condstore = true;
                    case "QRESYNC" -> resync = resync();
                    default -> throw new Cursor.Unreadable("unknown select parameter", at);
                }
            } while (in.take(' '));
            in.expect(')');
        }
        in.finish();
        return new ImapCommand.Select(mailbox, readOnly, condstore, resync);
    }

    /// `"QRESYNC" SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"`
    private Resync resync() throws Cursor.Unreadable {
        in.space();
        in.expect('(');
        long uidValidity = in.nzNumber();
        in.space();
        long modSeq = in.number();
        SequenceSet known = null;
        SequenceSet sequences = null;
        SequenceSet uids = null;
        if (in.take(' ')) {
            if (in.peek() != '(') {
                known = closedSet();
                if (in.take(' ') && in.peek() != '(') throw in.bad("expected '('");
            }
            if (in.take('(')) {
                sequences = closedSet();
                in.space();
                uids = closedSet();
                in.expect(')');
            }
        }
        in.expect(')');
        return new Resync(uidValidity, modSeq, known, sequences, uids);
    }

    private SequenceSet closedSet() throws Cursor.Unreadable {
        int at = in.at();
        SequenceSet set = SequenceSet.parse(in);
        if (set.hasStar()) throw new Cursor.Unreadable("* is not allowed here", at);
        return set;
    }

    /// `create = "CREATE" SP mailbox [create-params]`; `USE` RFC 6154 §6.
    ImapCommand create() throws Cursor.Unreadable {
        in.space();
        String mailbox = mailbox();
        List<String> uses = new ArrayList<>();
        if (in.take(' ')) {
            in.expect('(');
            if (!in.word().equals("USE")) throw in.bad("unknown create parameter");
            in.space();
            in.expect('(');
            while (!in.take(')')) {
                if (uses.size() >= LIST_MAX) throw in.bad("too many uses");
                if (!uses.isEmpty()) in.space();
                in.expect('\\');
                uses.add("\\" + in.atom());
            }
            in.expect(')');
        }
        in.finish();
        // A separator at the end only says that others will be made below, RFC 3501 §6.3.3.
        while (mailbox.length() > 1 && mailbox.endsWith("/")) {
            mailbox = mailbox.substring(0, mailbox.length() - 1);
        }
        return new ImapCommand.Create(mailbox, List.copyOf(uses));
    }

    ImapCommand rename() throws Cursor.Unreadable {
        in.space();
        String from = mailbox();
        in.space();
        return new ImapCommand.Rename(from, lastMailbox());
    }

    /// `list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]`,
    /// RFC 5258 §6.
    ImapCommand list() throws Cursor.Unreadable {
        in.space();
        Set<ListSelect> selection = EnumSet.noneOf(ListSelect.class);
        if (in.take('(')) {
            while (!in.take(')')) {
                if (!selection.isEmpty()) in.space();
                int at = in.at();
                switch (in.word()) {
                    case "SUBSCRIBED" -> selection.add(ListSelect.SUBSCRIBED);
                    case "REMOTE" -> selection.add(ListSelect.REMOTE);
                    case "RECURSIVEMATCH" -> selection.add(ListSelect.RECURSIVEMATCH);
                    case "SPECIAL-USE" -> selection.add(ListSelect.SPECIAL_USE);
                    default -> throw new Cursor.Unreadable("unknown selection option", at);
                }
            }
            if (selection.contains(ListSelect.RECURSIVEMATCH)
                    && !selection.contains(ListSelect.SUBSCRIBED)
                    && !selection.contains(ListSelect.SPECIAL_USE)) {
                throw in.bad("RECURSIVEMATCH needs another selection option");
            }
            in.space();
        }
        String reference = pattern(in.astring());
        in.space();
        List<String> patterns = new ArrayList<>();
        if (in.take('(')) {
            do {
                if (patterns.size() >= LIST_MAX) throw in.bad("too many patterns");
                patterns.add(pattern(in.listMailbox()));
            } while (in.take(' '));
            in.expect(')');
        } else {
            patterns.add(pattern(in.listMailbox()));
        }
        Set<ListReturn> returns = EnumSet.noneOf(ListReturn.class);
        List<StatusItem> status = null;
        if (in.take(' ')) {
            if (!in.word().equals("RETURN")) throw in.bad("expected RETURN");
            in.space();
            in.expect('(');
            boolean first = true;
            while (!in.take(')')) {
                if (!first) in.space();
                first = false;
                int at = in.at();
                switch (in.word()) {
                    case "SUBSCRIBED" -> returns.add(ListReturn.SUBSCRIBED);
                    case "CHILDREN" -> returns.add(ListReturn.CHILDREN);
                    case "SPECIAL-USE" -> returns.add(ListReturn.SPECIAL_USE);
                    case "STATUS" -> {
                        in.space();
                        status = statusItems();
                    }
                    default -> throw new Cursor.Unreadable("unknown return option", at);
                }
            }
        }
        in.finish();
        return new ImapCommand.ListMailboxes(
                reference, List.copyOf(patterns), selection, returns, status);
    }

    ImapCommand lsub() throws Cursor.Unreadable {
        in.space();
        String reference = pattern(in.astring());
        in.space();
        String pattern = pattern(in.listMailbox());
        in.finish();
        return new ImapCommand.Lsub(reference, pattern);
    }

    /// A pattern or reference: a piece of a name, which may be no name by itself.
    private String pattern(byte[] octets) throws Cursor.Unreadable {
        String pattern = MailboxName.decode(octets, utf8);
        if (pattern == null) throw in.bad("no mailbox pattern");
        return pattern;
    }

    ImapCommand status() throws Cursor.Unreadable {
        in.space();
        String mailbox = mailbox();
        in.space();
        List<StatusItem> items = statusItems();
        in.finish();
        return new ImapCommand.Status(mailbox, items);
    }

    /// `"(" status-att *(SP status-att) ")"`
    private List<StatusItem> statusItems() throws Cursor.Unreadable {
        EnumSet<StatusItem> items = EnumSet.noneOf(StatusItem.class);
        in.expect('(');
        do {
            int at = in.at();
            String word = in.word();
            try {
                items.add(StatusItem.valueOf(word));
            } catch (IllegalArgumentException e) {
                throw new Cursor.Unreadable("unknown status item " + word, at);
            }
        } while (in.take(' '));
        in.expect(')');
        return List.copyOf(items);
    }
}
