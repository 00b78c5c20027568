package yubin.pop3;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import yubin.directory.Directory;
import yubin.directory.Login;
import yubin.directory.Sasl;
import yubin.directory.Step;
import yubin.directory.Use;
import yubin.directory.Visitor;
import yubin.ledger.Counters;
import yubin.ledger.Redaction;
import yubin.store.Email;
import yubin.store.StoreTrouble;
import yubin.wire.Patience;
import yubin.wire.TlsFacts;
import yubin.wire.Wire;

/// One connection, from the greeting to QUIT. RFC 1939 §3.
///
/// AUTHORIZATION lasts while `drop` is null, TRANSACTION from then on; UPDATE is the end of QUIT.
/// A session that ends in any other way deletes nothing (RFC 1939 §6). Replies wait in the wire's
/// buffer until no command is buffered any more (PIPELINING, RFC 2449 §6.6).
final class Pop3Session {
    /// A command is up to 255 octets (RFC 2449 §4); some clients send long initial responses.
    private static final int COMMAND_OCTETS_MAX = 1024;

    /// One line of a SASL exchange.
    private static final int SASL_OCTETS_MAX = 12_288;

    /// Octets of listings that are put together before they go into the wire's buffer.
    private static final int LISTING_OCTETS = 4096;

    /// RFC 1939 §3: ten minutes at least. A stranger has no more than that in all.
    private static final Duration SILENCE = Duration.ofMinutes(10);
    private static final Duration COMMAND = Duration.ofMinutes(1);
    private static final int LOGIN_FAILURES_MAX = 5;
    private static final int MISTAKES_MAX = 50;

    private static final System.Logger LOG = System.getLogger("yubin.pop3");
    private static final Counters.Counter SESSIONS = Counters.of("pop3.sessions");
    private static final Counters.Counter RETRIEVED = Counters.of("pop3.retrieved");
    private static final Counters.Counter DELETED = Counters.of("pop3.deleted");

    private final Pop3 pop3;
    private final Wire wire;
    private final byte[] line = new byte[COMMAND_OCTETS_MAX];
    private String user;
    private Drop drop;
    private Directory.Registration registration;
    private boolean utf8;
    private boolean open = true;
    private int loginFailures;
    private int mistakes;

    Pop3Session(Pop3 pop3, Wire wire) {
        this.pop3 = pop3;
        this.wire = wire;
    }

    void run() throws IOException {
        SESSIONS.increment();
        Patience patience = new Patience(wire, pop3.strangers, SILENCE, COMMAND);
        wire.deadline(SILENCE, COMMAND);
        try {
            ok(pop3.hostname + " POP3");
            while (open) {
                if (drop == null) patience.spend();
                obey(next());
            }
            wire.flush();
        } catch (Patience.Ended e) {
            error("[SYS/TEMP] " + e.getMessage());
            wire.flush();
        } catch (Wire.ShuttingDown e) {
            error("[SYS/TEMP] the post office closes");
            wire.flush();
        } catch (Wire.Trouble e) {
            // The peer went away or fell silent: RFC 1939 §3 wants no response then.
            LOG.log(Level.DEBUG, () -> wire.id() + " " + e.getMessage());
        } catch (RuntimeException bug) {
            LOG.log(Level.ERROR, wire.id() + " closed by a bug", bug);
            error("[SYS/TEMP] internal trouble");
            wire.flush();
        } finally {
            if (registration != null) registration.close();
        }
    }

    private Pop3Command next() throws IOException {
        try {
            return Pop3Command.parse(line, wire.readLine(line));
        } catch (Wire.LineTooLong e) {
            return new Pop3Command.Malformed("the line is too long");
        } catch (Wire.BareLineEnd e) {
            return new Pop3Command.Malformed("a line ends with CR and LF");
        }
    }

    private void obey(Pop3Command command) throws IOException {
        if (drop == null) {
            switch (command) {
                case Pop3Command.User(String name) -> user(name);
                case Pop3Command.Pass(String password) -> pass(password);
                case Pop3Command.Auth(String mechanism, String initial) -> auth(mechanism, initial);
                case Pop3Command.Stls() -> stls();
                case Pop3Command.Utf8() -> utf8();
                case Pop3Command.Capa() -> capa();
                case Pop3Command.Quit() -> farewell();
                case Pop3Command.Malformed(String problem) -> mistake(problem);
                default -> mistake("log in first");
            }
            return;
        }
        switch (command) {
            case Pop3Command.Retr(int number) -> retr(number);
            case Pop3Command.Top(int number, int lines) -> top(number, lines);
            case Pop3Command.Stat() -> ok(drop.count() + " " + drop.octets());
            case Pop3Command.ListSizes(int number) -> list(number);
            case Pop3Command.Uidl(int number) -> uidl(number);
            case Pop3Command.Dele(int number) -> dele(number);
            case Pop3Command.Rset() -> {
                drop.undelete();
                ok(drop.count() + " messages");
            }
            case Pop3Command.Noop() -> ok("");
            case Pop3Command.Capa() -> capa();
            case Pop3Command.Quit() -> update();
            case Pop3Command.Malformed(String problem) -> mistake(problem);
            default -> mistake("not after the login");
        }
    }

