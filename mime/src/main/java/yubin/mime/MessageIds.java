package yubin.mime;

import java.util.ArrayList;
import java.util.List;

/// Message identifiers in Message-ID, In-Reply-To and References. RFC 5322 §3.6.4.
public final class MessageIds {
    /// Ids of one field that are kept; of more the first and the last.
    static final int IDS_MAX = 100;

    /// An id that is longer says nothing. RFC 5322 §2.1.1.
    static final int ID_CHARS_MAX = 998;

    private MessageIds() {}

    /// The ids of a field body without angle brackets, in order, each once. Total.
    ///
    /// Text outside brackets is passed over (`In-Reply-To: Ann's letter of 3 May <1@example.com>`),
    /// unless there are no brackets at all: then a single word is an id.
    public static List<String> parse(String body) {
        if (body == null || body.isEmpty()) return List.of();
        List<String> ids = new ArrayList<>(2);
        int at = body.indexOf('<');
        while (at >= 0) {
            int end = body.indexOf('>', at);
            if (end < 0) break;
            int inner = body.lastIndexOf('<', end);
            String id = withoutBlanks(body.substring(inner + 1, end));
            if (!id.isEmpty() && id.length() <= ID_CHARS_MAX) add(ids, id);
            at = body.indexOf('<', end);
        }
        if (ids.isEmpty() && body.indexOf('<') < 0) {
            String bare = body.strip();
            if (!bare.isEmpty() && bare.length() <= ID_CHARS_MAX && bare.indexOf(' ') < 0) {
                ids.add(bare);
            }
        }
        return ids;
    }

    private static void add(List<String> ids, String id) {
        if (ids.contains(id)) return;
        if (ids.size() == IDS_MAX) ids.remove(1);
        ids.add(id);
    }

    private static String withoutBlanks(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) > ' ') i++;
        if (i == text.length()) return text;
        StringBuilder out = new StringBuilder(text.length());
        for (i = 0; i < text.length(); i++) if (text.charAt(i) > ' ') out.append(text.charAt(i));
        return out.toString();
    }
}
