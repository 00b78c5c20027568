package yubin.mime;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// Two seven-bit encodings of old mail: UTF-7 (RFC 2152) and HZ (RFC 1843). Read only.
final class Utf7 {
    private static final Charset GB = Charset.forName("GB18030");

    private Utf7() {}

    /// Total: what is no UTF-7 stays as it is.
    static String decode(byte[] octets, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            byte octet = octets[i++];
            if (octet != '+') {
                out.append((char) (octet & 0xFF));
                continue;
            }
            int start = i;
            while (i < to && isBase64(octets[i])) i++;
            if (i == start) {
                out.append('+');
            } else {
                byte[] utf16 = TransferEncoding.base64(octets, start, i);
                int whole = utf16.length - utf16.length % 2;
                out.append(new String(utf16, 0, whole, StandardCharsets.UTF_16BE));
            }
            if (i < to && octets[i] == '-') i++;
        }
        return out.toString();
    }

    private static boolean isBase64(byte octet) {
        return octet >= 'A' && octet <= 'Z'
                || octet >= 'a' && octet <= 'z'
                || octet >= '0' && octet <= '9'
                || octet == '+'
                || octet == '/';
    }

    /// Total. `~{` to `~}` holds GB 2312 pairs, `~~` is a tilde, `~` and a line end nothing.
    static String decodeHz(byte[] octets, int from, int to) {
        byte[] run = new byte[to - from];
        int length = 0;
        boolean pairs = false;
        int i = from;
        while (i < to) {
            byte octet = octets[i];
            byte next = i + 1 < to ? octets[i + 1] : 0;
            if (octet == '~' && (next == '{' || next == '}')) {
                pairs = next == '{';
                i += 2;
            } else if (octet == '~' && !pairs && (next == '~' || next == '\n')) {
                if (next == '~') run[length++] = '~';
                i += 2;
            } else {
                if (octet == '\n') pairs = false;
                run[length++] = (byte) (pairs && octet > 0x20 ? octet | 0x80 : octet);
                i++;
            }
        }
        return new String(run, 0, length, GB);
    }
}
