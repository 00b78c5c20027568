package yubin.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// kill -9 while letters come in and are indexed. What was acknowledged is found at once after the
/// next start, however far the index on disk is.
class SearchKillTest {
    /// So many that IMAP SEARCH asks the index, and more.
    private static final int EACH_ROUND = 150;

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final Pattern APPENDUID = Pattern.compile("\\[APPENDUID \\d+ (\\d+)\\]");

    @TempDir Path folder;

    /// Words of acknowledged letters, with their UIDs.
    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();

    @Test
    void killedWhileItIndexesEveryAcknowledgedLetterIsFound() throws Exception {
        ServerProcess server = new ServerProcess(folder);
        server.obey("domain", "add", "example.com");
        server.obey("account", "add", "ann@example.com", "--password", "orange");

        // Killed before there is an index worth the name,
        server.start();
        appendAndThen(server, "first", server::kill);
        server.start();
        everythingIsFound(server);
        // then ended with all of it on disk,
        server.stop();
        server.start();
        everythingIsFound(server);
        // and killed while what is on disk falls behind.
        appendAndThen(server, "second", server::kill);
        server.start();
        everythingIsFound(server);
        server.kill();
    }

    private interface End {
        void come() throws InterruptedException;
    }

    /// The end comes while a client still appends.
    private void appendAndThen(ServerProcess server, String round, End end) throws Exception {
        int wanted = acknowledged.size() + EACH_ROUND;
        Thread client = Thread.ofVirtual().start(() -> append(server.imap(), round));
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (acknowledged.size() < wanted && System.nanoTime() < until) Thread.sleep(5);
        end.come();
        client.join();
        assertTrue(acknowledged.size() > wanted - EACH_ROUND, "there were letters");
    }

    private void append(InetSocketAddress imap, String round) {
        try (Peer ann = Peer.reader(imap, "ann@example.com", "orange")) {
            for (int i = 0; ; i++) {
                String word = round + i + "end";
                String letter = "Subject: zoo\r\n\r\nA walrus says " + word + ".\r\n";
                byte[] octets = letter.getBytes(StandardCharsets.US_ASCII);
                Matcher uid = APPENDUID.matcher(ann.imap("APPEND INBOX", octets, "").status());
                if (uid.find()) acknowledged.put(word, Long.parseLong(uid.group(1)));
            }
        } catch (IOException e) {
            // The server was killed: the end of the load.
        }
    }

    private void everythingIsFound(ServerProcess server) throws IOException {
        try (Peer ann = Peer.reader(server.imap(), "ann@example.com", "orange")) {
            assertTrue(ann.imap("SELECT INBOX").ok());
            Set<Long> lost = new TreeSet<>(acknowledged.values());
            lost.removeAll(search(ann, "walrus"));
            assertEquals(Set.of(), lost, "not found, of " + acknowledged.size());
            int i = 0;
            for (Map.Entry<String, Long> letter : new TreeMap<>(acknowledged).entrySet()) {
                if (i++ % 20 != 0) continue;
                assertEquals(Set.of(letter.getValue()), search(ann, letter.getKey()));
            }
        }
    }

    private static Set<Long> search(Peer ann, String text) throws IOException {
        Peer.Answer answer = ann.imap("UID SEARCH TEXT " + text);
        assertTrue(answer.ok(), answer.status());
        Set<Long> found = new TreeSet<>();
        for (String line : answer.untagged()) {
            if (!line.startsWith("* SEARCH")) continue;
            String[] words = line.split(" ");
            for (int i = 2; i < words.length; i++) found.add(Long.parseLong(words[i]));
        }
        return found;
    }
}
