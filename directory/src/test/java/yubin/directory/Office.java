package yubin.directory;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.store.Committer;
import yubin.store.MemoryKeys;

/// A directory over rows in memory.
final class Office implements AutoCloseable {
    static final InetAddress LOOPBACK = address("127.0.0.1");
    static final InetAddress STRANGER = address("192.0.2.77");

    final MemoryKeys keys = new MemoryKeys();
    final Committer committer = keys.committer();
    Seal seal = new Seal(new byte[32]);
    private final AtomicLong numbers = new AtomicLong();
    Directory directory = open();
    Administration administration = directory.administration();

    private Directory open() {
        try {
            return new Directory(
                    keys,
                    committer,
                    seal,
                    numbers::incrementAndGet,
                    InstantSource.system(),
                    Directory.Settings.of(Domain.of("mx.example.com")));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The same rows read again by a new directory.
    Office reopened() {
        directory.close();
        directory = open();
        administration = directory.administration();
        return this;
    }

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    Office domain(String name) {
        assertInstanceOf(Outcome.Ok.class, administration.addDomain(name));
        return this;
    }

    Office account(String address) {
        return account(address, null, false);
    }

    Office account(String address, String password, boolean admin) {
        Outcome outcome =
                administration.addAccount(
                        new Administration.NewAccount(
                                address,
                                password,
                                "",
                                Long.MAX_VALUE,
                                admin,
                                Account.Type.PERSON,
                                null));
        assertInstanceOf(Outcome.Ok.class, outcome, outcome.text());
        return this;
    }

    Office alias(String address, String... targets) {
        Outcome outcome = administration.addAlias(address, List.of(targets));
        assertInstanceOf(Outcome.Ok.class, outcome, outcome.text());
        return this;
    }

    /// `ann 1 tag`-like: accounts, tags and places elsewhere in one line.
    String find(String address) {
        return describe(directory.find(Address.of(address)));
    }

    static String describe(Found found) {
        return switch (found) {
            case Found.Local(var targets, var elsewhere) -> {
                StringBuilder text = new StringBuilder();
                for (Found.Target target : targets) {
                    text.append(target.account());
                    if (target.tag() != null) text.append('+').append(target.tag());
                    text.append(' ');
                }
                for (Address address : elsewhere) text.append(address).append(' ');
                yield text.toString().strip();
            }
            case Found.Remote() -> "remote";
            case Found.Unknown() -> "unknown";
            case Found.Disabled() -> "disabled";
            case Found.Asleep(String why) -> "asleep";
        };
    }

    @Override
    public void close() {
        directory.close();
        committer.close();
    }
}