    // AUTHORIZATION.

    private Visitor visitor() {
        TlsFacts tls = wire.tls();
        return new Visitor(
                wire.peer().getAddress(), Use.POP3, tls == null ? null : tls::channelBinding);
    }

    /// Whether a password may pass here as it is.
    private boolean mayBePlain() {
        return wire.tls() != null
                || switch (pop3.plaintext) {
                    case NEVER -> false;
                    case LOOPBACK -> wire.peer().getAddress().isLoopbackAddress();
                    case ALWAYS -> true;
                };
    }

    private void user(String name) throws IOException {
        if (!mayBePlain()) {
            error("[SYS/PERM] no passwords without TLS: use STLS");
            return;
        }
        user = name;
        ok("");
    }

    private void pass(String password) throws IOException {
        if (user == null) {
            mistake("USER first");
            return;
        }
        String name = user;
        user = null;
        settle(pop3.directory.login(name, password, visitor()));
    }

    /// RFC 5034 §4. Without a mechanism some clients expect the list.
    private void auth(String mechanism, String initial) throws IOException {
        if (mechanism == null) {
            ok("");
            for (String name : mechanisms()) wire.write(name + "\r\n");
            wire.write(".\r\n");
            return;
        }
        Optional<Sasl> exchange = pop3.directory.sasl(mechanism, visitor());
        if (exchange.isEmpty()) {
            mistake("unknown mechanism");
            return;
        }
        if (mechanisms().stream().noneMatch(mechanism::equalsIgnoreCase)) {
            error("[SYS/PERM] no passwords without TLS: use STLS");
            return;
        }
        byte[] response = null;
        if (initial != null) {
            response = base64(initial.equals("=") ? "" : initial);
            if (response == null) {
                mistake("not Base64");
                return;
            }
        }
        Step step = exchange.get().respond(response);
        byte[] saslLine = null;
        while (step instanceof Step.Challenge(byte[] challenge)) {
            wire.write("+ " + Base64.getEncoder().encodeToString(challenge) + "\r\n");
            if (saslLine == null) saslLine = new byte[SASL_OCTETS_MAX];
            String answer;
            try {
                int length = wire.readLine(saslLine);
                answer = new String(saslLine, 0, length, StandardCharsets.ISO_8859_1);
            } catch (Wire.LineTooLong | Wire.BareLineEnd e) {
                mistake("the authentication exchange cannot be read");
                return;
            }
            if (answer.equals("*")) {
                error("cancelled");
                return;
            }
            response = base64(answer);
            if (response == null) {
                mistake("not Base64");
                return;
            }
            step = exchange.get().respond(response);
        }
        if (step instanceof Step.End end) settle(end);
    }

