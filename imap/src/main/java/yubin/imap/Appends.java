package yubin.imap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import yubin.imap.ImapCommand.AppendMessage;
import yubin.mime.Message;
import yubin.mime.MessageScanner;
import yubin.store.Boxes.FlagOperation;
import yubin.store.Change;
import yubin.store.Mailbox;
import yubin.store.NewEmail;
import yubin.store.StoreTrouble;
import yubin.store.Upload;
import yubin.wire.Wire;

/// APPEND: takes a message from the wire into a mailbox, or several in one change (MULTIAPPEND).
/// RFC 3501 §6.3.11, `[APPENDUID]` RFC 4315 §3.
///
/// The octets go from the wire into the store and through the scanner in pieces, once. A message
/// that is not wanted is refused before its literal when the client asks; when it comes unasked
/// (LITERAL+) it is read and thrown away up to a bound.
final class Appends {
    private static final int CHUNK_OCTETS = 64 * 1024;

    /// How long the client may be silent within a message.
    private static final Duration SILENCE = Duration.ofMinutes(5);

    /// Messages of one APPEND.
    private static final int MESSAGES_MAX = 1000;

    /// Octets of one APPEND that wait for their commit; large messages wait on disk.
    private static final long WAITING_OCTETS_MAX = 64L << 20;

    private final ImapSession session;
    private final Wire wire;
    private final List<NewEmail> emails = new ArrayList<>();
    private byte[] chunk;

    Appends(ImapSession session) {
        this.session = session;
        this.wire = session.wire();
    }

    /// Gets rid of a message that comes unasked for a command that is refused.
    void refuse(AppendMessage message) throws IOException {
        if (!message.nonSync()) return;
        long skip = message.size();
        // A stranger's message is not worth reading; a login's is, a little over what is allowed.
        long max =
                session.login() == null
                        ? CommandReader.SKIP_OCTETS_MAX
                        : session.server().settings().messageOctetsMax() + (16 << 20);
        chunk = new byte[8192];
        while (true) {
            if (skip > max) throw new CommandReader.Overrun();
            max -= skip;
            session.reader().skip(skip, chunk);
            AppendMessage next = CommandParser.parseNextMessage(chunk, wire.readLine(chunk));
            if (next == null || !next.nonSync()) return;
            skip = next.size();
        }
    }

    Answer append(ImapCommand.Append append) throws IOException {
        Place place = session.place(append.mailbox());
        Optional<Mailbox> mailbox = place.boxes().find(append.mailbox());
        if (mailbox.isEmpty()) {
            refuse(append.first());
            return Messages.tryCreate();
        }
        try {
            AppendMessage message = append.first();
            while (message != null) {
                Answer refused = refusal(place, message);
                if (refused != null) {
                    refuse(message);
                    return refused;
                }
                if (!message.nonSync()) {
                    session.out().drain(wire);
                    wire.write("+ Ready for the message\r\n");
                    wire.flush();
                }
                Answer trouble = take(place, message);
                if (trouble != null) {
                    refuse(new AppendMessage(message.flags(), null, 0, true, false));
                    return trouble;
                }
                byte[] line = new byte[1024];
                int length = wire.readLine(line);
                int from = message.utf8() && length > 0 && line[0] == ')' ? 1 : 0;
                if (message.utf8() && from == 0) return Answer.bad("Expected ')'");
                if (length == from) break;
                if (from == 1) System.arraycopy(line, 1, line, 0, length - 1);
                message = CommandParser.parseNextMessage(line, length - from);
                if (message == null) return Answer.bad("Expected the end or another message");
            }
            return commit(place, mailbox.get());
        } finally {
            for (NewEmail email : emails) email.upload().close();
        }
    }

    /// What can be said before the octets come.
    private Answer refusal(Place place, AppendMessage message) {
        long max = session.server().settings().messageOctetsMax();
        if (message.size() > max) {
            return Answer.no("TOOBIG", "A message may have " + max + " octets here");
        }
        // Of nothing no message can be made; for MULTIAPPEND it means that the client gave up.
        if (message.size() == 0) return Answer.no(null, "A message of no octets is not stored");
        long waiting = 0;
        for (NewEmail email : emails) waiting += email.upload().size();
        if (emails.size() >= MESSAGES_MAX || waiting > WAITING_OCTETS_MAX) {
            return Answer.no("LIMIT", "Too much for one command");
        }
        if (place.boxes().usage().octets() + waiting + message.size() > place.quotaOctets()) {
            return Answer.no("OVERQUOTA", "The mailboxes are full");
        }
        return null;
    }

    /// Takes the octets of one message. On trouble of the store the rest is read and thrown away,
    /// so that the conversation goes on; the answer is then not null.
    private Answer take(Place place, AppendMessage message) throws IOException {
        if (chunk == null) chunk = new byte[(int) Math.min(CHUNK_OCTETS, message.size())];
        Answer trouble = null;
        Upload upload = session.server().store().blobs().upload(place.tenant());
        boolean kept = false;
        wire.deadline(SILENCE, SILENCE);
        try {
            MessageScanner scanner = new MessageScanner();
            for (long left = message.size(); left > 0; ) {
                int n = wire.read(chunk, 0, (int) Math.min(left, chunk.length));
                left -= n;
                if (trouble != null) continue;
                try {
                    upload.write(chunk, 0, n);
                    scanner.feed(chunk, 0, n);
                } catch (StoreTrouble e) {
                    trouble = Answer.of(e);
                }
            }
            if (trouble != null) return trouble;
            Message parsed = scanner.finish();
            upload.finish();
            long flags = Messages.flags(place.boxes(), message.flags(), FlagOperation.ADD);
            OffsetDateTime date = message.date();
            if (date == null) date = session.server().clock().instant().atOffset(ZoneOffset.UTC);
            emails.add(
                    new NewEmail(
                            upload,
                            parsed,
                            new byte[0],
                            flags,
                            date.toInstant().toEpochMilli(),
                            date.getOffset().getTotalSeconds() / 60));
            kept = true;
            return null;
        } catch (StoreTrouble e) {
            return Answer.of(e);
        } finally {
            session.waitAsUsual();
            if (!kept) upload.close();
        }
    }

    /// All of them in one change, or none.
    private Answer commit(Place place, Mailbox mailbox) throws StoreTrouble {
        int[] uids = new int[emails.size()];
        int uidValidity = mailbox.uidValidity();
        try {
            if (emails.size() == 1) {
                Change.Placed placed =
                        place.boxes().append(mailbox.id(), emails.getFirst(), place.quotaOctets());
                uids[0] = placed.uid();
                uidValidity = placed.uidValidity();
            } else {
                var account = place.boxes().account();
                try (Change change = session.server().store().change(List.of(account))) {
                    for (int i = 0; i < uids.length; i++) {
                        uids[i] = change.add(account, mailbox.id(), emails.get(i)).uid();
                    }
                    change.commit();
                }
            }
        } catch (StoreTrouble.Refused e) {
            if (e.why() == StoreTrouble.Refused.Why.NO_SUCH_MAILBOX) return Messages.tryCreate();
            throw e;
        }
        Out set = new Out(64).set(uids);
        return Answer.ok(
                "APPENDUID "
                        + Integer.toUnsignedString(uidValidity)
                        + " "
                        + new String(set.toArray(), StandardCharsets.US_ASCII),
                "Appended");
    }
}
