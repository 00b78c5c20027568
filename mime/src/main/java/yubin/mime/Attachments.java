package yubin.mime;

import java.util.List;

/// Tells the files that a person would look for from the parts that only make up the text.
final class Attachments {
    private Attachments() {}

    static boolean any(List<Part> parts) {
        for (Part part : parts) if (isAttachment(part)) return true;
        return false;
    }

    private static boolean isAttachment(Part part) {
        if (part.isMultipart() || part.insideMessage()) return false;
        Part parent = part.parent;
        Disposition disposition = part.disposition();
        boolean asked = disposition != null && disposition.isAttachment();
        String type = part.mediaType();
        switch (type) {
            case "application/pgp-signature",
                    "application/pgp-encrypted",
                    "application/pkcs7-signature",
                    "application/x-pkcs7-signature",
                    "message/delivery-status",
                    "message/global-delivery-status",
                    "message/disposition-notification",
                    "text/rfc822-headers",
                    "message/global-headers" -> {
                return false;
            }
            default -> {}
        }
        if (asked) return true;
        boolean inReport = parent != null && parent.mediaType().equals("multipart/report");
        if (part.isMessageType()) return !inReport && (part.flags & Part.IN_DIGEST) == 0;
        boolean named = part.filename() != null;
        if (part.type().equals("text")) return named && disposition != null && parent != null;
        // A picture with a Content-ID is shown in the text that it is related to.
        boolean related = parent != null && parent.mediaType().equals("multipart/related");
        return !(related && part.contentId() != null) && (named || !related);
    }
}
