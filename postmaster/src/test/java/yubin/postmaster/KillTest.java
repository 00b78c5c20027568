package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 under load: SMTP, APPEND and STORE from eight connections, killed at random moments and
/// started again. Every acknowledged message must be there exactly once with its octets, its flags
/// and its UID.
///
/// `-Dyubin.kill.rounds=500 -Dyubin.seed=N` for a long run.
class KillTest {
    private static final int ROUNDS = Integer.getInteger("yubin.kill.rounds", 15);
    private static final int KEPT_PER_ROUND = 40;

    /// A start takes no more than this after any kill, by the clock or, where the machine is busy
    /// with other things, by what the program computes. It is the bound of a plain JVM, which loads
    /// and compiles everything anew; as packaged, with its AOT cache, two seconds are kept, which
    /// `check` measures.
    private static final long START_MILLIS_MAX = 6_000;
    private static final Pattern TOKEN = Pattern.compile("X-Token: (\\S+)\r\n");
    private static final Pattern UID = Pattern.compile("UID (\\d+)");
    private static final Pattern FLAGS = Pattern.compile("FLAGS \\(([^)]*)\\)");
    private static final Pattern APPENDUID = Pattern.compile("\\[APPENDUID (\\d+) (\\d+)\\]");

    /// What the server has acknowledged about one message.
    ///
    /// @param uid 0 while not known
    private record Promised(String letter, boolean bySmtp, long uid) {}

    /// A message as it is found after a start.
    private record Kept(long uid, String flags, String octets) {}

    @TempDir Path folder;