    private List<String> mechanisms() {
        return Sasl.mechanisms(visitor(), mayBePlain());
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Opens the maildrop for whoever has shown who they are.
    private void settle(Step.End end) throws IOException {
        switch (end) {
            case Step.Done(Login login) -> open(login);
            case Step.Failed(Step.Why why, String forPeer, String forLog) -> {
                LOG.log(Level.INFO, () -> Redaction.clean(wire.id() + " " + forLog));
                String code =
                        switch (why) {
                            case CREDENTIALS, MALFORMED -> "[AUTH] ";
                            case NOT_ALLOWED, DISABLED -> "[SYS/PERM] ";
                            case LATER -> "[SYS/TEMP] ";
                        };
                error(code + forPeer);
                if (++loginFailures == LOGIN_FAILURES_MAX) open = false;
            }
        }
    }

    private void open(Login login) throws IOException {
        registration = pop3.directory.register(login, wire::farewell).orElse(null);
        if (registration == null) {
            error("[IN-USE] too many sessions of this account");
            return;
        }
        try {
            drop = Drop.open(pop3.store, login.account(), utf8);
        } catch (StoreTrouble trouble) {
            LOG.log(Level.WARNING, () -> wire.id() + " inbox: " + trouble.getMessage());
            error("[SYS/TEMP] the inbox cannot be opened now");
            registration.close();
            registration = null;
            return;
        }
        wire.deadline(SILENCE, COMMAND);
        ok(drop.count() + " messages");
    }

    /// RFC 2595 §4. Nothing that was said before counts afterwards; pipelined plaintext behind
    /// the command ends the connection.
    private void stls() throws IOException {
        if (pop3.tls == null) {
            mistake("no TLS here");
        } else if (wire.tls() != null) {
            mistake("TLS is on already");
        } else if (utf8) {
            mistake("STLS comes before UTF8"); // RFC 6856 §2.1
        } else {
            ok("begin TLS");
            wire.startTls(pop3.tls);
            user = null;
        }
    }

    /// RFC 6856 §2.1.
    private void utf8() throws IOException {
        utf8 = true;
        ok("");
    }

    private void capa() throws IOException {
        StringBuilder all = new StringBuilder("+OK\r\n");
        if (drop == null) {
            if (mayBePlain()) all.append("USER\r\n");
            if (pop3.tls != null && wire.tls() == null) all.append("STLS\r\n");
        }
        all.append("SASL ").append(String.join(" ", mechanisms())).append("\r\n");
        all.append("TOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n");
        all.append("UTF8 USER\r\nEXPIRE NEVER\r\nLOGIN-DELAY 0\r\nIMPLEMENTATION Yubin\r\n.\r\n");
        wire.write(all.toString());
    }

    private void farewell() throws IOException {
        ok("bye");
        open = false;
    }

    // TRANSACTION.

    private boolean lacks(int number) throws IOException {
        if (drop.has(number)) return false;
        error("no such message");
        return true;
    }

    private void retr(int number) throws IOException {
        if (lacks(number)) return;
        send(number, Stuffing.whole(wire));
        RETRIEVED.increment();
    }

    private void top(int number, int lines) throws IOException {
        if (!lacks(number)) send(number, Stuffing.top(wire, lines));
    }

    /// Sends piece by piece: a large message is never whole in memory, and a slow reader holds
    /// nothing but its own thread.
    private void send(int number, Stuffing stuffing) throws IOException {
        Email email;
        byte[] piece;
        try {
            email = drop.email(number);
            if (email == null) {
                error("message " + number + " was removed meanwhile");
                return;
            }
            piece = drop.read(email, 0);
        } catch (StoreTrouble trouble) {
            LOG.log(Level.WARNING, () -> wire.id() + " " + trouble.getMessage());
            error("[SYS/TEMP] the message cannot be read");
            return;
        }
        wire.write("+OK " + drop.size(number) + " octets\r\n");
        long at = 0;
        int header = utf8 ? 0 : drop.utf8HeaderOctets(email);
        if (header > 0 && header <= piece.length) {
            byte[] ascii = Surrogate.of(Arrays.copyOf(piece, header));
            boolean more = stuffing.feed(ascii, ascii.length);
            piece = more ? Arrays.copyOfRange(piece, header, piece.length) : new byte[0];
            at = header;
            if (!more) at = email.size();
        }
        while (stuffing.feed(piece, piece.length)) {
            at += piece.length;
            if (at >= email.size() || piece.length == 0) break;
            try {
                piece = drop.read(email, at);
            } catch (StoreTrouble trouble) {
                // A message must not look whole when it is not: cut the connection.
                LOG.log(Level.WARNING, () -> wire.id() + " " + trouble.getMessage());
                wire.abort();
                open = false;
                return;
            }
        }
        stuffing.finish();
    }

    private void list(int number) throws IOException {
        if (number > 0) {
            if (!lacks(number)) ok(number + " " + drop.size(number));
            return;
        }
        ok(drop.count() + " messages (" + drop.octets() + " octets)");
        StringBuilder lines = new StringBuilder(LISTING_OCTETS + 64);
        for (int i = 1; i <= drop.last(); i++) {
            if (!drop.has(i)) continue;
            lines.append(i).append(' ').append(drop.size(i)).append("\r\n");
            drain(lines);
        }
        end(lines);
    }

    private void uidl(int number) throws IOException {
        if (number > 0) {
            if (!lacks(number)) ok(number + " " + drop.uidl(number));
            return;
        }
        ok("");
        StringBuilder lines = new StringBuilder(LISTING_OCTETS + 64);
        for (int i = 1; i <= drop.last(); i++) {
            if (!drop.has(i)) continue;
            lines.append(i).append(' ').append(drop.uidl(i)).append("\r\n");
            drain(lines);
        }
        end(lines);
    }

    private void drain(StringBuilder lines) throws IOException {
        if (lines.length() < LISTING_OCTETS) return;
        wire.write(lines.toString());
        lines.setLength(0);
    }

    private void end(StringBuilder lines) throws IOException {
        wire.write(lines.append(".\r\n").toString());
    }

    private void dele(int number) throws IOException {
        if (lacks(number)) return;
        drop.delete(number);
        ok("");
    }

    /// QUIT: the UPDATE state. RFC 1939 §6.
    private void update() throws IOException {
        open = false;
        try {
            DELETED.add(drop.commit());
            ok("bye");
        } catch (StoreTrouble trouble) {
            LOG.log(Level.WARNING, () -> wire.id() + " QUIT: " + trouble.getMessage());
            error("[SYS/TEMP] the deleted messages are not removed");
        }
    }

    // Replies.

    private void ok(String text) throws IOException {
        wire.write(text.isEmpty() ? "+OK\r\n" : "+OK " + text + "\r\n");
    }

    private void error(String text) throws IOException {
        wire.write("-ERR " + text + "\r\n");
    }

    /// The client's mistake; too many of them end the connection.
    private void mistake(String text) throws IOException {
        error(text);
        if (++mistakes == MISTAKES_MAX) {
            open = false;
        }
    }
}
