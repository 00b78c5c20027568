package yubin.pop3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.AccountId;
import yubin.wire.Listener;
import yubin.wire.Patience;
import yubin.wire.Wire;

@Timeout(60)
class HostileTest {
    private Window window;
    private Listener listener;
    private AccountId ann;

    @BeforeEach
    void open(@TempDir Path folder) throws Exception {
        window = new Window(folder, Pop3.Plaintext.LOOPBACK);
        ann = window.account("ann@example.com");
        window.deliver(ann, "a: 1\r\n\r\n");
        listener = window.listen(new Listener.Limits(6000, 6000));
    }

    @AfterEach
    void close() {
        listener.close(Duration.ZERO);
        window.close();
    }

    private Socket connect() throws IOException {
        return new Socket(listener.address().getAddress(), listener.address().getPort());
    }

    private void aNormalSessionWorks() throws IOException {
        Wire wire = Wire.connect(listener.address(), null, Duration.ofSeconds(10));
        try (Window.Talk talk = new Window.Talk(wire)) {
            talk.plays(
                    """
                    S: +OK mail.example.com POP3
                    C: USER ann
                    S: +OK
                    C: PASS secret
                    S: +OK * messages
                    C: STAT
                    S: +OK *
                    C: QUIT
                    S: +OK bye
                    """);
        }
    }

    @Test
    void manyConnectionsOpenedAndDropped() throws Exception {
        List<Socket> open = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            Socket socket = connect();
            if (i % 3 == 0)
                socket.getOutputStream()
                        .write("USER ann\r\nPA".getBytes(StandardCharsets.US_ASCII));
            if (i % 3 == 1) socket.setSoLinger(true, 0);
            open.add(socket);
            if (open.size() == 250) {
                for (Socket old : open) old.close();
                open.clear();
            }
        }
        for (Socket old : open) old.close();
        aNormalSessionWorks();
        for (int i = 0; i < 200 && listener.connections() > 0; i++) Thread.sleep(50);
        assertEquals(0, listener.connections());
    }

    @Test
    void anEndlessLineIsCutAndGarbageIsAnswered() throws Exception {
        byte[] line = "x".repeat(64 << 10).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = connect()) {
            boolean cut = false;
            try {
                for (int i = 0; i < 1000 && !cut; i++) socket.getOutputStream().write(line);
            } catch (IOException e) {
                cut = true;
            }
            assertTrue(cut, "64 MB in one line");
        }
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            try (Socket socket = connect()) {
                socket.setSoTimeout(100);
                byte[] garbage = new byte[random.nextInt(4000)];
                random.nextBytes(garbage);
                socket.getOutputStream().write(garbage);
                socket.shutdownOutput();
                byte[] answer = new byte[1 << 16];
                while (socket.getInputStream().read(answer) > 0) {}
            } catch (IOException e) {
                // Cut or silent: both are right.
            }
        }
        aNormalSessionWorks();
    }

    @Test
    void aReaderWhoNeverReadsSlowsNobody() throws Exception {
        String body = "a line that is sent again and again to somebody\r\n".repeat(40_000);
        window.deliver(ann, "Subject: large\r\n\r\n" + body);
        try (Socket lazy = connect()) {
            StringBuilder all = new StringBuilder("USER ann\r\nPASS secret\r\n");
            for (int i = 0; i < 100; i++) all.append("RETR 2\r\n");
            lazy.getOutputStream().write(all.toString().getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 5; i++) aNormalSessionWorks();
            window.deliver(ann, "a: 3\r\n\r\n");
        }
    }

    @Test
    void aSlowTyperIsServed() throws Exception {
        try (Socket slow = connect()) {
            slow.setSoTimeout(10_000);
            byte[] answer = new byte[200];
            int got = slow.getInputStream().read(answer);
            for (byte octet : "CAPA\r\n".getBytes(StandardCharsets.US_ASCII)) {
                slow.getOutputStream().write(octet);
                Thread.sleep(20);
                aNormalSessionWorks();
            }
            got = slow.getInputStream().read(answer);
            assertTrue(new String(answer, 0, got, StandardCharsets.US_ASCII).startsWith("+OK"));
        }
    }

    @Test
    void deliveryAndDeletingAtTheSameTime() throws Exception {
        int rounds = 60;
        Thread postman =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        for (int i = 0; i < rounds; i++) {
                                            window.deliver(ann, "n: " + i + "\r\n\r\n");
                                        }
                                    } catch (IOException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        int taken = 0;
        while (taken < rounds + 1) {
            try (Window.Talk talk = window.login("ann")) {
                talk.plays("C: STAT");
                int count = Integer.parseInt(talk.hears().split(" ")[1]);
                for (int i = 1; i <= count; i++) talk.plays("C: DELE " + i + "\nS: +OK");
                talk.plays("C: QUIT\nS: +OK bye");
                taken += count;
            }
        }
        postman.join();
        assertEquals(rounds + 1, taken);
        window.login("ann").plays("C: STAT\nS: +OK 0 0");
    }

    private Window.Talk stranger(Duration time, int commands) throws IOException {
        Pop3 pop3 =
                new Pop3(
                        Window.HOST,
                        window.store,
                        window.directory,
                        null,
                        Pop3.Plaintext.ALWAYS,
                        new Patience.Bounds(time, commands));
        return Window.talk("192.0.2.1", pop3);
    }

    @Test
    void aStrangerHasSoManyCommandsAndWhoLogsInHasAll() throws Exception {
        Window.Talk talk = stranger(Duration.ofMinutes(5), 5);
        for (int i = 0; i < 5; i++) talk.plays("C: USER ann\nS: +OK");
        talk.plays("S: -ERR [SYS/TEMP] too many commands before a login").isOver();
        Window.Talk ann = stranger(Duration.ofMinutes(5), 5);
        ann.plays("C: USER ann\nS: +OK\nC: USER ann\nS: +OK\nC: PASS secret\nS: +OK *");
        for (int i = 0; i < 20; i++) ann.plays("C: NOOP\nS: +OK");
    }

    @Test
    void aStrangerHasSoMuchTimeHoweverBusy() throws Exception {
        Window.Talk known = stranger(Duration.ofMillis(700), 1000);
        known.plays("C: USER ann\nS: +OK\nC: PASS secret\nS: +OK *");
        Window.Talk silent = stranger(Duration.ofMillis(700), 1000);
        Window.Talk busy = stranger(Duration.ofMillis(700), 1000);
        String heard = "";
        for (int i = 0; i < 100 && !heard.startsWith("-ERR"); i++) {
            if (!heard.isEmpty()) Thread.sleep(20);
            try {
                busy.wire().write("USER ann\r\n");
                busy.wire().flush();
            } catch (Wire.Closed e) {
                // It has said good bye already.
            }
            heard = busy.hears();
        }
        assertEquals("-ERR [SYS/TEMP] no login in all this time", heard);
        silent.isOver();
        known.plays("C: NOOP\nS: +OK");
    }
}