    private final long seed = Long.getLong("yubin.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Map<String, Promised> promised = new ConcurrentHashMap<>();
    private final Map<Long, String> flagsPromised = new ConcurrentHashMap<>();
    private final Map<Long, String> flagsAsked = new ConcurrentHashMap<>();
    private long acknowledged;
    private long stores;
    private ServerProcess.Started slowest = new ServerProcess.Started(0, 0);

    @Test
    void killedAtAnyMomentNothingAcknowledgedIsLostOrDoubled() throws Exception {
        System.out.println("KillTest: seed " + seed + ", " + ROUNDS + " rounds");
        ServerProcess server = new ServerProcess(folder);
        server.obey("domain", "add", "example.com");
        server.obey("account", "add", "ann@example.com", "--password", "orange");
        Map<String, Kept> before = new HashMap<>();
        start(server, 0);
        for (int round = 0; round < ROUNDS; round++) {
            List<Thread> load = load(server, round, before);
            awaitLoad(before);
            Thread.sleep(random.nextInt(700));
            server.kill();
            for (Thread thread : load) thread.join();
            start(server, round);
            before = examine(server, round, before);
        }
        server.kill();
        System.out.printf(
                "KillTest: %d messages and %d flag changes acknowledged, slowest start %d ms (CPU %d ms)%n",
                acknowledged, stores, slowest.millis(), slowest.cpuMillis());
        assertTrue(acknowledged > ROUNDS, "there were messages");
        assertTrue(stores >= ROUNDS - 1, "there were flag changes");
    }

    private void start(ServerProcess server, int round) throws Exception {
        ServerProcess.Started started = server.start();
        if (started.least() > slowest.least()) slowest = started;
        assertTrue(started.least() <= START_MILLIS_MAX, "round " + round + ": " + started);
    }

    /// However slow the machine: the server is killed when clients of all three kinds are at work,
    /// not while they still log in.
    private void awaitLoad(Map<String, Kept> before) throws InterruptedException {
        long until = System.nanoTime() + 10_000_000_000L;
        while (System.nanoTime() < until) {
            boolean bySmtp = promised.values().stream().anyMatch(Promised::bySmtp);
            boolean byAppend = promised.values().stream().anyMatch(promise -> !promise.bySmtp);
            boolean byStore = before.isEmpty() || !flagsPromised.isEmpty();
            if (bySmtp && byAppend && byStore) return;
            Thread.sleep(5);
        }
    }

    private List<Thread> load(ServerProcess server, int round, Map<String, Kept> before) {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String name = round + "-" + i;
            long own = random.nextLong();
            int kind = i % 3;
            List<Long> uids = before.values().stream().map(Kept::uid).sorted().toList();
            threads.add(
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            switch (kind) {
                                                case 0 -> smtp(server.smtp(), name, own);
                                                case 1 -> append(server.imap(), name, own);
                                                default -> store(server.imap(), uids, name, own);
                                            }
                                        } catch (IOException e) {
                                            // The server was killed: the end of the load.
                                        }
                                    }));
        }
        return threads;
    }

    private void smtp(InetSocketAddress smtp, String name, long seed) throws IOException {
        Random random = new Random(seed);
        try (Peer peer = new Peer(smtp)) {
            peer.reply();
            peer.smtp("EHLO client.example", "250");
            for (int i = 0; ; i++) {
                String token = "s" + name + "-" + i;
                String letter = letter(token, random);
                peer.smtp("MAIL FROM:<ben@example.net>", "250");
                peer.smtp("RCPT TO:<ann@example.com>", "250");
                peer.smtp("DATA", "354");
                peer.send(letter);
                peer.smtp(".", "250");
                promised.put(token, new Promised(letter, true, 0));
            }
        }
    }

    private void append(InetSocketAddress imap, String name, long seed) throws IOException {
        Random random = new Random(seed);
        try (Peer peer = Peer.reader(imap, "ann@example.com", "orange")) {
            for (int i = 0; ; i++) {
                String token = "a" + name + "-" + i;
                String letter = letter(token, random);
                byte[] octets = letter.getBytes(StandardCharsets.ISO_8859_1);
                Peer.Answer answer = peer.imap("APPEND INBOX", octets, "");
                assertTrue(answer.ok(), answer.status());
                Matcher uid = APPENDUID.matcher(answer.status());
                assertTrue(uid.find(), answer.status());
                promised.put(token, new Promised(letter, false, Long.parseLong(uid.group(2))));
            }
        }
    }

    private void store(InetSocketAddress imap, List<Long> uids, String name, long seed)
            throws IOException {
        if (uids.isEmpty()) return;
        Random random = new Random(seed);
        // Connections share the messages out, so that the last answer to each is known.
        int part = name.endsWith("2") ? 0 : 1;
        try (Peer peer = Peer.reader(imap, "ann@example.com", "orange")) {
            peer.imap("SELECT INBOX");
            while (true) {
                long uid = uids.get(random.nextInt(uids.size()));
                if (uid % 2 != part) continue;
                String flags = random.nextBoolean() ? "\\Seen" : "\\Flagged k" + random.nextInt(5);
                flagsAsked.put(uid, flags);
                Peer.Answer answer = peer.imap("UID STORE " + uid + " FLAGS (" + flags + ")");
                assertTrue(answer.ok(), answer.status());
                flagsPromised.put(uid, flags);
                flagsAsked.remove(uid);
            }
        }
    }

    /// Compares what is there with what was promised, and leaves a few messages for later rounds.
    private Map<String, Kept> examine(ServerProcess server, int round, Map<String, Kept> before)
            throws IOException {
        Map<String, Kept> found = new HashMap<>();
        try (Peer peer = Peer.reader(server.imap(), "ann@example.com", "orange")) {
            assertTrue(peer.imap("SELECT INBOX").ok());
            Peer.Answer answer = peer.imap("UID FETCH 1:* (UID FLAGS BODY.PEEK[])");
            assertTrue(answer.ok(), answer.status());
            for (String line : answer.untagged()) {
                if (!line.contains(" FETCH (")) continue;
                Kept kept = kept(line);
                Matcher token = TOKEN.matcher(kept.octets);
                assertTrue(token.find(), "round " + round + ": a message nobody sent");
                Kept twin = found.put(token.group(1), kept);
                assertEquals(null, twin, "round " + round + ": twice: " + token.group(1));
            }
            promised.forEach((token, promise) -> compare(round, token, promise, found.get(token)));
            before.forEach(
                    (token, kept) -> {
                        assertNotNull(found.get(token), "round " + round + ": gone: " + token);
                        assertEquals(kept.uid, found.get(token).uid, "UID of " + token);
                    });
            compareFlags(round, found);
            acknowledged += promised.size();
            stores += flagsPromised.size();
            promised.clear();
            flagsPromised.clear();
            flagsAsked.clear();
            return thinOut(peer, found);
        }
    }

    private static Kept kept(String line) {
        Matcher uid = UID.matcher(line);
        Matcher flags = FLAGS.matcher(line);
        assertTrue(uid.find() && flags.find(), line.substring(0, Math.min(200, line.length())));
        int body = line.indexOf('}', line.indexOf("BODY[]")) + 1;
        int end = line.lastIndexOf(')');
        return new Kept(Long.parseLong(uid.group(1)), flags.group(1), line.substring(body, end));
    }

    private void compare(int round, String token, Promised promise, Kept kept) {
        assertNotNull(kept, "round " + round + ": acknowledged and lost: " + token);
        String octets = kept.octets;
        if (promise.bySmtp) {
            assertTrue(octets.endsWith(promise.letter), "round " + round + ": octets of " + token);
            octets = octets.substring(0, octets.length() - promise.letter.length());
            assertTrue(octets.startsWith("Return-Path:") || octets.contains("Received:"), octets);
        } else {
            assertEquals(promise.letter, octets, "round " + round + ": octets of " + token);
            assertEquals(promise.uid, kept.uid, "round " + round + ": UID of " + token);
        }
    }

    private void compareFlags(int round, Map<String, Kept> found) {
        Map<Long, String> flags = new HashMap<>();
        found.values().forEach(kept -> flags.put(kept.uid, sorted(kept.flags)));
        flagsPromised.forEach(
                (uid, wanted) -> {
                    String is = flags.get(uid);
                    String asked = flagsAsked.get(uid);
                    assertTrue(
                            sorted(wanted).equals(is) || asked != null && sorted(asked).equals(is),
                            "round " + round + ": flags of UID " + uid + ": " + is);
                });
    }

    private static String sorted(String flags) {
        return String.join(
                " ",
                java.util.Arrays.stream(flags.split(" "))
                        .filter(flag -> !flag.equals("\\Recent") && !flag.isEmpty())
                        .sorted()
                        .toList());
    }

    private Map<String, Kept> thinOut(Peer peer, Map<String, Kept> found) throws IOException {
        Map<String, Kept> left = new HashMap<>(found);
        for (Map.Entry<String, Kept> entry : found.entrySet()) {
            if (left.size() <= KEPT_PER_ROUND) break;
            long uid = entry.getValue().uid;
            assertTrue(peer.imap("UID STORE " + uid + " +FLAGS.SILENT (\\Deleted)").ok());
            left.remove(entry.getKey());
        }
        assertTrue(peer.imap("EXPUNGE").ok());
        return left;
    }

    private static String letter(String token, Random random) {
        StringBuilder letter =
                new StringBuilder("From: Ben <ben@example.net>\r\nX-Token: " + token + "\r\n\r\n");
        int lines = random.nextInt(20) == 0 ? 3000 : random.nextInt(120);
        for (int i = 0; i < lines; i++)
            letter.append("line ").append(random.nextInt()).append("\r\n");
        return letter.toString();
    }
}
