package yubin.imap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.wire.ClientTls;
import yubin.wire.Patience;
import yubin.wire.Tls;
import yubin.wire.Wire;

class HostileTest {
    @TempDir static Path folder;
    private static Office office;

    @BeforeAll
    static void open() throws IOException {
        office = new Office(folder);
    }

    @AfterAll
    static void close() {
        office.close();
    }

    /// RFC 3501 §11.1 and the injection of commands before TLS.
    @Test
    void starttls() throws Exception {
        String ann = office.account();
        Tls tls = Tls.selfSigned(folder, "mx.example.com");
        ImapServer window = office.window(tls, false);
        try (Chat chat = new Chat(window)) {
            chat.plays(
                    """
                    S: * OK [CAPABILITY … STARTTLS LOGINDISABLED AUTH=SCRAM-SHA-256] …
                    C: a STARTTLS
                    S: a OK Begin TLS negotiation now
                    """);
            chat.wire().startTls(ClientTls.opportunistic("mx.example.com"));
            chat.plays(
                    """
                    C: b CAPABILITY
                    S: * CAPABILITY IMAP4rev1 … AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-256 AUTH=PLAIN…
                    S: b OK That is all
                    C: c STARTTLS
                    S: c BAD TLS is on already
                    C: d LOGIN %s secret
                    S: d OK …
                    """
                            .formatted(ann));
        }
        try (Chat chat = new Chat(window)) {
            chat.plays("S: * OK …");
            chat.says("a STARTTLS\r\nb LOGIN ann secret\r\n".getBytes(StandardCharsets.US_ASCII));
            chat.plays("S: a OK Begin TLS negotiation now");
            assertTrue(chat.isOver());
        }
    }

    @Test
    void aChangedPasswordEndsTheSession() throws Exception {
        String ann = office.account();
        try (Chat chat = office.in(ann)) {
            office.directory.administration().setPassword(ann, "other");
            chat.plays("S: * BYE Your password was changed, please log in again");
            assertTrue(chat.isOver());
        }
    }

