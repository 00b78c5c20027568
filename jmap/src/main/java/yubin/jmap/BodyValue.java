package yubin.jmap;

import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;
import yubin.mime.Charsets;
import yubin.mime.Part;

/// The text of a body part: EmailBodyValue. RFC 8621 §4.1.4.
final class BodyValue {
    private BodyValue() {}

    /// @param decoded the octets of the part without transfer encoding
    /// @param octetsMax of the value in UTF-8; 0 for no bound
    static ObjectNode of(Part part, byte[] decoded, long octetsMax) {
        boolean known = Charsets.isKnown(part.charset());
        String text = text(part, decoded);
        String cut = octetsMax == 0 ? text : cut(text, octetsMax);
        boolean isCut = cut.length() < text.length();
        if (isCut && part.subtype().equals("html")) cut = outsideTag(cut);
        return Api.JSON
                .createObjectNode()
                .put("value", cut)
                .put("isEncodingProblem", !known || text.indexOf('\uFFFD') >= 0)
                .put("isTruncated", isCut);
    }

    /// CRLF becomes LF.
    static String text(Part part, byte[] decoded) {
        return Charsets.decode(part.charset(), decoded).replace("\r\n", "\n");
    }

    /// The longest start that has at most `octetsMax` octets in UTF-8 and ends with a whole
    /// character.
    private static String cut(String text, long octetsMax) {
        if (text.length() * 3L <= octetsMax) return text;
        long octets = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            octets += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (octets > octetsMax) return text.substring(0, i);
            i += Character.charCount(c);
        }
        return text;
    }

    /// Does not end within a tag.
    private static String outsideTag(String html) {
        int open = html.lastIndexOf('<');
        return open > html.lastIndexOf('>') ? html.substring(0, open) : html;
    }

    static int octets(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
