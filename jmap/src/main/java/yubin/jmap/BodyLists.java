package yubin.jmap;

import java.util.ArrayList;
import java.util.List;
import yubin.mime.Disposition;
import yubin.mime.Part;

/// Sorts the parts of a message: what is its text, what its HTML, what is attached. The algorithm
/// of RFC 8621 §4.1.4.
final class BodyLists {
    final List<Part> text = new ArrayList<>(1);
    final List<Part> html = new ArrayList<>(1);
    final List<Part> attachments = new ArrayList<>(0);

    BodyLists(Part root) {
        parse(List.of(root), "mixed", false, true, true);
    }

    private void parse(
            List<Part> parts,
            String subtype,
            boolean inAlternative,
            boolean toText,
            boolean toHtml) {
        int textBefore = toText ? text.size() : -1;
        int htmlBefore = toHtml ? html.size() : -1;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            String type = part.mediaType();
            if (part.isMultipart()) {
                String inner = part.subtype();
                parse(
                        part.children(),
                        inner,
                        inAlternative || inner.equals("alternative"),
                        toText,
                        toHtml);
                continue;
            }
            if (!isInline(part, subtype, i)) {
                attachments.add(part);
                continue;
            }
            if (subtype.equals("alternative")) {
                switch (type) {
                    case "text/plain" -> text.add(part);
                    case "text/html" -> html.add(part);
                    default -> attachments.add(part);
                }
                continue;
            }
            if (inAlternative) { // holds for what follows it too
                if (type.equals("text/plain")) toHtml = false;
                if (type.equals("text/html")) toText = false;
            }
            if (toText) text.add(part);
            if (toHtml) html.add(part);
            if ((!toText || !toHtml) && isMedia(part)) attachments.add(part);
        }
        if (!subtype.equals("alternative") || textBefore < 0 || htmlBefore < 0) return;
        if (text.size() == textBefore) {
            text.addAll(html.subList(htmlBefore, html.size()));
        } else if (html.size() == htmlBefore) {
            html.addAll(text.subList(textBefore, text.size()));
        }
    }

    private static boolean isInline(Part part, String subtype, int index) {
        Disposition disposition = part.disposition();
        if (disposition != null && disposition.isAttachment()) return false;
        String type = part.mediaType();
        boolean shown = type.equals("text/plain") || type.equals("text/html") || isMedia(part);
        if (!shown) return false;
        return index == 0
                || !subtype.equals("related") && (isMedia(part) || part.filename() == null);
    }

    private static boolean isMedia(Part part) {
        return switch (part.type()) {
            case "image", "audio", "video" -> true;
            default -> false;
        };
    }
}
