package yubin.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import yubin.directory.Account;
import yubin.directory.Administration.NewAccount;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Outcome.Ok;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.ReversePath;
import yubin.mime.Message;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Mailbox;
import yubin.store.Snapshot;
import yubin.store.Store;
import yubin.store.Upload;

/// A post office for tests: a real store and directory, a clock that is set by hand.
final class Office implements AutoCloseable {
    static final String TEXT =
            "From: Ann <ann@example.com>\r\nSubject: hello\r\nMessage-ID: <m1@example.com>\r\n\r\n"
                    + "A letter.\r\n";

    /// A clock that stands still until it is moved.
    static final class Clock implements InstantSource {
        private volatile Instant now = Instant.parse("2026-11-25T01:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        void pass(Duration time) {
            now = now.plus(time);
        }
    }

    final Path folder;
    final Clock clock;
    Inspector inspector = Inspector.PASS_ALL;
    Store store;
    Directory directory;
    Intake intake;

    Office(Path folder) throws IOException {
        this(folder, new Clock());
    }

    Office(Path folder, Clock clock) throws IOException {
        this.folder = folder;
        this.clock = clock;
        open();
    }

    void open() throws IOException {
        store = Store.open(folder, clock);
        Domain hostname = Domain.of("mail.example.com");
        directory = Directory.open(store, clock, Directory.Settings.of(hostname));
        RetryTimes times =
                new RetryTimes(
                        Duration.ofDays(5),
                        Duration.ofDays(1),
                        Duration.ofHours(4),
                        new SplittableRandom(7));
        intake =
                Intake.open(
                        store,
                        directory,
                        letter -> inspector.inspect(letter),
                        hostname,
                        clock,
                        times);
    }

    Office domain(String domain) {
        if (!(directory.administration().addDomain(domain) instanceof Ok))
            throw new AssertionError();
        return this;
    }

    Office person(String address) {
        return person(address, Long.MAX_VALUE);
    }

    Office person(String address, long quota) {
        NewAccount account =
                new NewAccount(address, null, null, quota, false, Account.Type.PERSON, null);
        var outcome = directory.administration().addAccount(account);
        if (!(outcome instanceof Ok)) throw new AssertionError(outcome.text());
        return this;
    }

    Office alias(String address, String... targets) {
        var outcome = directory.administration().addAlias(address, List.of(targets));
        if (!(outcome instanceof Ok)) throw new AssertionError(outcome.text());
        return this;
    }

    Office restart() throws IOException {
        close();
        open();
        return this;
    }

    AccountId account(String address) {
        return ((Found.Local) directory.find(Address.of(address))).targets().getFirst().account();
    }

    Shelf shelf() {
        return intake.shelf();
    }

    Orders orders() {
        return intake.shelf().orders();
    }

    /// A letter from ann@example.net.
    Submitted send(String... to) throws IOException {
        return submit(envelope("ann@example.net", to), TEXT, Origin.Protocol.SMTP);
    }

    static Envelope envelope(String from, String... to) {
        List<Recipient> recipients = new ArrayList<>();
        for (String address : to) recipients.add(Recipient.of(Address.of(address)));
        return Envelope.of(path(from), recipients);
    }

    static Envelope notifying(String from, String to, Recipient.Notify... notices) {
        Recipient recipient = new Recipient(Address.of(to), Set.of(notices), null);
        return Envelope.of(path(from), List.of(recipient));
    }

    static ReversePath path(String from) {
        return from.isEmpty() ? ReversePath.NULL : ReversePath.of(Address.of(from));
    }

    Submitted submit(Envelope envelope, String text, Origin.Protocol protocol) throws IOException {
        return submit(envelope, text, protocol, null, false);
    }

    /// A letter of somebody who lives here, submitted.
    Submitted sendAs(String from, String... to) throws IOException {
        return submitAs(from, envelope(from, to));
    }

    /// @param who is logged in
    Submitted submitAs(String who, Envelope envelope) throws IOException {
        return submitAs(who, envelope, TEXT);
    }

    Submitted submitAs(String who, Envelope envelope, String text) throws IOException {
        Origin origin =
                new Origin(Origin.Protocol.SUBMISSION, account(who), who, "192.0.2.9", "me", null);
        return submit(envelope, text, origin, null, false);
    }

    Submitted submit(
            Envelope envelope,
            String text,
            Origin.Protocol protocol,
            Instant notBefore,
            boolean held)
            throws IOException {
        Origin origin = new Origin(protocol, null, null, "192.0.2.9", "mx.example.net", null);
        return submit(envelope, text, origin, notBefore, held);
    }

    private Submitted submit(
            Envelope envelope, String text, Origin origin, Instant notBefore, boolean held)
            throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        try (Upload upload = store.blobs().upload(0)) {
            upload.write(octets, 0, octets.length);
            upload.finish();
            return intake.submit(
                    new Letter(
                            intake.nextId(),
                            envelope,
                            upload,
                            Message.parse(octets),
                            origin,
                            notBefore,
                            held));
        }
    }

    static QueueId id(Submitted submitted) {
        if (submitted instanceof Submitted.Accepted(var id, var results)) return id;
        throw new AssertionError(submitted.toString());
    }

    /// Every letter in a mailbox, whole, oldest first.
    List<String> letters(String address, String mailbox) throws IOException {
        Boxes boxes = store.boxes(account(address));
        List<String> letters = new ArrayList<>();
        Mailbox found = boxes.find(mailbox).orElse(null);
        if (found == null) return letters;
        Snapshot snapshot = boxes.view(found.id()).now();
        for (int i = 0; i < snapshot.count(); i++) {
            Email email = boxes.email(snapshot.emailId(i));
            byte[] octets = boxes.read(email, 0, (int) email.size());
            letters.add(new String(octets, StandardCharsets.UTF_8));
        }
        return letters;
    }

    List<String> inbox(String address) throws IOException {
        return letters(address, "INBOX");
    }

    /// The next job without waiting; null when nothing is due.
    Job take() {
        try {
            return shelf().take(Duration.ZERO);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// What happened to a letter, a line for each step.
    List<String> steps(QueueId id) throws IOException {
        List<String> steps = new ArrayList<>();
        for (Trail.Step step : intake.journey().trail(id).orElseThrow().steps()) {
            String who = step.recipient() == null ? "" : " " + step.recipient();
            steps.add(step.what() + who);
        }
        return steps;
    }

    @Override
    public void close() throws IOException {
        intake.close();
        directory.close();
        store.close();
    }
}
