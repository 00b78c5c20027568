package yubin.delivery;

import java.io.IOException;
import java.io.OutputStream;
import yubin.wire.Wire;

/// Sends a message in the form of DATA: a dot at the start of a line is doubled, and the last line
/// is a lone dot. RFC 5321 §4.5.2.
///
/// A CR or LF alone is sent as CRLF: a server that takes it for a line end must not find a second
/// message behind it (RFC 5321 §2.3.8).
final class DotWriter extends OutputStream {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] DOT = {'.'};

    private final Wire wire;
    private byte last = '\n'; // the octet before; a message begins like a line
    private boolean started;

    DotWriter(Wire wire) {
        this.wire = wire;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    /// Copies runs; stops at line ends and at dots behind them only.
    @Override
    public void write(byte[] octets, int offset, int length) throws IOException {
        int from = offset; // what lies between here and i is still to be sent as it is
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            byte octet = octets[i];
            if (last == '\r' && octet != '\n') {
                wire.write(octets, from, i - from);
                from = i;
                wire.write("\n");
                last = '\n';
            }
            if (octet == '\n' && last != '\r') {
                wire.write(octets, from, i - from);
                from = i + 1;
                wire.write(CRLF);
            } else if (octet == '.' && last == '\n') {
                wire.write(octets, from, i - from);
                from = i;
                wire.write(DOT);
            }
            last = octet;
            started = true;
        }
        wire.write(octets, from, end - from);
    }

    /// Completes the last line. The final dot is the caller's, who notes that it goes out.
    void finish() throws IOException {
        if (last == '\r') wire.write("\n");
        else if (last != '\n' || !started) wire.write(CRLF);
    }
}
