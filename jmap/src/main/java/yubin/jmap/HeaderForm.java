package yubin.jmap;

import java.nio.ByteBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import yubin.mime.Addresses;
import yubin.mime.Field;
import yubin.mime.MailDate;
import yubin.mime.MessageIds;

/// The forms in which a header field is given. RFC 8621 §4.1.2.
enum HeaderForm {
    RAW("asRaw"),
    TEXT("asText"),
    ADDRESSES("asAddresses"),
    GROUPED_ADDRESSES("asGroupedAddresses"),
    MESSAGE_IDS("asMessageIds"),
    DATE("asDate"),
    URLS("asURLs");

    private static final Set<String> TEXTS = Set.of("subject", "comments", "keywords", "list-id");
    private static final Set<String> ADDRESS_LISTS =
            Set.of(
                    "from",
                    "sender",
                    "reply-to",
                    "to",
                    "cc",
                    "bcc",
                    "resent-from",
                    "resent-sender",
                    "resent-reply-to",
                    "resent-to",
                    "resent-cc",
                    "resent-bcc");
    private static final Set<String> IDS =
            Set.of("message-id", "in-reply-to", "references", "resent-message-id");
    private static final Set<String> DATES = Set.of("date", "resent-date");
    private static final Set<String> URL_LISTS =
            Set.of(
                    "list-help",
                    "list-unsubscribe",
                    "list-subscribe",
                    "list-post",
                    "list-owner",
                    "list-archive");

    /// Defined in RFC 5322 or RFC 2369 with a form that is none of the above.
    private static final Set<String> OTHERS = Set.of("return-path", "received");

    private final String suffix;

    HeaderForm(String suffix) {
        this.suffix = suffix;
    }

    /// Null for a suffix that is none.
    static HeaderForm of(String suffix) {
        for (HeaderForm form : values()) if (form.suffix.equals(suffix)) return form;
        return null;
    }

    /// Whether fields of this name may be asked for in this form.
    boolean suits(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        boolean isText = TEXTS.contains(lower);
        boolean isAddresses = ADDRESS_LISTS.contains(lower);
        boolean isIds = IDS.contains(lower);
        boolean isDate = DATES.contains(lower);
        boolean isUrls = URL_LISTS.contains(lower);
        boolean isFree =
                !(isText || isAddresses || isIds || isDate || isUrls || OTHERS.contains(lower));
        return switch (this) {
            case RAW -> true;
            case TEXT -> isText || isFree;
            case ADDRESSES, GROUPED_ADDRESSES -> isAddresses || isFree;
            case MESSAGE_IDS -> isIds || isFree;
            case DATE -> isDate || isFree;
            case URLS -> isUrls || isFree;
        };
    }

    JsonNode of(Field field) {
        return switch (this) {
            case RAW -> StringNode.valueOf(raw(field.raw()));
            case TEXT ->
                    StringNode.valueOf(Normalizer.normalize(field.text(), Normalizer.Form.NFC));
            case ADDRESSES -> addresses(Addresses.flatten(Addresses.parse(field.unfolded())));
            case GROUPED_ADDRESSES -> grouped(Addresses.parse(field.unfolded()));
            case MESSAGE_IDS -> strings(MessageIds.parse(field.unfolded()));
            case DATE -> {
                OffsetDateTime date = MailDate.parse(field.unfolded());
                yield date == null ? NullNode.getInstance() : StringNode.valueOf(Dates.date(date));
            }
            case URLS -> strings(urls(field.unfolded()));
        };
    }

    /// Octets that are no UTF-8 become U+FFFD; NUL goes.
    private static String raw(byte[] octets) {
        try {
            String text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPLACE)
                            .decode(ByteBuffer.wrap(octets))
                            .toString();
            return text.replace("\0", "");
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new IllegalStateException(e); // malformed input is replaced
        }
    }

    static ArrayNode addresses(List<Addresses.Mailbox> mailboxes) {
        ArrayNode list = Api.JSON.createArrayNode();
        for (Addresses.Mailbox mailbox : mailboxes) list.add(address(mailbox));
        return list;
    }

    private static ObjectNode address(Addresses.Mailbox mailbox) {
        String name = mailbox.name();
        if (name != null) name = Normalizer.normalize(name.strip(), Normalizer.Form.NFC);
        return Api.JSON
                .createObjectNode()
                .put("name", name == null || name.isEmpty() ? null : name)
                .put("email", mailbox.address());
    }

    private static ArrayNode grouped(List<Addresses.Entry> entries) {
        ArrayNode groups = Api.JSON.createArrayNode();
        ArrayNode loose = null;
        for (Addresses.Entry entry : entries) {
            switch (entry) {
                case Addresses.Mailbox mailbox -> {
                    if (loose == null) {
                        loose = groups.addObject().putNull("name").putArray("addresses");
                    }
                    loose.add(address(mailbox));
                }
                case Addresses.Group group -> {
                    loose = null;
                    groups.addObject()
                            .put("name", group.name())
                            .set("addresses", addresses(group.members()));
                }
            }
        }
        return groups;
    }

    /// The texts in angle brackets, comments and blanks passed over. RFC 2369 §2.
    static List<String> urls(String body) {
        List<String> urls = new ArrayList<>(2);
        for (int at = 0; at < body.length(); ) {
            char c = body.charAt(at);
            if (c == '<') {
                int end = body.indexOf('>', at);
                if (end < 0) break;
                urls.add(body.substring(at + 1, end).replaceAll("[ \\t\\r\\n]", ""));
                at = end + 1;
            } else if (c == '(') {
                int end = body.indexOf(')', at);
                at = end < 0 ? body.length() : end + 1;
            } else {
                at++;
            }
        }
        return urls;
    }

    private static JsonNode strings(List<String> strings) {
        if (strings.isEmpty()) return NullNode.getInstance();
        ArrayNode list = Api.JSON.createArrayNode();
        strings.forEach(list::add);
        return list;
    }
}
