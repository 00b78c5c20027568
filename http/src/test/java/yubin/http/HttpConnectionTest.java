package yubin.http;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import yubin.wire.Wire;

class HttpConnectionTest {
    private static long in(Duration time) {
        return System.nanoTime() + time.toNanos();
    }

    private static HttpConnection streams(Wire.Pair pair) {
        HttpConnection connection = new HttpConnection(pair.server(), null, null, null);
        connection.enter(HttpConnection.Phase.STREAMS);
        return connection;
    }

    @Test
    void aConnectionOfStreamsOnWhichNothingIsAskedIsForgotten() {
        Wire.Pair pair = Wire.pair();
        HttpConnection connection = streams(pair);
        Duration late = HttpConnection.STREAMS_SILENCE_MAX.plusSeconds(1);
        assertFalse(connection.isForgotten(in(Duration.ofSeconds(1))));
        assertTrue(connection.isForgotten(in(late)));
        connection.inWork(1);
        assertFalse(connection.isForgotten(in(late)));
        connection.inWork(-1);
        assertTrue(connection.isForgotten(in(late)));
        pair.client().abort();
        pair.server().abort();
    }

    @Test
    void bodiesOfStreamsEarnTheirTimeByTheirOctets() throws Exception {
        Wire.Pair pair = Wire.pair();
        HttpConnection connection = streams(pair);
        Duration late = HttpConnection.BODY_SILENCE_MAX.plusSeconds(5);
        assertFalse(connection.isDripping(in(late)), "no body is read");
        connection.bodyBegins();
        assertFalse(connection.isDripping(in(Duration.ofSeconds(1))));
        assertTrue(connection.isDripping(in(late)));
        byte[] octets = new byte[20 * HttpConnection.BODY_OCTETS_PER_SECOND_MIN];
        pair.client().write(octets);
        pair.client().flush();
        for (int got = 0; got < octets.length; ) {
            connection.dataReader().ensureAvailable();
            int here = connection.dataReader().available();
            connection.dataReader().skip(here);
            got += here;
        }
        assertFalse(connection.isDripping(in(late)));
        assertTrue(connection.isDripping(in(late.plusSeconds(20))));
        connection.bodyEnds();
        assertFalse(connection.isDripping(in(late)));
        pair.client().abort();
        pair.server().abort();
    }
}
