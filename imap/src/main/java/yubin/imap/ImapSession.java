package yubin.imap;

import java.io.IOException;
import java.time.Duration;
import yubin.directory.Directory;
import yubin.directory.Login;
import yubin.imap.CommandParser.Tagged;
import yubin.ledger.Counters;
import yubin.store.Boxes;
import yubin.store.StoreTrouble;
import yubin.wire.Patience;
import yubin.wire.Wire;

/// One client's conversation. RFC 3501 §3.
///
/// ```
/// greeting ─▶ not authenticated ─LOGIN, AUTHENTICATE─▶ authenticated ◀─CLOSE─ selected
///                                                           └────SELECT────────▶┘
/// ```
///
/// Commands are read one after the other and never overlap, however many a client sends ahead
/// (RFC 3501 §5.5); answers go out when no more input waits. Between commands the session holds no
/// buffer. What other sessions did is told at the end of a command, and at once during IDLE.
final class ImapSession {
    private static final System.Logger LOG = System.getLogger("yubin.imap");

    /// RFC 3501 §5.4 asks for 30 minutes at least, once somebody has logged in.
    private static final Duration AUTOLOGOUT = Duration.ofMinutes(30);

    private static final Duration STRANGER_WAIT = Duration.ofMinutes(3);

    /// From the first octet of a line to its end.
    private static final Duration LINE_WAIT = Duration.ofMinutes(2);

    /// BAD commands in a row, before a login and after.
    private static final int STRANGER_BAD_MAX = 10;

    private static final int BAD_MAX = 50;

    private static final int LOGINS_FAILED_MAX = 5;

    private final ImapServer server;
    private final Wire wire;
    private final CommandReader reader;

    /// Taken for each command, null while waiting.
    private Out out;

    private byte[] line;
    private String tag;

    private Login login;
    private Place own;
    private Directory.Registration registration;
    private Selected selected;
    private boolean condstore;
    private boolean qresync;
    private boolean utf8;
    private int badInARow;
    private int loginsFailed;
    private boolean open = true;
    private boolean tlsNext;
    private volatile String farewell = "The server is closing, come back later";

    ImapSession(ImapServer server, Wire wire) {
        this.server = server;
        this.wire = wire;
        this.reader = new CommandReader(wire);
    }

    void run() throws IOException {
        Patience patience =
                new Patience(wire, server.settings().strangers(), STRANGER_WAIT, LINE_WAIT);
        wire.deadline(STRANGER_WAIT, LINE_WAIT);
        try {
            greet();
            while (open) {
                if (login == null) patience.spend();
                if (!wire.hasInput()) {
                    wire.flush();
                    wire.awaitInput();
                }
                serveOne();
            }
            wire.flush();
        } catch (Patience.Ended e) {
            bye("[LIMIT] Please log in sooner: " + e.getMessage());
        } catch (Wire.TimedOut e) {
            bye("Autologout: nothing was said for too long");
        } catch (Wire.ShuttingDown e) {
            bye(farewell);
        } catch (CommandReader.Overrun e) {
            bye("The literal is too long");
        } catch (RuntimeException e) {
            Counters.of("imap.bugs").increment();
            LOG.log(System.Logger.Level.ERROR, "connection " + wire.id(), e);
            bye("[SERVERBUG] Internal error, please connect again");
        } finally {
            leave();
            if (registration != null) registration.close();
        }
    }

    private void greet() throws IOException {
        wire.write(
                "* OK [CAPABILITY "
                        + Entrance.capabilities(this)
                        + "] "
                        + server.settings().hostname()
                        + " ready\r\n");
    }

