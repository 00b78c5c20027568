package yubin.imap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;

/// A text that SEARCH looks for: as a substring, in any case, whatever the width of its characters
/// (RFC 3501 §6.4.4; full-width and half-width forms are made equal by NFKC).
///
/// Most letters are ASCII where it matters: then the octets are searched as they lie, with the
/// table of Horspool (1980) and both cases of a letter in it. The slow way, decode and fold all of
/// it, is the judge of the fast one in the tests.
final class Needle {
    /// Reads eight octets at once.
    private static final VarHandle EIGHT_OCTETS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final String folded;

    /// In lower case; null when the needle is not ASCII.
    private final byte[] ascii;

    /// By the octet under the needle's last: how far it may jump.
    private final int[] jump;

    Needle(String text) {
        folded = fold(text);
        boolean isAscii = true;
        for (int i = 0; i < folded.length() && isAscii; i++) isAscii = folded.charAt(i) < 128;
        ascii = isAscii ? folded.getBytes(StandardCharsets.US_ASCII) : null;
        jump = isAscii && !folded.isEmpty() ? jumps(ascii) : null;
    }

    private static int[] jumps(byte[] needle) {
        int[] jump = new int[256];
        Arrays.fill(jump, needle.length);
        for (int i = 0; i < needle.length - 1; i++) {
            int c = needle[i];
            jump[c] = needle.length - 1 - i;
            if (c >= 'a' && c <= 'z') jump[c - 32] = needle.length - 1 - i;
        }
        return jump;
    }

    boolean isEmpty() {
        return folded.isEmpty();
    }

    boolean isAscii() {
        return ascii != null;
    }

    /// Lower case and NFKC; ASCII text takes the short way.
    static String fold(String text) {
        boolean isAscii = true;
        for (int i = 0; i < text.length() && isAscii; i++) isAscii = text.charAt(i) < 128;
        if (!isAscii) text = Normalizer.normalize(text, Normalizer.Form.NFKC);
        return text.toLowerCase(Locale.ROOT);
    }

    boolean in(String text) {
        return fold(text).contains(folded);
    }

    /// The same for a text that went through [#fold].
    boolean inFolded(String text) {
        return text.contains(folded);
    }

    /// Whether the ASCII needle is in `octets[from..to)`, which stand for themselves.
    boolean in(byte[] octets, int from, int to) {
        byte[] needle = ascii;
        int last = needle.length - 1;
        if (last < 0) return true;
        int[] table = jump;
        byte end = needle[last];
        int at = from + last;
        while (at < to) {
            byte c = octets[at];
            if (lower(c) == end) {
                int i = last - 1;
                int base = at - last;
                while (i >= 0 && lower(octets[base + i]) == needle[i]) i--;
                if (i < 0) return true;
            }
            at += table[c & 0xff];
        }
        return false;
    }

    private static byte lower(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
    }

    /// True when all of these octets are ASCII: then [#in(byte[],int,int)] has the last word.
    static boolean isAscii(byte[] octets, int from, int to) {
        long any = 0;
        int i = from;
        for (; i + 8 <= to; i += 8) any |= (long) EIGHT_OCTETS.get(octets, i);
        int rest = 0;
        for (; i < to; i++) rest |= octets[i];
        return (any & 0x8080808080808080L) == 0 && rest >= 0;
    }

    @Override
    public String toString() {
        return folded;
    }
}
