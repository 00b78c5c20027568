package yubin.jmap;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import yubin.mime.Addresses;
import yubin.mime.HeaderWriter;
import yubin.mime.MailDate;

/// Header fields as a client gives them, made values that may be written. RFC 8621 §4.6.
final class HeaderInput {
    private HeaderInput() {}

    /// The header property of this name; null for a property that is none.
    static HeaderProperty property(String property) throws SetError {
        HeaderProperty known = HeaderProperty.SHORT.get(property);
        if (known != null) return known;
        try {
            return HeaderProperty.parse(property);
        } catch (MethodError e) {
            throw SetError.invalid(property, e.getMessage());
        }
    }

    /// The values of the fields that a property makes; none for null.
    ///
    /// @param utf8 whether they may have UTF-8 bare
    static List<String> values(HeaderProperty property, JsonNode value, boolean utf8)
            throws SetError {
        if (value.isNull()) return List.of();
        List<String> values = new ArrayList<>(1);
        if (property.all()) {
            if (!value.isArray()) throw wrong(property, "must be an array");
            for (JsonNode each : value) values.add(value(property, each, utf8));
        } else {
            values.add(value(property, value, utf8));
        }
        return values;
    }

    private static String value(HeaderProperty property, JsonNode value, boolean utf8)
            throws SetError {
        String name = property.name();
        try {
            return switch (property.form()) {
                case RAW -> raw(property, string(property, value), utf8);
                case TEXT -> HeaderWriter.unstructured(name, string(property, value), utf8);
                case ADDRESSES -> addresses(property, mailboxes(property, value), utf8);
                case GROUPED_ADDRESSES -> addresses(property, groups(property, value), utf8);
                case MESSAGE_IDS -> bracketed(property, value, " ");
                case URLS -> bracketed(property, value, ", ");
                case DATE -> {
                    OffsetDateTime date = Dates.parse(string(property, value));
                    if (date == null) throw wrong(property, "must be a Date");
                    yield MailDate.format(date);
                }
            };
        } catch (IllegalArgumentException e) {
            throw wrong(property, "cannot be written in a header field");
        }
    }

    private static SetError wrong(HeaderProperty property, String why) {
        return SetError.invalid(property.property(), why);
    }

    private static String string(HeaderProperty property, JsonNode value) throws SetError {
        if (!value.isString()) throw wrong(property, "must be a String");
        return value.stringValue();
    }

    /// Folds are taken out, as the writer folds by itself.
    private static String raw(HeaderProperty property, String value, boolean utf8) {
        String text = value.replaceAll("\r?\n(?=[ \t])", "").strip();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 126) {
                return HeaderWriter.unstructured(property.name(), text, utf8);
            }
        }
        return HeaderWriter.structured(property.name(), text, utf8);
    }

    private static String bracketed(HeaderProperty property, JsonNode value, String between)
            throws SetError {
        if (!value.isArray()) throw wrong(property, "must be String[]");
        List<String> texts = new ArrayList<>(value.size());
        for (JsonNode each : value) {
            String text = string(property, each);
            if (text.isEmpty() || text.matches(".*[<>\\s].*")) {
                throw wrong(property, "an id has no blanks and no brackets");
            }
            texts.add("<" + text + ">");
        }
        return HeaderWriter.structured(property.name(), String.join(between, texts), false);
    }

    private static List<Addresses.Mailbox> mailboxes(HeaderProperty property, JsonNode value)
            throws SetError {
        if (!value.isArray()) throw wrong(property, "must be EmailAddress[]");
        List<Addresses.Mailbox> mailboxes = new ArrayList<>(value.size());
        for (JsonNode each : value) {
            JsonNode name = each.path("name");
            JsonNode email = each.path("email");
            boolean named = name.isString() || name.isNull() || name.isMissingNode();
            if (!email.isString() || !named) throw wrong(property, "must be EmailAddress[]");
            String address = email.stringValue().strip();
            int at = address.lastIndexOf('@');
            mailboxes.add(
                    new Addresses.Mailbox(
                            name.isString() ? name.stringValue() : null,
                            at < 0 ? address : address.substring(0, at),
                            at < 0 ? "" : address.substring(at + 1),
                            null));
        }
        return mailboxes;
    }

    private static List<Addresses.Entry> groups(HeaderProperty property, JsonNode value)
            throws SetError {
        if (!value.isArray()) throw wrong(property, "must be EmailAddressGroup[]");
        List<Addresses.Entry> entries = new ArrayList<>();
        for (JsonNode group : value) {
            List<Addresses.Mailbox> members = mailboxes(property, group.path("addresses"));
            JsonNode name = group.path("name");
            if (name.isString()) entries.add(new Addresses.Group(name.stringValue(), members));
            else entries.addAll(members);
        }
        return entries;
    }

    /// A draft may have half an address: what cannot be written as one stands in brackets.
    private static String addresses(
            HeaderProperty property, List<? extends Addresses.Entry> entries, boolean utf8) {
        if (entries.isEmpty()) return "";
        try {
            return HeaderWriter.addresses(property.name(), entries, utf8);
        } catch (IllegalArgumentException e) {
            List<String> written = new ArrayList<>(entries.size());
            for (Addresses.Entry entry : entries) {
                try {
                    written.add(HeaderWriter.addresses(property.name(), List.of(entry), utf8));
                } catch (IllegalArgumentException half) {
                    if (!(entry instanceof Addresses.Mailbox mailbox)) throw half;
                    String bare = mailbox.address().replaceAll("[\\p{Cntrl}<>\\s]", "");
                    written.add(HeaderWriter.structured(property.name(), "<" + bare + ">", utf8));
                }
            }
            return String.join(", ", written);
        }
    }

    /// Whether some address cannot be written without UTF-8.
    static boolean needsUtf8(JsonNode value) {
        for (JsonNode each : value) {
            String email = each.path("email").asString("");
            int at = email.lastIndexOf('@');
            for (int i = 0; i < at; i++) if (email.charAt(i) > 127) return true;
            if (needsUtf8(each.path("addresses"))) return true;
        }
        return false;
    }

    /// The name under which two properties are the same field.
    static String key(HeaderProperty property) {
        return property.name().toLowerCase(Locale.ROOT);
    }
}
