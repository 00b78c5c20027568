package yubin.dns;

import java.net.InetSocketAddress;

/// What a [DnsListener] asks for each packet. Called by many threads at once.
interface Answerer {
    /// Writes the response to `query[0..length)` into `response` and returns its octets; 0 sends
    /// nothing. Never throws.
    ///
    /// @param response 65,535 octets, may be filled with anything
    /// @param later takes the response of one that cannot answer at once and returned 0
    int answer(byte[] query, int length, byte[] response, Path path, Later later);

    /// How the query came.
    ///
    /// @param client null for tests
    record Path(InetSocketAddress client, boolean udp) {}

    /// Sends a response after the answerer returned; dropped when the client has gone.
    interface Later {
        void send(byte[] response, int length);
    }
}
