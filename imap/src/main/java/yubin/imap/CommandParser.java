package yubin.imap;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import yubin.imap.ImapCommand.AppendMessage;
import yubin.imap.ImapCommand.FlagList;
import yubin.imap.ImapCommand.Malformed;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Flags;

/// Reads one command. Total: what cannot be read is [Malformed]. RFC 3501 §9.
final class CommandParser {
    /// A command with its tag.
    ///
    /// @param tag null when even that could not be read: the answer is an untagged BAD
    record Tagged(String tag, ImapCommand command) {}

    private static final int TAG_OCTETS_MAX = 256;
    private static final int KEYWORD_OCTETS_MAX = 128;

    /// Flags of one STORE or APPEND; options, fields and patterns of other lists.
    private static final int LIST_MAX = 200;

    private final Cursor in;
    private final MailboxParser mailboxes;

    private CommandParser(Cursor in, boolean utf8) {
        this.in = in;
        this.mailboxes = new MailboxParser(in, utf8);
    }

    /// @param octets the command with its literals in place, as [Cursor] wants it
    /// @param utf8 whether the client has enabled UTF8=ACCEPT
    static Tagged parse(byte[] octets, int length, boolean utf8) {
        Cursor in = new Cursor(octets, length);
        String tag = null;
        try {
            String read = in.tag();
            if (read.length() > TAG_OCTETS_MAX) throw new Cursor.Unreadable("a long tag", 0);
            tag = read;
            in.space();
            return new Tagged(tag, new CommandParser(in, utf8).command());
        } catch (Cursor.Unreadable e) {
            return new Tagged(tag, new Malformed(e.getMessage(), e.at));
        }
    }

    /// When the octets so far are an APPEND that now wants its message (they end with `{n}`), that
    /// command; else null: the literal is one that belongs into the line.
    static Tagged parseAppend(byte[] octets, int length, boolean utf8) {
        Cursor in = new Cursor(octets, length);
        try {
            String tag = in.tag();
            in.space();
            if (!in.word().equals("APPEND")) return null;
            in.space();
            CommandParser parser = new CommandParser(in, utf8);
            String mailbox = parser.mailboxes.mailbox();
            return new Tagged(tag, new ImapCommand.Append(mailbox, parser.appendMessage()));
        } catch (Cursor.Unreadable e) {
            return null;
        }
    }

    /// A further message of the same APPEND (MULTIAPPEND), or null when the line is none.
    static AppendMessage parseNextMessage(byte[] octets, int length) {
        try {
            return new CommandParser(new Cursor(octets, length), false).appendMessage();
        } catch (Cursor.Unreadable e) {
            return null;
        }
    }

    private ImapCommand command() throws Cursor.Unreadable {
        int at = in.at();
        String word = in.word();
        return switch (word) {
            case "CAPABILITY" -> bare(new ImapCommand.Capability());
            case "NOOP" -> bare(new ImapCommand.Noop());
            case "LOGOUT" -> bare(new ImapCommand.Logout());
            case "ID" -> id();
            case "STARTTLS" -> bare(new ImapCommand.StartTls());
            case "AUTHENTICATE" -> authenticate();
            case "LOGIN" -> login();
            case "ENABLE" -> enable();
            case "SELECT" -> mailboxes.select(false);
            case "EXAMINE" -> mailboxes.select(true);
            case "CREATE" -> mailboxes.create();
            case "DELETE" -> new ImapCommand.Delete(mailboxes.onlyMailbox());
            case "RENAME" -> mailboxes.rename();
            case "SUBSCRIBE" -> new ImapCommand.Subscribe(mailboxes.onlyMailbox(), true);
            case "UNSUBSCRIBE" -> new ImapCommand.Subscribe(mailboxes.onlyMailbox(), false);
            case "LIST" -> mailboxes.list();
            case "LSUB" -> mailboxes.lsub();
            case "NAMESPACE" -> bare(new ImapCommand.Namespace());
            case "STATUS" -> mailboxes.status();
            case "APPEND" -> throw in.bad("APPEND needs a mailbox and the message as a literal");
            case "IDLE" -> bare(new ImapCommand.Idle());
            case "GETQUOTA" -> getQuota();
            case "GETQUOTAROOT" -> new ImapCommand.GetQuotaRoot(mailboxes.onlyMailbox());
            case "CHECK" -> bare(new ImapCommand.Check());
            case "CLOSE" -> bare(new ImapCommand.Close());
            case "UNSELECT" -> bare(new ImapCommand.Unselect());
            case "EXPUNGE" -> bare(new ImapCommand.Expunge(null));
            case "SEARCH", "FETCH", "STORE", "COPY", "MOVE" -> messages(word, false);
            case "UID" -> uid();
            default -> throw new Cursor.Unreadable("unknown command " + word, at);
        };
    }

