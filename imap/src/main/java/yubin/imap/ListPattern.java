package yubin.imap;

import yubin.store.Mailbox;

/// A mailbox pattern of LIST: `*` matches anything, `%` anything without a separator.
/// RFC 3501 §6.3.8.
///
/// `INBOX` matches in any case where it is the whole first name. Matching takes time in proportion
/// to pattern times name, whatever the pattern is: both have at most [#OCTETS_MAX] characters.
final class ListPattern {
    static final int OCTETS_MAX = 2000;

    private final String pattern;

    ListPattern(String reference, String pattern) {
        String whole = reference + pattern;
        int separator = whole.indexOf(Mailbox.SEPARATOR);
        String first = separator < 0 ? whole : whole.substring(0, separator);
        if (first.equalsIgnoreCase("INBOX")) whole = "INBOX" + whole.substring(first.length());
        this.pattern = whole.length() > OCTETS_MAX ? whole.substring(0, OCTETS_MAX) : whole;
    }

    /// Walks the name once, keeping the set of places in the pattern that it may be at.
    boolean matches(String name) {
        boolean[] at = new boolean[pattern.length() + 1];
        at[0] = true;
        skipWildcards(at);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean[] next = new boolean[at.length];
            boolean any = false;
            for (int p = 0; p < pattern.length(); p++) {
                if (!at[p]) continue;
                char want = pattern.charAt(p);
                if (want == '*' || want == '%' && c != Mailbox.SEPARATOR) next[p] = any = true;
                else if (want == c && want != '%') next[p + 1] = any = true;
            }
            if (!any) return false;
            skipWildcards(next);
            at = next;
        }
        return at[pattern.length()];
    }

    /// A wildcard may match nothing.
    private void skipWildcards(boolean[] at) {
        for (int p = 0; p < pattern.length(); p++) {
            char want = pattern.charAt(p);
            if (at[p] && (want == '*' || want == '%')) at[p + 1] = true;
        }
    }
}
