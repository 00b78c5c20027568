package yubin.imap;

import java.util.List;
import yubin.store.Boxes;
import yubin.store.Flags;

/// The names of an account's flags, and flags as they go out. Belongs to one session.
final class FlagNames {
    private static final String[] SYSTEM = {
        "\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"
    };

    private final Boxes boxes;
    private List<String> keywords;

    FlagNames(Boxes boxes) {
        this.boxes = boxes;
        this.keywords = boxes.keywords();
    }

    /// True when there are keywords that the client was not told of in FLAGS.
    boolean isOld() {
        List<String> newest = boxes.keywords();
        boolean old = newest.size() != keywords.size();
        keywords = newest;
        return old;
    }

    /// `flag-list` of all flags that there are. RFC 3501 §7.2.6.
    ///
    /// @param canMake with `\*`, as PERMANENTFLAGS says it (RFC 3501 §7.1)
    void writeAll(Out out, boolean canMake) {
        out.octet('(');
        for (int i = 0; i < SYSTEM.length; i++) {
            if (i > 0) out.octet(' ');
            out.ascii(SYSTEM[i]);
        }
        for (String keyword : keywords) out.octet(' ').ascii(keyword);
        if (canMake) out.ascii(" \\*");
        out.octet(')');
    }

    /// `FLAGS (...)` of one message.
    void write(Out out, long flags, boolean recent) {
        out.ascii("FLAGS (");
        boolean first = true;
        if (recent) {
            out.ascii("\\Recent");
            first = false;
        }
        for (long rest = flags; rest != 0; rest &= rest - 1) {
            int bit = Long.numberOfTrailingZeros(rest);
            String name = name(bit);
            if (name == null) continue;
            if (!first) out.octet(' ');
            first = false;
            out.ascii(name);
        }
        out.octet(')');
    }

    private String name(int bit) {
        if (bit < SYSTEM.length) return SYSTEM[bit];
        int keyword = bit - Flags.KEYWORD_FIRST;
        if (keyword >= keywords.size()) keywords = boxes.keywords();
        return keyword < keywords.size() ? keywords.get(keyword) : null;
    }
}
