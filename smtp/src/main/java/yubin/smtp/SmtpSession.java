package yubin.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Login;
import yubin.directory.Sasl;
import yubin.directory.Use;
import yubin.directory.Visitor;
import yubin.ledger.Counters;
import yubin.mail.Address;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.mail.ReversePath;
import yubin.mime.Addresses;
import yubin.mime.Message;
import yubin.queue.Letter;
import yubin.queue.Origin;
import yubin.queue.Submitted;
import yubin.store.StoreTrouble;
import yubin.wire.Buffers;
import yubin.wire.Patience;
import yubin.wire.Tls;
import yubin.wire.TlsFacts;
import yubin.wire.Wire;

/// One connection at one of the doors, from the greeting to its end. RFC 5321 §4.1.
final class SmtpSession {
    /// RFC 5321 §4.5.3.1.4 says 512; SIZE, DSN and UTF-8 paths add to it.
    private static final int LINE_OCTETS_MAX = 2048;

    private static final int FAILED_LOGINS_MAX = 5;

    private static final System.Logger LOG = System.getLogger("yubin.smtp");
    private static final Counters.Counter ACCEPTED = Counters.of("smtp.accepted");
    private static final Counters.Counter ACCEPTED_OCTETS = Counters.of("smtp.accepted-octets");
    private static final Counters.Counter REFUSED = Counters.of("smtp.refused");
    private static final Counters.Counter RCPT_REFUSED = Counters.of("smtp.rcpt-refused");
    private static final Counters.Counter LOGINS_FAILED = Counters.of("smtp.logins-failed");

    private static final Reply OK = Reply.of(250, "2.0.0", "OK");
    private static final Reply FROM_OK = Reply.of(250, "2.1.0", "OK");
    private static final Reply TO_OK = Reply.of(250, "2.1.5", "OK");
    private static final Reply GO_ON = Reply.of(354, "end with <CR><LF>.<CR><LF>");

    private final Wire wire;
    private final Smtp.Kind kind;
    private final Smtp.Settings settings;
    private final Smtp.Bounds bounds;
    private final Rooms rooms;
    private final Tls tls;
    private final InstantSource clock;

    private boolean open = true;
    private SmtpCommand.Hello hello; // null before it
    private Login login; // null for a stranger
    private Directory.Registration registration;
    private Transaction transaction; // null outside
    private int messages;
    private int mistakes;
    private int failedLogins;

    SmtpSession(
            Wire wire,
            Smtp.Kind kind,
            Smtp.Settings settings,
            Rooms rooms,
            Tls tls,
            InstantSource clock) {
        this.wire = wire;
        this.kind = kind;
        this.settings = settings;
        this.bounds = settings.bounds();
        this.rooms = rooms;
        this.tls = tls;
        this.clock = clock;
    }