    private ImapCommand bare(ImapCommand command) throws Cursor.Unreadable {
        in.finish();
        return command;
    }

    /// `uid = "UID" SP (copy / fetch / search / store)`, MOVE RFC 6851 §5, EXPUNGE RFC 4315 §2.1.
    private ImapCommand uid() throws Cursor.Unreadable {
        in.space();
        int at = in.at();
        String word = in.word();
        return switch (word) {
            case "SEARCH", "FETCH", "STORE", "COPY", "MOVE" -> messages(word, true);
            case "EXPUNGE" -> {
                in.space();
                SequenceSet set = SequenceSet.parse(in);
                in.finish();
                yield new ImapCommand.Expunge(set);
            }
            default -> throw new Cursor.Unreadable("unknown command UID " + word, at);
        };
    }

    private ImapCommand messages(String word, boolean uid) throws Cursor.Unreadable {
        in.space();
        if (word.equals("SEARCH")) return SearchParser.parse(in, uid);
        SequenceSet set = SequenceSet.parse(in);
        in.space();
        return switch (word) {
            case "FETCH" -> FetchParser.parse(in, uid, set);
            case "STORE" -> store(uid, set);
            case "COPY" -> new ImapCommand.Copy(uid, set, mailboxes.lastMailbox());
            default -> new ImapCommand.Move(uid, set, mailboxes.lastMailbox());
        };
    }

    /// `id_params_list = "(" *(string SP nstring) ")" / nil`, RFC 2971 §4.
    private ImapCommand id() throws Cursor.Unreadable {
        in.space();
        List<String> fields = new ArrayList<>();
        if (in.take('(')) {
            while (!in.take(')')) {
                // RFC 2971 §3.3 allows 30 fields.
                if (fields.size() >= 60) throw in.bad("over 30 fields");
                if (!fields.isEmpty()) in.space();
                fields.add(Cursor.text(in.string()));
                in.space();
                byte[] value = in.nstring();
                fields.add(value == null ? "" : Cursor.text(value));
            }
        } else {
            in.nstring();
        }
        in.finish();
        return new ImapCommand.Id(List.copyOf(fields));
    }

    private ImapCommand authenticate() throws Cursor.Unreadable {
        in.space();
        String mechanism = in.atom();
        String initial = null;
        if (in.take(' ')) {
            int from = in.at();
            while (!in.atEnd()) in.take((char) in.peek());
            initial = in.slice(from, in.at());
        }
        return new ImapCommand.Authenticate(mechanism, initial);
    }

    private ImapCommand login() throws Cursor.Unreadable {
        in.space();
        String user = Cursor.text(in.astring());
        in.space();
        String password = Cursor.text(in.astring());
        in.finish();
        return new ImapCommand.Login(user, password);
    }

    private ImapCommand enable() throws Cursor.Unreadable {
        List<String> capabilities = new ArrayList<>();
        do {
            in.space();
            if (capabilities.size() >= LIST_MAX) throw in.bad("too many capabilities");
            capabilities.add(in.atom().toUpperCase(Locale.ROOT));
        } while (!in.atEnd());
        return new ImapCommand.Enable(List.copyOf(capabilities));
    }

