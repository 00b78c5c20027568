package yubin.assist;

import java.util.Locale;
import java.util.regex.Pattern;

/// Words of a rule, looked for in a text of small letters with single spaces.
///
/// A phrase begins where a word begins, so that `ip` is not found in `recipient`; it may end
/// within one, so that `greylist` is found in `greylisted`. Up to three letters must be a whole
/// word. `*` stands for up to 60 letters.
///
/// @param pieces what stands between the `*`
record Phrase(String[] pieces) {
    private static final int STAR_MAX = 60;
    private static final int WHOLE_WORD_MAX = 3;

    /// In a reply of several lines the codes come again between the words.
    private static final Pattern REPEATED =
            Pattern.compile(" [245]\\d\\d[- ][245]\\.\\d{1,3}\\.\\d{1,3} ");

    /// What people call their mailboxes says nothing about the reason.
    private static final Pattern ADDRESS =
            Pattern.compile("[^ <>()\\[\\]\"',;:@]{1,128}@[^ <>()\\[\\]\"',;@]{1,255}");

    /// Reads `one * two + three`.
    static Phrase[] all(String words) {
        String[] parts = words.split(" \\+ ", -1);
        Phrase[] all = new Phrase[parts.length];
        for (int i = 0; i < parts.length; i++) all[i] = new Phrase(parts[i].split(" ?\\* ?", -1));
        return all;
    }

    String key(int length) {
        return pieces[0].substring(0, Math.min(length, pieces[0].length()));
    }

    /// Small letters, each run of white space one space, no addresses, no repeated codes.
    static String plain(String text) {
        String head = Codes.head(text);
        StringBuilder out = new StringBuilder(head.length());
        boolean space = true;
        for (int i = 0; i < head.length(); i++) {
            char c = head.charAt(i);
            boolean white = c <= ' ' || c == '\u00a0';
            if (!white) out.append(c == '\u2019' ? '\'' : c);
            else if (!space) out.append(' ');
            space = white;
        }
        String plain = out.toString().toLowerCase(Locale.ROOT);
        if (plain.indexOf('@') >= 0) plain = ADDRESS.matcher(plain).replaceAll("@");
        return REPEATED.matcher(plain).replaceAll(" ");
    }

    boolean standsIn(String text) {
        for (int at = find(text, pieces[0], 0); at >= 0; at = find(text, pieces[0], at + 1)) {
            int end = at + pieces[0].length();
            boolean all = true;
            for (int i = 1; i < pieces.length && all; i++) {
                int next = find(text, pieces[i], end);
                all = next >= 0 && next - end <= STAR_MAX;
                end = next + pieces[i].length();
            }
            if (all) return true;
        }
        return false;
    }

    private static int find(String text, String words, int from) {
        for (int at = text.indexOf(words, from); at >= 0; at = text.indexOf(words, at + 1)) {
            boolean within = words.length() > WHOLE_WORD_MAX;
            if (isStart(text, at) && (within || isStart(text, at + words.length()))) return at;
        }
        return -1;
    }

    /// Whether no word of Latin letters goes on across `at`.
    static boolean isStart(String text, int at) {
        return at == 0
                || at == text.length()
                || !isLatin(text.charAt(at - 1))
                || !isLatin(text.charAt(at));
    }

    private static boolean isLatin(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
    }
}
