package yubin.search;

import org.apache.lucene.util.BytesRef;

/// How units stand in the index: their characters in UTF-8, halves of characters beyond U+FFFF as
/// three octets each.
final class Terms {
    private Terms() {}

    /// Makes `into` the term of the characters; its array grows as needed.
    static void encode(char[] chars, int from, int to, BytesRef into) {
        int most = (to - from) * 3;
        if (into.bytes.length < most) into.bytes = new byte[most * 2];
        byte[] bytes = into.bytes;
        int n = 0;
        for (int i = from; i < to; i++) n = put(bytes, n, chars[i]);
        into.offset = 0;
        into.length = n;
    }

    private static int put(byte[] bytes, int at, char c) {
        int n = at;
        if (c < 0x80) {
            bytes[n++] = (byte) c;
        } else if (c < 0x800) {
            bytes[n++] = (byte) (0xC0 | c >> 6);
            bytes[n++] = (byte) (0x80 | c & 0x3F);
        } else {
            bytes[n++] = (byte) (0xE0 | c >> 12);
            bytes[n++] = (byte) (0x80 | c >> 6 & 0x3F);
            bytes[n++] = (byte) (0x80 | c & 0x3F);
        }
        return n;
    }

    static BytesRef of(char... chars) {
        BytesRef term = new BytesRef(chars.length * 3);
        encode(chars, 0, chars.length, term);
        return term;
    }

    /// The term of unit `i`: a word, a character with the one behind it, or the last of its run.
    static void encode(Units units, int i, char[] pair, BytesRef into) {
        char[] chars = units.text.chars;
        if (units.kinds[i] == Units.CHAR) {
            pair[0] = chars[units.starts[i]];
            pair[1] = chars[units.starts[i + 1]];
            encode(pair, 0, 2, into);
        } else {
            encode(chars, units.starts[i], units.ends[i], into);
        }
    }

    static BytesRef of(Units units, int i) {
        BytesRef term = new BytesRef(16);
        encode(units, i, new char[2], term);
        return term;
    }

    /// The term of an account, 8 octets.
    static BytesRef account(long account) {
        byte[] octets = new byte[8];
        yubin.store.Octets.putLong(octets, 0, account);
        return new BytesRef(octets);
    }

    /// The term of one message, 16 octets.
    static BytesRef email(long account, long email) {
        byte[] octets = new byte[16];
        yubin.store.Octets.putLong(octets, 0, account);
        yubin.store.Octets.putLong(octets, 8, email);
        return new BytesRef(octets);
    }
}