    private void bye(String text) {
        try {
            wire.write("* BYE " + text + "\r\n");
            wire.flush();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "connection {0} went without a word", wire.id());
        }
    }

    /// One command: read it, do it, tell what happened meanwhile, answer.
    private void serveOne() throws IOException {
        takeAgain();
        try {
            Tagged tagged = reader.read(line, utf8, login == null);
            tag = tagged.tag();
            Answer answer = answer(tagged);
            if (selected != null) {
                boolean expunges = Rules.mayExpunge(tagged.command());
                selected.sync(out, manner(tagged.command()), expunges);
            }
            answer.write(out, tagged.tag() == null ? "*" : tagged.tag());
            count(answer);
            out.drain(wire);
            if (tlsNext) {
                tlsNext = false;
                wire.startTls(server.settings().tls());
            }
        } finally {
            releaseWhileWaiting();
        }
    }

    void takeAgain() {
        line = server.takeLine();
        out = server.takeOut();
    }

    void releaseWhileWaiting() {
        if (line != null) server.give(line);
        if (out != null) server.give(out);
        line = null;
        out = null;
    }

    private Answer answer(Tagged tagged) throws IOException {
        Answer early = Rules.state(tagged.command(), login != null, selected != null);
        if (early != null) {
            if (tagged.command() instanceof ImapCommand.Append append) {
                new Appends(this).refuse(append.first());
            }
            return early;
        }
        try {
            return obey(tagged.command());
        } catch (StoreTrouble e) {
            if (!(e instanceof StoreTrouble.Refused)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "connection {0}, account {1}: {2}",
                        wire.id(),
                        login == null ? "-" : login.account(),
                        e.getMessage());
            }
            return Answer.of(e);
        }
    }

    /// A flood of commands that make no sense ends the conversation.
    private void count(Answer answer) {
        if (answer.status() != Answer.Status.BAD) {
            badInARow = 0;
            return;
        }
        badInARow++;
        Counters.of("imap.bad").increment();
        if (badInARow >= (login == null ? STRANGER_BAD_MAX : BAD_MAX)) {
            out.ascii("* BYE Too many commands that make no sense\r\n");
            open = false;
        }
    }

    private Answer obey(ImapCommand command) throws IOException {
        return switch (command) {
            case ImapCommand.Malformed(String problem, int at) -> malformed(problem, at);
            case ImapCommand.Capability() -> {
                out.ascii("* CAPABILITY ").ascii(Entrance.capabilities(this)).crlf();
                yield Answer.ok("That is all");
            }
            case ImapCommand.Noop(), ImapCommand.Check() -> Answer.ok("Done");
            case ImapCommand.Logout() -> logout();
            case ImapCommand.Id id -> {
                out.ascii("* ID (\"name\" \"Yubin\")\r\n");
                yield Answer.ok("Pleased to meet you");
            }
            case ImapCommand.StartTls() -> new Entrance(this).startTls();
            case ImapCommand.Authenticate authenticate ->
                    new Entrance(this).authenticate(authenticate);
            case ImapCommand.Login given -> new Entrance(this).login(given);
            case ImapCommand.Enable enable -> enable(enable);
            case ImapCommand.Select select -> select(select);
            case ImapCommand.Create create -> mailboxes().create(create);
            case ImapCommand.Delete(String name) -> mailboxes().delete(name);
            case ImapCommand.Rename(String from, String to) -> mailboxes().rename(from, to);
            case ImapCommand.Subscribe subscribe -> mailboxes().subscribe(subscribe);
            case ImapCommand.ListMailboxes list -> mailboxes().list(list);
            case ImapCommand.Lsub(String reference, String pattern) ->
                    mailboxes().lsub(reference, pattern);
            case ImapCommand.Namespace() -> mailboxes().namespace();
            case ImapCommand.Status status -> {
                if (status.items().contains(ImapCommand.StatusItem.HIGHESTMODSEQ)) condstore = true;
                yield mailboxes().status(status);
            }
            case ImapCommand.GetQuota(String root) -> mailboxes().quota(root);
            case ImapCommand.GetQuotaRoot(String name) -> mailboxes().quotaRoot(name);
            case ImapCommand.Append append -> new Appends(this).append(append);
            case ImapCommand.Idle() -> new Idling(this).idle();
            case ImapCommand.Close() -> close();
            case ImapCommand.Unselect() -> {
                leave();
                yield Answer.ok("The mailbox is closed");
            }
            case ImapCommand.Expunge(SequenceSet uids) -> messages().expunge(uids);
            case ImapCommand.Search search -> messages().search(search);
            case ImapCommand.BadCharset() ->
                    Answer.no("BADCHARSET (UTF-8)", "This charset is not known here");
            case ImapCommand.Fetch fetch -> messages().fetch(fetch);
            case ImapCommand.Store store -> messages().store(store);
            case ImapCommand.Copy(boolean uid, SequenceSet set, String name) ->
                    messages().copy(uid, set, name);
            case ImapCommand.Move(boolean uid, SequenceSet set, String name) ->
                    messages().move(uid, set, name);
        };
    }

    private static Answer malformed(String problem, int at) {
        return Answer.bad("Cannot read this: " + ascii(problem) + " (octet " + at + ")");
    }

    /// What a stranger wrote goes back only as printable ASCII.
    private static String ascii(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 200); i++) {
            char c = text.charAt(i);
            plain.append(c < ' ' || c >= 127 ? '?' : c);
        }
        return plain.toString();
    }

    private Answer logout() {
        leave();
        out.ascii("* BYE Good bye\r\n");
        open = false;
        return Answer.ok("Logged out");
    }

    /// RFC 5161 §3.1. UTF8=ACCEPT changes what names mean, so it must come before a mailbox is
    /// selected (RFC 6855 §3).
    private Answer enable(ImapCommand.Enable enable) {
        out.ascii("* ENABLED");
        for (String capability : enable.capabilities()) {
            switch (capability) {
                case "CONDSTORE" -> condstore = true;
                case "QRESYNC" -> {
                    condstore = true;
                    qresync = true;
                }
                case "UTF8=ACCEPT" -> {
                    if (selected != null) continue;
                    utf8 = true;
                }
                default -> {
                    continue;
                }
            }
            out.octet(' ').ascii(capability);
        }
        out.crlf();
        return Answer.ok("Enabled");
    }

    private Answer select(ImapCommand.Select select) throws IOException {
        if (select.resync() != null && !qresync) {
            return Answer.bad("ENABLE QRESYNC first");
        }
        if (selected != null) {
            leave();
            out.ascii("* OK [CLOSED] The previous mailbox is closed\r\n");
        }
        if (select.condstore()) condstore = true;
        Selected opened = mailboxes().open(select.mailbox(), select.readOnly());
        if (opened == null) return Answer.no("NONEXISTENT", "There is no such mailbox");
        selected = opened;
        new Opening(opened, out, wire).tell(select.resync(), manner(select));
        return Answer.ok(
                opened.isReadOnly() ? "READ-ONLY" : "READ-WRITE",
                opened.isReadOnly() ? "Examined" : "Selected");
    }

    /// Expunges without a word, RFC 3501 §6.4.2.
    private Answer close() throws IOException {
        Selected closing = selected;
        if (!closing.isReadOnly()) closing.boxes().expunge(closing.mailbox(), null);
        leave();
        if (!qresync) return Answer.ok("The mailbox is closed");
        return Answer.ok(
                "HIGHESTMODSEQ " + closing.view().now().highestModSeq(), "The mailbox is closed");
    }

    private void leave() {
        selected = null;
    }

    Selected.Manner manner(ImapCommand command) {
        boolean uid = Rules.isByUid(command);
        return new Selected.Manner(condstore, qresync, uid || qresync);
    }

    private Mailboxes mailboxes() {
        return new Mailboxes(this);
    }

    private Messages messages() {
        return new Messages(this);
    }

    /// Called when somebody has shown who they are; false when the account has as many sessions as
    /// its limits allow.
    boolean welcome(Login who) throws IOException {
        registration =
                server.directory()
                        .register(
                                who,
                                () -> {
                                    farewell = "Your password was changed, please log in again";
                                    wire.farewell();
                                })
                        .orElse(null);
        if (registration == null) return false;
        login = who;
        Boxes boxes = server.store().boxes(who.account());
        own = new Place(boxes, who.tenant(), who.quotaOctets());
        waitAsUsual();
        Counters.of("imap.logins").increment();
        return true;
    }

    /// A guesser has to connect again, as at the other windows.
    void loginFailed() {
        if (++loginsFailed < LOGINS_FAILED_MAX) return;
        out.ascii("* BYE Too many failed logins\r\n");
        open = false;
    }

    void startTlsAfterAnswer() {
        tlsNext = true;
    }

    /// The deadlines of somebody who has logged in.
    void waitAsUsual() {
        wire.deadline(AUTOLOGOUT, LINE_WAIT);
    }

    ImapServer server() {
        return server;
    }

    Wire wire() {
        return wire;
    }

    CommandReader reader() {
        return reader;
    }

    Out out() {
        return out;
    }

    /// Of the command that is being answered.
    String tag() {
        return tag;
    }

    Login login() {
        return login;
    }

    /// Where a mailbox of this name is: the login's own boxes, until others can be shared.
    Place place(String mailbox) {
        return own;
    }

    Selected selected() {
        return selected;
    }

    boolean utf8() {
        return utf8;
    }

    boolean condstore() {
        return condstore;
    }

    void useCondstore() {
        condstore = true;
    }

    boolean qresync() {
        return qresync;
    }
}