    /// Speaks until one side has had enough.
    void run() throws IOException {
        try {
            Patience patience =
                    new Patience(wire, bounds.strangers(), bounds.command(), bounds.line());
            wire.deadline(bounds.command(), bounds.line());
            greet();
            while (open) {
                if (kind == Smtp.Kind.SUBMISSION && login == null) patience.spend();
                SmtpCommand command = read();
                Reply reply = command == null ? null : obey(command);
                if (reply != null) answer(reply);
            }
        } catch (Patience.Ended e) {
            farewell("4.7.0", e.getMessage());
        } catch (Wire.TimedOut | MailData.Drip _) {
            farewell("4.4.2", "waited too long for you");
        } catch (Wire.ShuttingDown _) {
            farewell("4.3.2", "closing for now, come again later");
        } catch (MailData.Flood _) {
            farewell("4.3.4", "this letter has no end");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, wire.id() + ": session failed", e);
            farewell("4.3.0", "something is wrong here, come again later");
        } finally {
            reset();
            if (registration != null) registration.close();
        }
    }

    /// `421` before the end, if the client still listens.
    private void farewell(String status, String text) throws IOException {
        wire.write(Reply.of(421, status, settings.hostname() + " " + text).wireForm());
        wire.flush();
    }

    /// A client who speaks first does not speak SMTP (RFC 5321 §3.1).
    private void greet() throws IOException {
        if (wire.hasArrived()) {
            answer(Reply.of(554, "5.5.0", "I speak first"));
            open = false;
            return;
        }
        String protocol = kind == Smtp.Kind.LMTP ? " LMTP" : " ESMTP";
        answer(Reply.of(220, settings.hostname() + protocol + " Yubin"));
    }

    /// The next command; null when the line could not be read and that has been said.
    private SmtpCommand read() throws IOException {
        wire.awaitInput();
        byte[] line = Buffers.take();
        try {
            int length = wire.readLine(line, AuthDialogue.LINE_OCTETS_MAX);
            SmtpCommand command = SmtpCommand.parse(line, length);
            if (length <= LINE_OCTETS_MAX || command instanceof SmtpCommand.Auth) return command;
            mistake(Reply.of(500, "5.5.2", "line too long"));
        } catch (Wire.LineTooLong _) {
            mistake(Reply.of(500, "5.5.2", "line too long"));
        } catch (Wire.BareLineEnd _) {
            mistake(Reply.of(500, "5.5.2", "lines end with CRLF"));
        } finally {
            Buffers.give(line);
        }
        return null;
    }

    /// Flushed when the session waits next: replies to pipelined commands travel together.
    private void answer(Reply reply) throws IOException {
        wire.write(reply.wireForm());
    }

    /// Says what is wrong; a client that makes no sense at all is sent away.
    private void mistake(Reply reply) throws IOException {
        if (++mistakes <= bounds.mistakesMax()) {
            answer(reply);
        } else {
            open = false;
            farewell("4.7.0", "too many mistakes");
        }
    }

    private Reply obey(SmtpCommand command) throws IOException {
        Reply reply =
                switch (command) {
                    case SmtpCommand.Hello greeting -> hello(greeting);
                    case SmtpCommand.Mail mail -> begin(mail);
                    case SmtpCommand.Rcpt rcpt -> addRecipient(rcpt);
                    case SmtpCommand.Data() -> data();
                    case SmtpCommand.Bdat(var octets, var last) -> chunk(octets, last);
                    case SmtpCommand.Rset() -> {
                        reset();
                        yield OK;
                    }
                    case SmtpCommand.Noop() -> OK;
                    case SmtpCommand.Quit() -> {
                        open = false;
                        yield Reply.of(221, "2.0.0", settings.hostname() + " goodbye");
                    }
                    // Whether somebody lives here is told to who has a letter only.
                    case SmtpCommand.Vrfy(_) ->
                            Reply.of(252, "2.0.0", "send a letter and I will try to deliver it");
                    case SmtpCommand.Expn(_) -> Reply.of(502, "5.5.1", "not told here");
                    case SmtpCommand.Help() ->
                            Reply.of(214, "2.0.0", "RFC 5321; a person reads postmaster's letters");
                    case SmtpCommand.StartTls() -> startTls();
                    case SmtpCommand.Auth(var mechanism, var initial) -> auth(mechanism, initial);
                    case SmtpCommand.Malformed(var problem, var at) -> refuse(problem, at);
                };
        boolean mistake = reply != null && reply.code() >= 500 && reply.code() <= 503;
        return mistake ? counted(reply) : reply;
    }

    private Reply counted(Reply reply) {
        if (++mistakes <= bounds.mistakesMax()) return reply;
        open = false;
        return Reply.of(421, "4.7.0", settings.hostname() + " too many mistakes");
    }

    private static Reply refuse(SmtpCommand.Problem problem, int at) {
        String where = " at octet " + at;
        return switch (problem) {
            case UNKNOWN_VERB -> Reply.of(500, "5.5.2", "no such command here");
            case OCTETS -> Reply.of(500, "5.5.2", "octets that no command has" + where);
            case ARGUMENT_MISSING -> Reply.of(501, "5.5.4", "something is missing" + where);
            case ARGUMENT_NOT_ALLOWED -> Reply.of(501, "5.5.4", "too much" + where);
            case NAME -> Reply.of(501, "5.5.4", "no name of a host" + where);
            case REVERSE_PATH -> Reply.of(501, "5.1.7", "no address in <>" + where);
            case FORWARD_PATH -> Reply.of(501, "5.1.3", "no address in <>" + where);
            case PARAMETER_VALUE -> Reply.of(501, "5.5.4", "bad parameter" + where);
            case PARAMETER_TWICE -> Reply.of(501, "5.5.4", "parameter given twice" + where);
            case PARAMETER_UNKNOWN -> Reply.of(555, "5.5.4", "unknown parameter" + where);
            case NUMBER -> Reply.of(501, "5.5.4", "no number" + where);
        };
    }

    // ---- greeting, TLS, login

    private Reply hello(SmtpCommand.Hello greeting) throws IOException {
        boolean lhlo = greeting.greeting() == SmtpCommand.Greeting.LHLO;
        if (lhlo != (kind == Smtp.Kind.LMTP)) {
            // RFC 2033 §4.1
            return Reply.of(500, "5.5.1", lhlo ? "EHLO is spoken here" : "LHLO is spoken here");
        }
        if (wire.hasInput()) return tooEager();
        reset();
        hello = greeting;
        if (greeting.greeting() == SmtpCommand.Greeting.HELO) {
            return Reply.of(250, settings.hostname().ascii());
        }
        List<String> lines = new ArrayList<>();
        lines.add(settings.hostname().ascii());
        lines.add("PIPELINING");
        lines.add("SIZE " + octetsMax());
        lines.add("8BITMIME");
        lines.add("SMTPUTF8");
        lines.add("CHUNKING");
        lines.add("BINARYMIME");
        lines.add("ENHANCEDSTATUSCODES");
        lines.add("DSN");
        if (tls != null && wire.tls() == null) lines.add("STARTTLS");
        if (kind == Smtp.Kind.SUBMISSION && login == null) {
            lines.add("AUTH " + String.join(" ", Sasl.mechanisms(visitor(), isPlaintextAllowed())));
        }
        lines.add("LIMITS RCPTMAX=" + bounds.recipientsMax() + " MAILMAX=" + bounds.messagesMax());
        lines.add("HELP");
        return new Reply(250, null, lines);
    }

    /// The client sent more before it could know what we answer (RFC 2920 §3.1). What follows
    /// might be the text of a letter, so nothing of it is taken for a command.
    private Reply tooEager() {
        open = false;
        return Reply.of(554, "5.5.0", "wait for the reply to this command");
    }

    /// Nothing that was said in the clear counts afterwards. RFC 3207 §4.2.
    private Reply startTls() throws IOException {
        if (tls == null) return Reply.of(502, "5.5.1", "TLS is not offered");
        if (wire.tls() != null) return Reply.of(503, "5.5.1", "TLS is on already");
        if (wire.hasArrived()) return tooEager();
        reset();
        hello = null;
        logOut();
        answer(Reply.of(220, "2.0.0", "begin TLS"));
        wire.startTls(tls);
        return null;
    }

    private Reply auth(String mechanism, String initial) throws IOException {
        if (kind != Smtp.Kind.SUBMISSION) return Reply.of(502, "5.5.1", "no login here");
        if (hello == null || hello.greeting() != SmtpCommand.Greeting.EHLO) {
            return Reply.of(503, "5.5.1", "EHLO first");
        }
        if (login != null) return Reply.of(503, "5.5.1", "logged in already");
        if (transaction != null) return Reply.of(503, "5.5.1", "not within a letter");
        if (wire.hasInput()) return tooEager();
        Visitor visitor = visitor();
        if (!Sasl.mechanisms(visitor, isPlaintextAllowed()).contains(mechanism)) {
            return Sasl.mechanisms(visitor, true).contains(mechanism)
                    ? Reply.of(538, "5.7.11", "not without TLS: STARTTLS first")
                    : Reply.of(504, "5.5.4", "no such mechanism here");
        }
        var sasl = rooms.directory().sasl(mechanism, visitor);
        if (sasl.isEmpty()) return Reply.of(504, "5.5.4", "no such mechanism here");
        AuthDialogue.Outcome outcome = AuthDialogue.hold(wire, sasl.get(), initial);
        if (outcome.login() == null) {
            LOGINS_FAILED.increment();
            if (++failedLogins < FAILED_LOGINS_MAX) return outcome.reply();
            answer(outcome.reply());
            open = false;
            return Reply.of(421, "4.7.0", settings.hostname() + " too many failed logins");
        }
        registration = rooms.directory().register(outcome.login(), wire::farewell).orElse(null);
        if (registration == null) {
            open = false;
            return Reply.of(421, "4.7.0", settings.hostname() + " too many sessions of yours");
        }
        login = outcome.login();
        wire.deadline(bounds.command(), bounds.line());
        return outcome.reply();
    }

    private void logOut() {
        login = null;
        if (registration != null) registration.close();
        registration = null;
    }

    private Visitor visitor() {
        TlsFacts facts = wire.tls();
        return new Visitor(peer(), Use.SUBMISSION, facts == null ? null : facts::channelBinding);
    }

    private boolean isPlaintextAllowed() {
        return wire.tls() != null
                || settings.plaintext() == Smtp.Plaintext.ALWAYS
                || settings.plaintext() == Smtp.Plaintext.LOOPBACK && peer().isLoopbackAddress();
    }

    private InetAddress peer() {
        return wire.peer().getAddress();
    }

    // ---- the envelope

    /// `MAIL FROM:<reverse-path>` begins a transaction. RFC 5321 §4.1.1.2.
    private Reply begin(SmtpCommand.Mail mail) throws IOException {
        if (hello == null) return Reply.of(503, "5.5.1", "greet first");
        if (transaction != null) return Reply.of(503, "5.5.1", "finish the letter before");
        if (kind == Smtp.Kind.SUBMISSION && login == null) {
            return Reply.of(530, "5.7.0", "log in first");
        }
        MailParameters parameters = mail.parameters();
        if (mail.utf8() && !parameters.smtpUtf8()) {
            // RFC 6531 §3.5
            return Reply.of(550, "5.6.7", "an address with UTF-8 needs SMTPUTF8");
        }
        long octetsMax = octetsMax();
        if (parameters.size() > octetsMax) {
            return Reply.of(552, "5.3.4", "letter larger than " + octetsMax + " octets");
        }
        if (!rooms.hasRoom()) {
            return Reply.of(452, "4.3.1", "no room for letters now, come again later");
        }
        if (messages >= bounds.messagesMax()) {
            open = false;
            return Reply.of(421, "4.7.0", "enough letters for one connection, connect again");
        }
        if (mail.from() instanceof ReversePath.Mailbox(var address) && !mayWriteAs(address)) {
            return Reply.of(553, "5.7.1", "not an address of yours: " + address);
        }
        transaction = new Transaction(mail.from(), parameters, kind != Smtp.Kind.LMTP);
        return FROM_OK;
    }

    private boolean mayWriteAs(Address address) throws IOException {
        return kind != Smtp.Kind.SUBMISSION
                || settings.sender() == Smtp.Sender.ANY
                || rooms.directory().mayWriteAs(login, address);
    }

    /// The largest letter of this session: the account's limit may be under the server's.
    private long octetsMax() throws IOException {
        long all = settings.messageOctetsMax();
        if (login == null) return all;
        return rooms.directory()
                .account(login.account())
                .map(account -> account.limits().messageOctets(all))
                .orElse(all);
    }

    /// `RCPT TO:<forward-path>` adds one recipient to the transaction. RFC 5321 §4.1.1.3.
    /// A full transaction is told to come back with the rest later, RFC 5321 §4.5.3.1.10.
    private Reply addRecipient(SmtpCommand.Rcpt rcpt) throws IOException {
        if (transaction == null) return Reply.of(503, "5.5.1", "MAIL first");
        if (transaction.recipients().size() >= bounds.recipientsMax()) {
            return Reply.of(452, "4.5.3", "too many recipients, send the letter to the rest later");
        }
        if (rcpt.utf8() && !transaction.parameters().smtpUtf8()) {
            return refused(Reply.of(553, "5.6.7", "an address with UTF-8 needs SMTPUTF8"));
        }
        if (login != null) {
            int recipients = transaction.recipients().size() + 1;
            Reply objection = rooms.intake().allowanceObjection(login.account(), recipients);
            if (objection != null) return refused(objection);
        }
        Address address;
        Found found;
        switch (rcpt.to()) {
            case SmtpCommand.ForwardPath.Mailbox(var mailbox) -> {
                address = mailbox;
                found = rooms.directory().find(mailbox);
            }
            case SmtpCommand.ForwardPath.Postmaster() -> {
                found = rooms.directory().findPostmaster();
                address = postmaster(found);
            }
        }
        return switch (found) {
            case Found.Local local -> {
                if (isFull(local)) yield refused(Reply.of(452, "4.2.2", "the box is full"));
                if (!local.targets().isEmpty()) {
                    transaction.tenant(local.targets().getFirst().tenant());
                }
                yield accept(address, rcpt.parameters());
            }
            case Found.Remote() ->
                    login != null
                            ? accept(address, rcpt.parameters())
                            : refused(Reply.of(550, "5.7.1", "not our post office: no relaying"));
            case Found.Unknown() -> refused(Reply.of(550, "5.1.1", "nobody of this name here"));
            case Found.Disabled() -> refused(Reply.of(550, "5.2.1", "gets no letters now"));
            case Found.Asleep(var why) -> {
                LOG.log(System.Logger.Level.WARNING, () -> wire.id() + ": directory: " + why);
                yield refused(Reply.of(451, "4.3.0", "try again later"));
            }
        };
    }

    /// The envelope names bare `postmaster` as whoever that is.
    private Address postmaster(Found found) {
        if (found instanceof Found.Local local) {
            return local.targets().isEmpty()
                    ? local.elsewhere().getFirst()
                    : local.targets().getFirst().address();
        }
        return new Address("postmaster", settings.hostname());
    }

    private Reply accept(Address address, RcptParameters parameters) {
        transaction.add(
                new Recipient(address, parameters.notices(), parameters.originalRecipient()));
        return TO_OK;
    }

    private Reply refused(Reply reply) {
        transaction.refused();
        RCPT_REFUSED.increment();
        return reply;
    }

    /// One box alone, and the letter (as far as MAIL told its size) does not fit.
    private boolean isFull(Found.Local local) throws IOException {
        if (local.targets().size() != 1 || !local.elsewhere().isEmpty()) return false;
        long size = Math.max(1, transaction.parameters().size());
        return rooms.roomOf(local.targets().getFirst()) < size;
    }

    private void reset() {
        if (transaction != null && transaction.chunks != null) transaction.chunks.letter().close();
        transaction = null;
    }

    // ---- the letter

    /// `DATA`, RFC 5321 §4.1.1.4.
    private Reply data() throws IOException {
        if (transaction == null) return Reply.of(503, "5.5.1", "MAIL first");
        if (transaction.chunks != null || transaction.spoiled) {
            return Reply.of(503, "5.5.1", "BDAT was used: go on with it, or RSET");
        }
        if (transaction.isBinary()) return Reply.of(503, "5.5.1", "BINARYMIME comes by BDAT");
        Reply nobody = nobody();
        if (nobody != null) return wire.hasInput() ? tooEager() : nobody;
        if (wire.hasInput()) return tooEager();
        try (Arrival arrival = arrival()) {
            answer(GO_ON);
            wire.deadline(bounds.data(), bounds.line());
            arrival.data().readToDot();
            wire.deadline(bounds.command(), bounds.line());
            return deliver(arrival);
        } catch (StoreTrouble e) {
            return asleep(e);
        } finally {
            reset();
        }
    }

    private Reply asleep(StoreTrouble e) {
        LOG.log(System.Logger.Level.WARNING, () -> wire.id() + ": store: " + e.getMessage());
        return Reply.of(451, "4.3.0", "the store has trouble, come again later");
    }

    /// Null when there is a recipient. RFC 2920 §3.1: 554 when all were refused.
    private Reply nobody() {
        if (!transaction.recipients().isEmpty()) return null;
        return transaction.wasRefusedAny() && kind != Smtp.Kind.LMTP
                ? Reply.of(554, "5.5.1", "no valid recipients")
                : Reply.of(503, "5.5.1", "RCPT first");
    }

    /// `BDAT`, RFC 3030 §2. The octets come at once: whatever is wrong, they are read first.
    private Reply chunk(long octets, boolean last) throws IOException {
        wire.deadline(bounds.data(), bounds.line());
        try {
            Reply trouble = null;
            if (transaction == null) trouble = Reply.of(503, "5.5.1", "MAIL first");
            else if (transaction.spoiled) trouble = Reply.of(503, "5.5.1", "RSET first");
            else trouble = nobody();
            if (trouble != null) {
                if (transaction != null) transaction.spoiled = true;
                skip(octets);
                return trouble;
            }
            if (transaction.chunks == null) {
                try {
                    transaction.chunks = arrival();
                } catch (StoreTrouble e) {
                    transaction.spoiled = true;
                    skip(octets);
                    return asleep(e);
                }
            }
            Arrival arrival = transaction.chunks;
            arrival.data().readChunk(octets);
            if (last) {
                arrival.data().endChunks();
                try (arrival) {
                    transaction.chunks = null;
                    return deliver(arrival);
                } finally {
                    reset();
                }
            }
            trouble = arrival.letter().trouble();
            if (trouble == null) return Reply.of(250, "2.0.0", octets + " octets");
            transaction.spoiled = true;
            return trouble;
        } finally {
            wire.deadline(bounds.command(), bounds.line());
        }
    }

    /// Reads a chunk that nobody wants.
    private void skip(long octets) throws IOException {
        if (octets > 2 * settings.messageOctetsMax() + (1 << 20)) throw new MailData.Flood();
        for (long left = octets; left > 0; ) {
            int n = (int) Math.min(wire.fill(), left);
            wire.consume(n);
            left -= n;
        }
    }

    /// A letter that has begun to arrive.
    record Arrival(QueueId id, IncomingLetter letter, MailData data) implements AutoCloseable {
        @Override
        public void close() {
            letter.close();
        }
    }

    private Arrival arrival() throws IOException {
        QueueId id = rooms.intake().nextId();
        OffsetDateTime now = clock.instant().atZone(ZoneId.systemDefault()).toOffsetDateTime();
        List<Recipient> recipients = transaction.recipients();
        String received =
                Stamp.received(
                        hello.name(),
                        peer(),
                        settings.hostname(),
                        Stamp.protocol(
                                kind,
                                hello.greeting() != SmtpCommand.Greeting.HELO,
                                wire.tls() != null,
                                login != null,
                                transaction.parameters().smtpUtf8()),
                        wire.tls(),
                        id,
                        recipients.size() == 1 ? recipients.getFirst().address().toString() : null,
                        now);
        boolean submission = kind == Smtp.Kind.SUBMISSION;
        long octetsMax = octetsMax();
        IncomingLetter.Missing missing =
                submission
                        ? new IncomingLetter.Missing(
                                yubin.mime.MailDate.format(now),
                                "<" + id + "@" + settings.hostname() + ">",
                                author())
                        : null;
        IncomingLetter letter =
                new IncomingLetter(
                        rooms.store()
                                .blobs()
                                .upload(transaction.tenantOr(login == null ? 0 : login.tenant())),
                        received,
                        missing,
                        octetsMax);
        MailData.LoneEnds loneEnds =
                transaction.isBinary()
                        ? MailData.LoneEnds.KEEP
                        : submission ? MailData.LoneEnds.MEND : MailData.LoneEnds.REFUSE;
        MailData data = new MailData(wire, letter, loneEnds, octetsMax, bounds.letter());
        return new Arrival(id, letter, data);
    }

    /// Hands the letter in. When this says 250 it is safe on disk (RFC 5321 §6.1).
    private Reply deliver(Arrival arrival) throws IOException {
        IncomingLetter letter = arrival.letter();
        messages++;
        Message message = letter.finish();
        Reply trouble = letter.trouble();
        if (trouble == null && letter.receivedCount() > bounds.receivedMax()) {
            trouble = Reply.of(554, "5.4.6", "this letter goes round in a circle");
        }
        if (trouble == null) trouble = strangeAuthor(message);
        if (trouble != null) return toAll(trouble);
        Submitted submitted =
                rooms.intake()
                        .submit(
                                Letter.now(
                                        arrival.id(),
                                        transaction.envelope(),
                                        letter.upload(),
                                        message,
                                        origin()));
        return switch (submitted) {
            case Submitted.Accepted accepted -> {
                ACCEPTED.increment();
                ACCEPTED_OCTETS.add(letter.upload().size());
                yield kind == Smtp.Kind.LMTP ? toEach(accepted.results()) : accepted.reply();
            }
            case Submitted.Refused(var reply) -> toAll(reply);
        };
    }

    /// Who wrote a letter that does not say it: the envelope's sender, which [#begin] has looked
    /// at, else the login. RFC 5322 §3.6 wants a From in each letter.
    private String author() {
        return transaction.from() instanceof ReversePath.Mailbox(var address)
                ? address.toString()
                : login.address().toString();
    }

    /// Everybody in From must be the login, or may be anybody. RFC 6409 §6.1.
    private Reply strangeAuthor(Message message) throws IOException {
        if (kind != Smtp.Kind.SUBMISSION || settings.sender() == Smtp.Sender.ANY) return null;
        // A From beyond the bounds of the parser would be one that nobody looked at.
        if (!message.root().keptHeaderIsWhole()) {
            return Reply.of(554, "5.6.0", "the header is too large to see who writes");
        }
        var authors = Addresses.flatten(message.root().addresses("From"));
        if (authors.isEmpty()) return Reply.of(554, "5.6.0", "From names nobody");
        for (var from : authors) {
            Address address = Address.parse(from.address()).orElse(null);
            if (address == null || !rooms.directory().mayWriteAs(login, address)) {
                return Reply.of(553, "5.7.1", "From is not an address of yours");
            }
        }
        return null;
    }

    private Origin origin() {
        TlsFacts facts = wire.tls();
        return new Origin(
                switch (kind) {
                    case MX -> Origin.Protocol.SMTP;
                    case SUBMISSION -> Origin.Protocol.SUBMISSION;
                    case LMTP -> Origin.Protocol.LMTP;
                },
                login == null ? null : login.account(),
                login == null ? null : login.address().toString(),
                peer().getHostAddress(),
                hello.name(),
                facts == null ? null : facts.protocol() + " " + facts.cipher());
    }

    /// One reply for the letter; in LMTP the same for each recipient, RFC 2033 §4.2.
    private Reply toAll(Reply reply) throws IOException {
        REFUSED.increment();
        if (kind != Smtp.Kind.LMTP) return reply;
        for (int i = 1; i < transaction.recipients().size(); i++) answer(reply);
        return reply;
    }

    private Reply toEach(List<Reply> results) throws IOException {
        for (Reply reply : results.subList(0, results.size() - 1)) answer(reply);
        return results.getLast();
    }
}
