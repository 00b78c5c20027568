package yubin.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import yubin.mail.QueueId;
import yubin.queue.Shelf;
import yubin.wire.Listener;
import yubin.wire.Wire;

/// The carrier with its own threads, against a server that takes everything.
class CarrierTest {
    @TempDir Path folder;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final CountDownLatch dotHeard = new CountDownLatch(1);
    private volatile boolean silentAfterDot;

    private Listener sink() throws IOException {
        return Listener.open(
                "sink",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                null,
                Listener.Limits.DEFAULT,
                this::serve);
    }

    private void serve(Wire wire) throws IOException {
        most.accumulateAndGet(open.incrementAndGet(), Math::max);
        try {
            byte[] line = new byte[4096];
            boolean data = false;
            wire.write("220 sink\r\n");
            while (true) {
                int length = wire.readLine(line);
                String text = new String(line, 0, length, StandardCharsets.UTF_8);
                if (data) {
                    if (!text.equals(".")) continue;
                    data = false;
                    dotHeard.countDown();
                    if (silentAfterDot) continue;
                    taken.incrementAndGet();
                    wire.write("250 taken\r\n");
                } else if (text.equals("DATA")) {
                    data = true;
                    wire.write("354 go\r\n");
                } else if (text.equals("QUIT")) {
                    wire.write("221 bye\r\n");
                    return;
                } else {
                    wire.write("250 PIPELINING\r\n");
                }
            }
        } finally {
            open.decrementAndGet();
        }
    }

    private static void until(java.util.function.BooleanSupplier done) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!done.getAsBoolean() && System.nanoTime() < deadline) Thread.sleep(10);
        assertTrue(done.getAsBoolean());
    }

    @Test
    void allLettersGoOverFewConnectionsAndTheEndIsQuick() throws Exception {
        try (Listener sink = sink();
                Town town = new Town(folder, sink.address().getPort())) {
            town.host("one.example").host("two.example");
            List<QueueId> ids = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                ids.add(town.send(Town.TEXT, "p@" + (i % 2 == 0 ? "one" : "two") + ".example"));
            }
            Carrier carrier = town.carrier();
            carrier.begin();
            until(() -> taken.get() == ids.size());
            ids.add(town.send(Town.TEXT, "late@one.example"));
            until(() -> taken.get() == ids.size());
            long start = System.nanoTime();
            carrier.close(Duration.ofSeconds(20));
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(15));
            assertTrue(most.get() <= 2 * Shelf.PER_DESTINATION, most + " connections");
            for (QueueId id : ids) assertTrue(town.isGone(id));
        }
    }

    @Test
    void aLetterThatIsCutAfterItsDotIsUncertainAndStaysOnTheShelf() throws Exception {
        silentAfterDot = true;
        try (Listener sink = sink();
                Town town = new Town(folder, sink.address().getPort())) {
            QueueId id = town.host("one.example").send(Town.TEXT, "p@one.example");
            Carrier carrier = town.carrier();
            carrier.begin();
            assertTrue(dotHeard.await(20, TimeUnit.SECONDS));
            carrier.close(Duration.ofMillis(200));
            until(
                    () -> {
                        try {
                            return town.left(id).state().equals("uncertain");
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    });
            assertEquals(1, town.left(id).attempts());
        }
    }
}
