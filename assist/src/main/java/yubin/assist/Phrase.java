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

    private static final String NOT_IN_ADDRESS = " <>()[]\"',;@";
    private static final int LOCAL_MAX = 128;
    private static final int DOMAIN_MAX = 255;

    /// Reads `one * two + three`.
    static Phrase[] all(String words) {
        String[] parts = words.split(" \\+ ", -1);
        Phrase[] all = new Phrase[parts.length];
        for (int i = 0; i < parts.length; i++) all[i] = new Phrase(parts[i].split(" ?\\* ?", -1));
        return all;
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
        return REPEATED.matcher(withoutAddresses(plain)).replaceAll(" ");
    }

    /// What people call their mailboxes says nothing about the reason: an address becomes `@`.
    private static String withoutAddresses(String text) {
        int at = text.indexOf('@');
        if (at < 0) return text;
        StringBuilder out = new StringBuilder(text.length());
        int done = 0;
        for (; at >= 0; at = text.indexOf('@', at + 1)) {
            int start = at;
            while (start > done && at - start < LOCAL_MAX && isOfLocal(text.charAt(start - 1))) {
                start--;
            }
            int end = at + 1;
            while (end < text.length()
                    && end - at <= DOMAIN_MAX
                    && NOT_IN_ADDRESS.indexOf(text.charAt(end)) < 0) {
                end++;
            }
            if (start == at || end == at + 1) continue;
            out.append(text, done, start).append('@');
            done = end;
        }
        return out.append(text, done, text.length()).toString();
    }

    private static boolean isOfLocal(char c) {
        return c != ':' && NOT_IN_ADDRESS.indexOf(c) < 0;
    }

    boolean standsIn(String text) {
        String first = pieces[0];
        for (int at = text.indexOf(first); at >= 0; at = text.indexOf(first, at + 1)) {
            if (isStart(text, at) && goesOn(text, at + first.length())) return true;
        }
        return false;
    }

    /// Whether the phrase stands where its first piece, which began a word, ends at `end`.
    boolean goesOn(String text, int end) {
        if (pieces[0].length() <= WHOLE_WORD_MAX && !isStart(text, end)) return false;
        int from = end;
        for (int i = 1; i < pieces.length; i++) {
            int next = find(text, pieces[i], from);
            if (next < 0) return false;
            from = next + pieces[i].length();
        }
        return true;
    }

    /// Where `words` begin, at most [#STAR_MAX] letters behind `from`; -1 for nowhere.
    private static int find(String text, String words, int from) {
        int to = Math.min(text.length(), from + STAR_MAX + words.length());
        for (int at = text.indexOf(words, from, to);
                at >= 0;
                at = text.indexOf(words, at + 1, to)) {
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