    /// `append = "APPEND" SP mailbox [SP flag-list] [SP date-time] SP literal`; the cursor stands
    /// behind the mailbox.
    private AppendMessage appendMessage() throws Cursor.Unreadable {
        in.space();
        FlagList flags = FlagList.NONE;
        OffsetDateTime date = null;
        if (in.peek() == '(') {
            flags = flagList();
            in.space();
        }
        if (in.peek() == '"') {
            date = ImapDate.dateTime(in);
            in.space();
        }
        boolean wrapped = in.peekWord().equals("UTF8");
        if (wrapped) {
            in.word();
            in.space();
            in.expect('(');
        }
        in.take('~');
        in.expect('{');
        long size = in.number();
        boolean nonSync = in.take('+') || in.take('-');
        in.expect('}');
        in.finish();
        return new AppendMessage(flags, date, size, nonSync, wrapped);
    }

    private ImapCommand getQuota() throws Cursor.Unreadable {
        in.space();
        String root = Cursor.text(in.astring());
        in.finish();
        return new ImapCommand.GetQuota(root);
    }

    /// `store = "STORE" SP sequence-set [store-modifiers] SP store-att-flags`; the cursor stands
    /// behind the set. RFC 7162 §7.
    private ImapCommand store(boolean uid, SequenceSet set) throws Cursor.Unreadable {
        long unchangedSince = Long.MAX_VALUE;
        if (in.take('(')) {
            if (!in.word().equals("UNCHANGEDSINCE")) throw in.bad("unknown store modifier");
            in.space();
            unchangedSince = in.number();
            in.expect(')');
            in.space();
        }
        FlagOperation operation = FlagOperation.SET;
        if (in.take('+')) operation = FlagOperation.ADD;
        else if (in.take('-')) operation = FlagOperation.REMOVE;
        int at = in.at();
        String word = in.word();
        boolean silent = word.equals("FLAGS.SILENT");
        if (!silent && !word.equals("FLAGS")) {
            throw new Cursor.Unreadable("expected FLAGS or FLAGS.SILENT", at);
        }
        in.space();
        FlagList flags = in.peek() == '(' ? flagList() : flags();
        in.finish();
        return new ImapCommand.Store(uid, set, operation, silent, flags, unchangedSince);
    }

    /// `flag-list = "(" [flag *(SP flag)] ")"`
    private FlagList flagList() throws Cursor.Unreadable {
        in.expect('(');
        if (in.take(')')) return FlagList.NONE;
        FlagList flags = flags();
        in.expect(')');
        return flags;
    }

    private FlagList flags() throws Cursor.Unreadable {
        long system = 0;
        List<String> keywords = new ArrayList<>();
        do {
            int at = in.at();
            boolean isSystem = in.take('\\');
            String flag = in.atom();
            if (isSystem) {
                system |=
                        switch (flag.toLowerCase(Locale.ROOT)) {
                            case "seen" -> Flags.SEEN;
                            case "answered" -> Flags.ANSWERED;
                            case "flagged" -> Flags.FLAGGED;
                            case "deleted" -> Flags.DELETED;
                            case "draft" -> Flags.DRAFT;
                            // Clients that copy by APPEND send back what FETCH told them.
                            case "recent" -> 0;
                            default -> throw new Cursor.Unreadable("unknown flag \\" + flag, at);
                        };
            } else {
                if (flag.length() > KEYWORD_OCTETS_MAX) {
                    throw new Cursor.Unreadable("a keyword too long", at);
                }
                if (keywords.size() >= LIST_MAX) throw in.bad("too many keywords");
                keywords.add(flag);
            }
        } while (in.take(' '));
        return new FlagList(system, List.copyOf(keywords));
    }

    /// `header-fld-name = astring`, of characters that a field name may have (RFC 5322 §2.2).
    static String fieldName(Cursor in) throws Cursor.Unreadable {
        int at = in.at();
        String name = new String(in.astring(), StandardCharsets.ISO_8859_1);
        boolean good = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 127 || c == ':' || "()[]{\"\\%*".indexOf(c) >= 0) good = false;
        }
        if (!good) throw new Cursor.Unreadable("no header field name", at);
        return name;
    }
}