    @Test
    void aServerThatClosesSaysGoodBye() throws Exception {
        Wire.Pair pair = Office.pair();
        Thread session =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try (Wire end = pair.server()) {
                                        office.server.serve(end);
                                    } catch (IOException e) {
                                        // the end
                                    }
                                });
        byte[] line = new byte[1000];
        pair.client().readLine(line);
        pair.server().farewell();
        int n = pair.client().readLine(line);
        assertEquals(
                "* BYE The server is closing, come back later",
                new String(line, 0, n, StandardCharsets.US_ASCII));
        session.join(5000);
        pair.client().close();
    }

    /// Whatever is sent, the session answers or ends; it never fails.
    @Test
    void noiseBreaksNothing() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String ann = office.account();
        office.deliver(ann, 3);
        String[] pieces = {
            "a FETCH ",
            "1:*",
            "(",
            ")",
            " ",
            "BODY[",
            "]",
            "{5}\r\n",
            "{3+}\r\nabc",
            "\"",
            "\\",
            "b APPEND INBOX {4+}\r\na: b",
            "\r\n",
            "\r\n",
            "c SEARCH ",
            "TEXT ",
            "OR ",
            "NOT ",
            "x",
            "UID ",
            "STORE ",
            "+FLAGS ",
            "(\\Seen)",
            "d LIST \"\" ",
            "*",
            "%",
            "\0",
            "\u00ff",
            "e IDLE\r\n",
            "DONE\r\n",
            "f NOOP\r\n",
            "g EXPUNGE\r\n",
            "&-",
            "1",
            "4294967295",
            ",",
        };
        for (int round = 0; round < 60; round++) {
            StringBuilder noise = new StringBuilder();
            for (int i = 0; i < 40; i++) noise.append(pieces[random.nextInt(pieces.length)]);
            Chat chat = office.in(ann);
            try (chat) {
                chat.says(noise.toString().getBytes(StandardCharsets.ISO_8859_1));
                chat.says("\r\nDONE\r\n");
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + noise, e);
            }
        }
    }

    /// Sessions that expunge, store, deliver and watch at the same time: what each was told must
    /// add up to what is there.
    @Test
    void everySessionsCountAddsUp() throws Exception {
        String ann = office.account();
        office.deliver(ann, 30);
        AtomicBoolean over = new AtomicBoolean();
        AtomicReference<Throwable> trouble = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int s = 0; s < 3; s++) {
            long seed = s;
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try (Chat chat = office.with(ann)) {
                                            watch(chat, new Random(seed), over);
                                        } catch (Throwable e) {
                                            trouble.compareAndSet(null, e);
                                        }
                                    }));
        }
        for (int i = 0; i < 60; i++) {
            office.deliver(ann, 1);
            Thread.sleep(5);
        }
        over.set(true);
        for (Thread thread : threads) thread.join(20_000);
        if (trouble.get() != null) throw new AssertionError(trouble.get());
    }

    private static void watch(Chat chat, Random random, AtomicBoolean over) {
        chat.says("s SELECT INBOX");
        int known = count(chat.hears("s OK [READ-WRITE] Selected"), 0);
        String[] commands = {
            "NOOP",
            "FETCH 1:* (UID FLAGS)",
            "UID STORE %d +FLAGS (\\Deleted)",
            "STORE %d +FLAGS.SILENT (\\Seen)",
            "EXPUNGE",
            "SEARCH SEEN",
            "UID SEARCH DELETED",
        };
        boolean last = false;
        while (!last) {
            last = over.get();
            String command = last ? "NOOP" : commands[random.nextInt(commands.length)];
            boolean byNumber = command.startsWith("FETCH") || command.startsWith("STORE");
            int number = 1 + random.nextInt(Math.max(1, known));
            chat.says("y " + command.formatted(number));
            List<String> lines = new ArrayList<>();
            String line = chat.hear();
            while (!line.startsWith("y ")) {
                lines.add(line);
                line = chat.hear();
            }
            assertTrue(!line.startsWith("y BAD") || known == 0, command + ": " + line);
            if (byNumber || command.startsWith("SEARCH")) {
                assertTrue(lines.stream().noneMatch(l -> l.endsWith("EXPUNGE")), command);
            }
            known = count(lines, known);
        }
        assertTrue(chat.asks("SEARCH " + known).stream().anyMatch(l -> l.startsWith("* SEARCH")));
    }

    /// What a client believes after these responses.
    private static int count(List<String> lines, int known) {
        for (String line : lines) {
            String[] words = line.split(" ");
            if (line.endsWith(" EXPUNGE")) {
                int number = Integer.parseInt(words[1]);
                assertTrue(number >= 1 && number <= known, line + " of " + known);
                known--;
            } else if (line.endsWith(" EXISTS")) {
                int number = Integer.parseInt(words[1]);
                assertTrue(number >= known, line + " after " + known);
                known = number;
            } else if (words.length > 2 && words[2].equals("FETCH")) {
                assertTrue(Integer.parseInt(words[1]) <= known, line + " of " + known);
            }
        }
        return known;
    }

    private static ImapServer impatient(Duration time, int commands) {
        ImapSettings settings =
                new ImapSettings(
                        "mx.example.com",
                        null,
                        wire -> true,
                        1 << 20,
                        new Patience.Bounds(time, commands));
        return new ImapServer(settings, office.store, office.directory, null, () -> Office.NOW);
    }

    @Test
    void aStrangerHasSoManyCommandsAndWhoLogsInHasAll() throws Exception {
        ImapServer window = impatient(Duration.ofMinutes(5), 5);
        try (Chat chat = new Chat(window)) {
            chat.plays("S: * OK …");
            for (int i = 0; i < 5; i++) chat.plays("C: a NOOP\nS: a OK Done");
            chat.plays("S: * BYE [LIMIT] Please log in sooner: too many commands before a login");
            assertTrue(chat.isOver());
        }
        String ann = office.account();
        try (Chat chat = new Chat(window)) {
            chat.plays("S: * OK …");
            for (int i = 0; i < 4; i++) chat.plays("C: a NOOP\nS: a OK Done");
            chat.plays("C: l LOGIN " + ann + " secret\nS: l OK …");
            for (int i = 0; i < 20; i++) chat.plays("C: a NOOP\nS: a OK Done");
        }
    }

    @Test
    void aStrangerHasSoMuchTimeHoweverBusy() throws Exception {
        String ann = office.account();
        ImapServer window = impatient(Duration.ofMillis(700), Integer.MAX_VALUE);
        try (Chat busy = new Chat(window);
                Chat silent = new Chat(window);
                Chat known = new Chat(window)) {
            known.plays("S: * OK …\nC: l LOGIN " + ann + " secret\nS: l OK …");
            silent.plays("S: * OK …");
            busy.plays("S: * OK …");
            String heard = "";
            for (int i = 0; i < 100 && !heard.startsWith("* BYE"); i++) {
                if (!heard.isEmpty()) Thread.sleep(20);
                try {
                    busy.says("a NOOP");
                } catch (UncheckedIOException e) {
                    // It has said good bye already.
                }
                heard = busy.hear();
            }
            assertEquals("* BYE [LIMIT] Please log in sooner: no login in all this time", heard);
            silent.plays("S: * BYE Autologout: nothing was said for too long");
            known.plays("C: a NOOP\nS: a OK Done");
        }
    }
}
