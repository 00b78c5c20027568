package yubin.search;

import yubin.mime.Charsets;
import yubin.mime.Part;

/// The text of a text part as a person reads it: what every search looks through.
public final class PartText {
    private PartText() {}

    /// @param decoded the body of a text part without its transfer encoding
    public static String of(Part part, byte[] decoded) {
        String text = Charsets.decode(part.charset(), decoded);
        return part.subtype().equals("html") ? HtmlText.of(text) : text;
    }
}
