package yubin.jmap;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Flags;
import yubin.store.StoreTrouble;

/// Keywords of JMAP and the flags of the store. RFC 8621 §4.1.1.
///
/// The system flags of IMAP are `$seen` and so on here; `\Deleted` is none: it hides.
final class Keywords {
    private static final int CHARACTERS_MAX = 255;

    private Keywords() {}

    /// Whether this may be a keyword: visible ASCII without what IMAP's flags cannot have.
    static boolean isKeyword(String keyword) {
        if (keyword.isEmpty() || keyword.length() > CHARACTERS_MAX) return false;
        for (int i = 0; i < keyword.length(); i++) {
            char c = keyword.charAt(i);
            if (c <= ' ' || c >= 127 || "(){]%*\"\\".indexOf(c) >= 0) return false;
        }
        return true;
    }

    /// The bit of a keyword; 0 where the account has never had it.
    static long bit(Boxes boxes, String keyword) throws StoreTrouble {
        return bit(boxes, keyword, false);
    }

    /// @param make whether an unknown one is made
    /// @throws StoreTrouble.Refused when the account has too many
    static long bit(Boxes boxes, String keyword, boolean make) throws StoreTrouble {
        return switch (keyword.toLowerCase(Locale.ROOT)) {
            case "$seen" -> Flags.SEEN;
            case "$answered" -> Flags.ANSWERED;
            case "$flagged" -> Flags.FLAGGED;
            case "$draft" -> Flags.DRAFT;
            case "$deleted", "$recent" -> 0;
            default -> boxes.keyword(keyword.toLowerCase(Locale.ROOT), make);
        };
    }

    static long bits(Boxes boxes, Set<String> keywords, boolean make) throws StoreTrouble {
        long bits = 0;
        for (String keyword : keywords) bits |= bit(boxes, keyword, make);
        return bits;
    }

    /// `{"$seen": true}`, the names in lower case.
    static ObjectNode json(Boxes boxes, long flags) {
        ObjectNode json = Api.JSON.createObjectNode();
        if ((flags & Flags.SEEN) != 0) json.put("$seen", true);
        if ((flags & Flags.ANSWERED) != 0) json.put("$answered", true);
        if ((flags & Flags.FLAGGED) != 0) json.put("$flagged", true);
        if ((flags & Flags.DRAFT) != 0) json.put("$draft", true);
        if ((flags & ~Flags.SYSTEM) == 0) return json;
        List<String> names = boxes.keywords();
        for (int i = 0; i < names.size(); i++) {
            if ((flags & 1L << Flags.KEYWORD_FIRST + i) != 0) {
                json.put(names.get(i).toLowerCase(Locale.ROOT), true);
            }
        }
        return json;
    }
}
