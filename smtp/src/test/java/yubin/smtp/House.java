package yubin.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import yubin.directory.Account;
import yubin.directory.Administration.NewAccount;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.directory.Outcome;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.queue.Inspector;
import yubin.queue.Intake;
import yubin.queue.RetryTimes;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Snapshot;
import yubin.store.Store;
import yubin.wire.Tls;

/// A post office at mx.example.com for tests: the real rooms, and a clock that stands still.
///
/// Ann and Bob live here with password `secret`; Bob is the admin. Full's box holds 1,000 octets,
/// Out is disabled, `team` leads to Ann and Bob.
final class House implements AutoCloseable {
    static final Domain HOSTNAME = Domain.of("mx.example.com");
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-25T01:00:00Z"));

    private static final Pattern TRACE =
            Pattern.compile(
                    "\\A(Return-Path|Delivered-To|Received):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*"
                            + "(?:(Delivered-To|Received):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)*");

    final Store store;
    final Directory directory;
    final Intake intake;
    final Tls tls;
    Inspector inspector = Inspector.PASS_ALL;
    Smtp.Plaintext plaintext = Smtp.Plaintext.NEVER;
    Smtp.Sender sender = Smtp.Sender.OWN;
    Smtp.Bounds bounds = Smtp.Bounds.DEFAULT;
    long messageOctetsMax = 1 << 20;

    House(Path folder) throws IOException {
        store = Store.open(folder.resolve("data"), CLOCK);
        directory = Directory.open(store, CLOCK, Directory.Settings.of(HOSTNAME));
        RetryTimes times = RetryTimes.standard();
        intake =
                Intake.open(
                        store,
                        directory,
                        letter -> inspector.inspect(letter),
                        HOSTNAME,
                        CLOCK,
                        times);
        tls = Tls.selfSigned(folder, HOSTNAME.ascii());
        done(directory.administration().addDomain("example.com"));
        account("ann@example.com", "secret", Long.MAX_VALUE, false);
        account("bob@example.com", "secret", Long.MAX_VALUE, true);
        account("full@example.com", null, 1000, false);
        account("out@example.com", null, Long.MAX_VALUE, false);
        account("花子@example.com", null, Long.MAX_VALUE, false);
        done(directory.administration().setEnabled("out@example.com", false));
        done(
                directory
                        .administration()
                        .addAlias(
                                "team@example.com", List.of("ann@example.com", "bob@example.com")));
    }

    private void account(String address, String password, long quota, boolean admin) {
        done(
                directory
                        .administration()
                        .addAccount(
                                new NewAccount(
                                        address,
                                        password,
                                        null,
                                        quota,
                                        admin,
                                        Account.Type.PERSON,
                                        null)));
    }

    private static void done(Outcome outcome) {
        if (!(outcome instanceof Outcome.Ok)) throw new AssertionError(outcome.text());
    }

    Smtp door(Smtp.Kind kind) {
        Smtp.Settings settings =
                new Smtp.Settings(HOSTNAME, plaintext, sender, messageOctetsMax, bounds);
        return new Smtp(kind, settings, store, directory, intake, tls, CLOCK);
    }

    /// The letters in somebody's Inbox, whole, oldest first.
    List<String> inbox(String address) throws IOException {
        Found.Local found = (Found.Local) directory.find(Address.of(address));
        Boxes boxes = store.boxes(found.targets().getFirst().account());
        List<String> letters = new ArrayList<>();
        var mailbox = boxes.find("INBOX").orElse(null);
        if (mailbox == null) return letters;
        Snapshot snapshot = boxes.view(mailbox.id()).now();
        for (int i = 0; i < snapshot.count(); i++) {
            Email email = boxes.email(snapshot.emailId(i));
            byte[] octets = boxes.read(email, 0, (int) email.size());
            letters.add(new String(octets, StandardCharsets.UTF_8));
        }
        return letters;
    }

    /// What the sender wrote, without the trace fields on top.
    List<String> bodies(String address) throws IOException {
        return inbox(address).stream()
                .map(letter -> TRACE.matcher(letter).replaceFirst(""))
                .toList();
    }

    @Override
    public void close() throws IOException {
        intake.close();
        directory.close();
        store.close();
    }
}
