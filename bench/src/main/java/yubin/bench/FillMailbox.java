package yubin.bench;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mime.Message;
import yubin.store.Change;
import yubin.store.NewEmail;
import yubin.store.Role;
import yubin.store.Store;
import yubin.store.Upload;

/// Fills the inbox of an account with messages, straight through the store. The post office of the
/// data folder must not be running.
///
/// Arguments: data folder, address, count, octets of each message.
public final class FillMailbox {
    /// Messages of one commit.
    private static final int GROUP = 500;

    private FillMailbox() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: FillMailbox DATA ADDRESS COUNT OCTETS");
            System.exit(2);
        }
        Address address = Address.of(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        int octets = Integer.parseInt(arguments[3]);
        InstantSource clock = InstantSource.system();
        try (Store store = Store.open(Path.of(arguments[0]), clock);
                Directory directory =
                        Directory.open(
                                store,
                                clock,
                                Directory.Settings.of(Domain.of("mail.example.com")))) {
            AccountId account =
                    switch (directory.find(address)) {
                        case Found.Local local -> local.targets().getFirst().account();
                        case Found other ->
                                throw new IllegalArgumentException(address + " is " + other);
                    };
            fill(store, account, count, octets);
        }
    }

    static void fill(Store store, AccountId account, int count, int octets) throws Exception {
        long began = System.nanoTime();
        long told = began;
        for (int done = 0; done < count; done += GROUP) {
            try (Change change = store.change(List.of(account))) {
                int inbox = change.mailbox(account, Role.INBOX);
                for (int i = done; i < Math.min(count, done + GROUP); i++) {
                    change.add(account, inbox, email(store, i, octets));
                }
                change.commit();
            }
            long now = System.nanoTime();
            if (now - told > 2_000_000_000L) {
                told = now;
                System.err.printf(
                        "%,d of %,d, %,.0f/s%n",
                        done + GROUP, count, (done + GROUP) / ((now - began) / 1e9));
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf("%,d messages in %.1f s, %,.0f/s%n", count, seconds, count / seconds);
    }

    private static NewEmail email(Store store, int number, int octets) throws Exception {
        StringBuilder text = new StringBuilder(octets + 100);
        text.append("From: Ann <ann@example.com>\r\nTo: Bob <bob@example.com>\r\nSubject: Number ")
                .append(number)
                .append("\r\nMessage-ID: <fill-")
                .append(number)
                .append(
                        "@example.com>\r\nDate: Wed, 25 Nov 2026 10:00:00 +0900\r\n"
                                + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                                + "\r\n");
        while (text.length() < octets) {
            text.append("The quick brown fox ").append(number).append(" jumps.\r\n");
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        Upload upload = store.blobs().upload(1);
        upload.write(bytes, 0, bytes.length);
        return new NewEmail(
                upload.finish(),
                Message.parse(bytes),
                new byte[0],
                0,
                1_764_000_000_000L + number * 1000L,
                540);
    }
}
