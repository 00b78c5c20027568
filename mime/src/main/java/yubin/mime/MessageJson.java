package yubin.mime;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// The object that `yubin message json FILE` prints.
///
/// ```
/// {"parts":[{"type","depth","charset","filename","text" | "data"}...],
///  "subject","from":[[name|null,address]...],"to","cc"}
/// ```
/// A lone word that is no address counts as a name, and its address is null.
/// Every part in order; an attached message's root lies one deeper. Text leaves have `text`, other
/// leaves `data` in base64, multiparts and messages neither.
public final class MessageJson {
    /// Encoded messages inside encoded messages that are opened.
    private static final int OPENED_MAX = 20;

    private MessageJson() {}

    /// One line of JSON. Total.
    public static String of(byte[] octets) {
        Message message = Message.parse(octets);
        StringBuilder out = new StringBuilder(octets.length + 256);
        out.append("{\"parts\":[");
        parts(message, octets, 0, 0, out);
        out.setLength(out.length() - 1);
        out.append("],\"subject\":");
        string(message.subject(), out);
        for (String name : new String[] {"from", "to", "cc"}) {
            out.append(",\"").append(name).append("\":");
            addresses(message.root(), name, out);
        }
        return out.append('}').toString();
    }

    private static void parts(
            Message message, byte[] octets, int depth, int opened, StringBuilder out) {
        for (Part part : message.parts()) {
            byte[] body = part.isMultipart() || part.isMessage() ? null : part.decoded(octets);
            boolean encodedMessage = body != null && part.isMessageType();
            part(part, depth + part.depth(), encodedMessage ? null : body, out);
            if (encodedMessage && opened < OPENED_MAX) {
                parts(Message.parse(body), body, depth + part.depth() + 1, opened + 1, out);
            }
        }
    }

    private static void part(Part part, int depth, byte[] body, StringBuilder out) {
        String label = part.charset();
        String used = label == null || body == null ? null : Charsets.labelUsed(label, body);
        out.append("{\"type\":");
        string(part.mediaType(), out);
        out.append(",\"depth\":").append(depth).append(",\"charset\":");
        string(used, out);
        out.append(",\"filename\":");
        string(part.filename(), out);
        if (label != null && body != null) {
            out.append(",\"text\":");
            string(Charsets.decode(label, body), out);
        } else if (body != null) {
            out.append(",\"data\":\"").append(Base64.getEncoder().encodeToString(body)).append('"');
        }
        out.append("},");
    }

    private static void addresses(Part root, String name, StringBuilder out) {
        List<String> written = new ArrayList<>();
        for (Addresses.Mailbox mailbox : Addresses.flatten(root.addresses(name))) {
            StringBuilder pair = new StringBuilder("[");
            boolean isAddress = !mailbox.domain().isEmpty() || mailbox.name() != null;
            string(isAddress ? mailbox.name() : mailbox.local(), pair);
            String address = isAddress ? mailbox.address() : "";
            string(address.isEmpty() ? null : address, pair.append(','));
            written.add(pair.append(']').toString());
        }
        out.append('[').append(String.join(",", written)).append(']');
    }

    private static void string(String text, StringBuilder out) {
        if (text == null) {
            out.append("null");
            return;
        }
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // U+2028 is a line end to some readers of lines.
                    if (c < ' ' || c == '\u2028' || c == '\u2029') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
