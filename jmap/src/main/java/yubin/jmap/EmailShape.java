package yubin.jmap;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Which properties of an Email are asked for, and how much of its bodies. RFC 8621 §4.2.
///
/// @param properties with names of their own
/// @param headers properties that stand for header fields
/// @param bodyProperties of each EmailBodyPart, and `bodyHeaders` likewise
record EmailShape(
        Set<String> properties,
        List<HeaderProperty> headers,
        Set<String> bodyProperties,
        List<HeaderProperty> bodyHeaders,
        boolean textValues,
        boolean htmlValues,
        boolean allValues,
        long valueOctetsMax,
        boolean sanitize,
        boolean blockRemote) {
    private static final Set<String> METADATA =
            Set.of("id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt");
    private static final Set<String> BODY =
            Set.of(
                    "bodyStructure",
                    "bodyValues",
                    "textBody",
                    "htmlBody",
                    "attachments",
                    "hasAttachment",
                    "preview",
                    "headers");
    private static final List<String> DEFAULT =
            List.of(
                    "id",
                    "blobId",
                    "threadId",
                    "mailboxIds",
                    "keywords",
                    "size",
                    "receivedAt",
                    "messageId",
                    "inReplyTo",
                    "references",
                    "sender",
                    "from",
                    "to",
                    "cc",
                    "bcc",
                    "replyTo",
                    "subject",
                    "sentAt",
                    "hasAttachment",
                    "preview",
                    "bodyValues",
                    "textBody",
                    "htmlBody",
                    "attachments");
    private static final Set<String> PART =
            Set.of(
                    "partId",
                    "blobId",
                    "size",
                    "headers",
                    "name",
                    "type",
                    "charset",
                    "disposition",
                    "cid",
                    "language",
                    "location",
                    "subParts");
    private static final List<String> PART_DEFAULT =
            List.of(
                    "partId",
                    "blobId",
                    "size",
                    "name",
                    "type",
                    "charset",
                    "disposition",
                    "cid",
                    "language",
                    "location");

    /// The extension of `urn:yubin:params:jmap:trace`: the HTML as it may be shown.
    static final String SANITIZED = "sanitizedHtml";

    /// @param stored whether emails of a mailbox are meant: they have an id, and other defaults
    /// @param extended whether the properties of our own extension are known
    static EmailShape of(Args args, boolean stored, boolean extended) throws MethodError {
        Set<String> asked = args.stringsOrNull("properties");
        List<String> absent = stored ? DEFAULT : DEFAULT.subList(METADATA.size(), DEFAULT.size());
        Set<String> properties = new LinkedHashSet<>();
        List<HeaderProperty> headers = new ArrayList<>(0);
        for (String property : asked == null ? absent : asked) {
            HeaderProperty known = HeaderProperty.SHORT.get(property);
            HeaderProperty header = known != null ? known : HeaderProperty.parse(property);
            if (header != null) {
                headers.add(header);
            } else if (METADATA.contains(property)
                    || BODY.contains(property)
                    || extended && property.equals(SANITIZED)) {
                properties.add(property);
            } else {
                throw Args.invalid("the property \"" + property + "\" is not known");
            }
        }
        if (stored) properties.add("id");
        Set<String> partsAsked = args.stringsOrNull("bodyProperties");
        Set<String> parts = new LinkedHashSet<>();
        List<HeaderProperty> partHeaders = new ArrayList<>(0);
        for (String property : partsAsked == null ? PART_DEFAULT : partsAsked) {
            HeaderProperty header = HeaderProperty.parse(property);
            if (header != null) partHeaders.add(header);
            else if (PART.contains(property)) parts.add(property);
            else throw Args.invalid("the property \"" + property + "\" of parts is not known");
        }
        return new EmailShape(
                properties,
                headers,
                parts,
                partHeaders,
                args.bool("fetchTextBodyValues", false),
                args.bool("fetchHTMLBodyValues", false),
                args.bool("fetchAllBodyValues", false),
                args.unsigned("maxBodyValueBytes", 0),
                properties.contains(SANITIZED),
                extended && args.bool("blockRemote", true));
    }

    boolean has(String property) {
        return properties.contains(property);
    }
}
