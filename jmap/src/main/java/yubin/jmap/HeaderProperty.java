package yubin.jmap;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import yubin.mime.Field;

/// A property that stands for header fields: `header:Subject:asText:all`. RFC 8621 §4.1.3.
///
/// @param property as the client wrote it
/// @param all every field of the name; else only the last
record HeaderProperty(String property, String name, HeaderForm form, boolean all) {
    /// The properties with names of their own.
    static final Map<String, HeaderProperty> SHORT =
            Map.ofEntries(
                    known("messageId", "Message-ID", HeaderForm.MESSAGE_IDS),
                    known("inReplyTo", "In-Reply-To", HeaderForm.MESSAGE_IDS),
                    known("references", "References", HeaderForm.MESSAGE_IDS),
                    known("sender", "Sender", HeaderForm.ADDRESSES),
                    known("from", "From", HeaderForm.ADDRESSES),
                    known("to", "To", HeaderForm.ADDRESSES),
                    known("cc", "Cc", HeaderForm.ADDRESSES),
                    known("bcc", "Bcc", HeaderForm.ADDRESSES),
                    known("replyTo", "Reply-To", HeaderForm.ADDRESSES),
                    known("subject", "Subject", HeaderForm.TEXT),
                    known("sentAt", "Date", HeaderForm.DATE));

    private static Map.Entry<String, HeaderProperty> known(
            String property, String name, HeaderForm form) {
        return Map.entry(property, new HeaderProperty(property, name, form, false));
    }

    /// Null for a property that is none of these.
    ///
    /// @throws MethodError for one that begins like it and cannot be read, or whose form does not
    ///     suit its name
    static HeaderProperty parse(String property) throws MethodError {
        if (!property.startsWith("header:")) return null;
        String[] words = property.split(":", -1);
        String name = words.length > 1 ? words[1] : "";
        boolean all = words.length > 2 && words[words.length - 1].equals("all");
        int forms = words.length - 2 - (all ? 1 : 0);
        HeaderForm form = forms == 0 ? HeaderForm.RAW : HeaderForm.of(words[2]);
        if (!isName(name) || forms > 1 || form == null) {
            throw Args.invalid("the property \"" + property + "\" cannot be read");
        }
        if (!form.suits(name)) {
            throw Args.invalid("\"" + name + "\" cannot be had in that form");
        }
        return new HeaderProperty(property, name, form, all);
    }

    static boolean isName(String name) {
        if (name.isEmpty()) return false;
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) <= ' ' || name.charAt(i) >= 127) return false;
        }
        return true;
    }

    /// @param fields those of this name, in order
    JsonNode of(List<Field> fields) {
        if (!all) return fields.isEmpty() ? NullNode.getInstance() : form.of(fields.getLast());
        ArrayNode list = Api.JSON.createArrayNode();
        for (Field field : fields) list.add(form.of(field));
        return list;
    }
}
