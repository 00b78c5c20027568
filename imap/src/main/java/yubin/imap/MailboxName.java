package yubin.imap;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/// Mailbox names on the wire: modified UTF-7 (RFC 3501 §5.1.3), or UTF-8 once the client has
/// enabled UTF8=ACCEPT (RFC 6855 §3).
///
/// Inside, a name is NFC, so that clients on different systems mean the same mailbox.
final class MailboxName {
    private static final String BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    private MailboxName() {}

    /// Null when it is no name: an unfinished or superfluous shift, a lone surrogate, an octet that
    /// is none. Octets beyond ASCII are taken for UTF-8 even without UTF8=ACCEPT.
    static String decode(byte[] octets, boolean utf8) {
        boolean ascii = true;
        for (byte octet : octets) {
            if (octet < 0) ascii = false;
            else if (octet < ' ' || octet == 127) return null;
        }
        String text = new String(octets, StandardCharsets.UTF_8);
        if (!ascii && text.indexOf('\ufffd') >= 0) return null;
        if (!utf8 && ascii) {
            if (text.indexOf('&') < 0) return text;
            text = unshift(text);
            if (text == null) return null;
        }
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static String unshift(String text) {
        StringBuilder name = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '&') {
                name.append(c);
                continue;
            }
            int end = text.indexOf('-', i);
            if (end < 0) return null;
            if (end == i + 1) name.append('&');
            else if (!base64(text, i + 1, end, name)) return null;
            i = end;
        }
        return name.toString();
    }

    /// Sixteen bits for each character; what is left over is less than six bits and zero.
    private static boolean base64(String text, int from, int to, StringBuilder name) {
        int bits = 0;
        int held = 0;
        int start = name.length();
        for (int i = from; i < to; i++) {
            int six = BASE64.indexOf(text.charAt(i));
            if (six < 0) return false;
            held = held << 6 | six;
            bits += 6;
            if (bits >= 16) {
                bits -= 16;
                char c = (char) (held >> bits & 0xffff);
                if (c < 127) return false;
                name.append(c);
                held &= (1 << bits) - 1;
            }
        }
        if (bits >= 6 || held != 0) return false;
        for (int i = start; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!Character.isSurrogate(c)) continue;
            boolean pair =
                    Character.isHighSurrogate(c)
                            && i + 1 < name.length()
                            && Character.isLowSurrogate(name.charAt(i + 1));
            if (!pair) return false;
            i++;
        }
        return true;
    }

    /// As it goes out: ASCII, or UTF-8 for whom has enabled it.
    static String encode(String name, boolean utf8) {
        if (utf8) return name;
        StringBuilder wire = new StringBuilder(name.length() + 8);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '&') {
                wire.append("&-");
            } else if (c >= ' ' && c < 127) {
                wire.append(c);
            } else {
                int end = i;
                while (end < name.length() && (name.charAt(end) < ' ' || name.charAt(end) >= 127)) {
                    end++;
                }
                shift(name, i, end, wire);
                i = end - 1;
            }
        }
        return wire.toString();
    }

    private static void shift(String name, int from, int to, StringBuilder wire) {
        wire.append('&');
        int bits = 0;
        int held = 0;
        for (int i = from; i < to; i++) {
            held = held << 16 | name.charAt(i);
            bits += 16;
            while (bits >= 6) {
                bits -= 6;
                wire.append(BASE64.charAt(held >> bits & 0x3f));
            }
            held &= (1 << bits) - 1;
        }
        if (bits > 0) wire.append(BASE64.charAt(held << 6 - bits & 0x3f));
        wire.append('-');
    }
}
