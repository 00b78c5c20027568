package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import yubin.mime.Field;
import yubin.mime.Part;
import yubin.store.Boxes;

/// One email as a search reads it: its parts are fetched when a condition asks for them, and folded
/// so that case and width make no difference.
final class Reading {
    /// Octets of one part that are searched: text beyond is not found. Larger texts are rare; a
    /// letter of words alone has a thousandth of it.
    static final int PART_OCTETS_MAX = 8 << 20;

    private final Source source;
    private String body;

    Reading(Source source) {
        this.source = source;
    }

    /// Null when the email is gone.
    static Reading of(Boxes boxes, long email) throws IOException {
        Letter letter = Letter.find(boxes, email);
        return letter == null ? null : new Reading(Source.of(boxes, letter));
    }

    Source source() {
        return source;
    }

    boolean has(EmailFilter.Words words) throws IOException {
        List<String> missing = new ArrayList<>(words.needles().folded());
        if (missing.isEmpty()) return true;
        switch (words.where()) {
            case "body" -> strike(missing, body());
            case "text" -> {
                for (String name : List.of("from", "to", "cc", "bcc", "subject")) {
                    strike(missing, field(name));
                }
                if (!missing.isEmpty()) strike(missing, body());
            }
            default -> strike(missing, field(words.where()));
        }
        return missing.isEmpty();
    }

    private static void strike(List<String> missing, String text) {
        missing.removeIf(text::contains);
    }

    boolean has(EmailFilter.Header header) throws IOException {
        for (Field field : source.fields(header.name())) {
            if (header.value() == null || Collation.fold(field.text()).contains(header.value())) {
                return true;
            }
        }
        return false;
    }

    /// All fields of a name, decoded and folded.
    String field(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Field field : source.fields(name)) {
            text.append(Collation.fold(field.text())).append('\n');
        }
        return text.toString();
    }

    /// The text of the body and the names of attachments, folded.
    String body() throws IOException {
        if (body == null) {
            StringBuilder text = new StringBuilder();
            for (Part part : source.message().parts()) {
                String name = part.filename();
                if (name != null) text.append(name).append('\n');
                if (part.isMultipart() || part.isMessage()) continue;
                if (part.type().equals("text")) text.append(plain(part)).append('\n');
            }
            body = Collation.fold(text.toString());
        }
        return body;
    }

    /// The text of a part as a person reads it.
    String plain(Part part) throws IOException {
        if (part.octets() > PART_OCTETS_MAX) return "";
        String text = BodyValue.text(part, source.decoded(part));
        return part.subtype().equals("html") ? PlainText.of(text) : text;
    }
}
