package yubin.mime;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Rewrites 8-bit body parts for a hop without 8BITMIME. RFC 6152 §3.
public final class Downgrade {
    private Downgrade() {}

    /// Copies the message to `out`, each leaf that holds octets above 127 as quoted-printable or
    /// base64, everything else unchanged. The header must be ASCII ([Message#needsSmtpUtf8]).
    ///
    /// @param message the parse of just these octets
    public static void toSevenBit(Message message, InputStream octets, OutputStream out)
            throws IOException {
        Later.later();
    }

    public static byte[] toSevenBit(byte[] octets) {
        return Later.later();
    }
}
