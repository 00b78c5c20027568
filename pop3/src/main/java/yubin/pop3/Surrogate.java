package yubin.pop3;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import yubin.mail.Domain;
import yubin.mime.Addresses;
import yubin.mime.EncodedWords;

/// Makes a header with UTF-8 in it readable for a client that did not say UTF8. RFC 6856 §2.1.
///
/// Texts become encoded-words, domains A-labels. An address whose local part is not ASCII becomes
/// the name of an empty group, as no other form shows it without inviting an answer that cannot
/// arrive. Only the header of the message itself is rewritten; those of its parts and of messages
/// inside go out as they are, since leaving them unreadable would help nobody. Fields that are
/// ASCII, or not UTF-8 at all, keep their octets.
final class Surrogate {
    private static final Set<String> ADDRESS_FIELDS =
            Set.of("from", "sender", "reply-to", "to", "cc", "bcc");

    /// Octets of text in one encoded-word: 75 with its frame. RFC 2047 §2.
    private static final int WORD_OCTETS = 45;

    private static final int LINE_MAX = 76;

    private Surrogate() {}

    /// @param header with the empty line at its end, if it has one
    static byte[] of(byte[] header) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream(header.length * 2);
        for (int from = 0; from < header.length; ) {
            int to = fieldEnd(header, from);
            byte[] field = Arrays.copyOfRange(header, from, to);
            out.writeBytes(isAscii(field) ? field : rewritten(field));
            from = to;
        }
        return out.toByteArray();
    }

    /// Behind the last line of the field that begins at `from`.
    private static int fieldEnd(byte[] header, int from) {
        int at = from;
        while (at < header.length) {
            if (header[at++] != '\n') continue;
            if (at == header.length || header[at] != ' ' && header[at] != '\t') break;
        }
        return at;
    }

    private static byte[] rewritten(byte[] field) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(field)).toString();
        } catch (CharacterCodingException e) {
            return field; // an old 8-bit charset: nobody says which
        }
        int colon = text.indexOf(':');
        if (colon < 1) return field;
        String name = text.substring(0, colon);
        if (!isAscii(name.getBytes(StandardCharsets.UTF_8))) return field;
        String body = text.substring(colon + 1).replaceAll("\r?\n", "").strip();
        String ascii =
                ADDRESS_FIELDS.contains(name.toLowerCase(Locale.ROOT).replace("resent-", ""))
                        ? addresses(body)
                        : EncodedWords.encode(body);
        return fold(name + ": " + ascii).getBytes(StandardCharsets.UTF_8);
    }

    private static String addresses(String body) {
        StringJoiner list = new StringJoiner(", ");
        for (Addresses.Entry entry : Addresses.parse(body)) {
            switch (entry) {
                case Addresses.Mailbox mailbox -> list.add(mailbox(mailbox));
                case Addresses.Group(String name, List<Addresses.Mailbox> members) -> {
                    StringJoiner inner = new StringJoiner(", ", phrase(name) + ": ", ";");
                    for (Addresses.Mailbox member : members) inner.add(mailbox(member));
                    list.add(inner.toString());
                }
            }
        }
        return list.toString();
    }

    private static String mailbox(Addresses.Mailbox mailbox) {
        String address = mailbox.address();
        if (mailbox.domain() != null) {
            String ascii = Domain.parse(mailbox.domain()).map(Domain::ascii).orElse(null);
            int at = address.lastIndexOf('@');
            if (ascii != null && at > 0) address = address.substring(0, at + 1) + ascii;
        }
        String name = mailbox.name() == null ? "" : mailbox.name();
        if (isAscii(address.getBytes(StandardCharsets.UTF_8))) {
            return name.isEmpty() ? address : phrase(name) + " <" + address + ">";
        }
        return words((name + " <" + mailbox.address() + ">").strip()) + " :;";
    }

    private static String phrase(String name) {
        if (!isAscii(name.getBytes(StandardCharsets.UTF_8))) return words(name);
        return "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static String words(String text) {
        StringJoiner words = new StringJoiner(" ");
        for (int from = 0; from < text.length(); ) {
            int to = from;
            int octets = 0;
            while (to < text.length()) {
                int point = text.codePointAt(to);
                int more = Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
                if (octets + more > WORD_OCTETS) break;
                octets += more;
                to += Character.charCount(point);
            }
            byte[] piece = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
            words.add("=?UTF-8?B?" + Base64.getEncoder().encodeToString(piece) + "?=");
            from = to;
        }
        return words.toString();
    }

    /// Breaks at blanks, never right behind the field name: some readers take that for an empty
    /// field.
    private static String fold(String line) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (String word : line.split(" ")) {
            boolean first = out.indexOf(" ") < 0;
            if (!first && column + 1 + word.length() > LINE_MAX) {
                out.append("\r\n");
                column = 0;
            }
            if (!out.isEmpty()) {
                out.append(' ');
                column++;
            }
            out.append(word);
            column += word.length();
        }
        return out.append("\r\n").toString();
    }

    private static boolean isAscii(byte[] octets) {
        for (byte octet : octets) if (octet < 0) return false;
        return true;
    }
}
