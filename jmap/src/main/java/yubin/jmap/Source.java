package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import yubin.mime.Field;
import yubin.mime.HeaderFields;
import yubin.mime.Message;
import yubin.mime.Part;
import yubin.store.Boxes;

/// A message and the way to its octets. List rows are answered from what was parsed on arrival;
/// octets are read for what that does not hold.
final class Source {
    private static final byte[] NOTHING = {};

    private final BlobId blobId;
    private final Message message;
    private final byte[] prefix;
    private final Download bare;
    private List<Field> kept;
    private List<Field> all;

    /// @param message what one pass over `bare` found
    /// @param prefix lines that stand before the header of this copy alone
    /// @param bare the octets without prefix
    Source(BlobId blobId, Message message, byte[] prefix, Download bare) {
        this.blobId = blobId;
        this.message = message;
        this.prefix = prefix;
        this.bare = bare;
    }

    static Source of(Boxes boxes, Letter letter) throws IOException {
        var email = letter.email();
        int prefix = email.prefix().length;
        return new Source(
                BlobId.email(email.id()),
                letter.message(),
                email.prefix(),
                new Download(
                        "message/rfc822",
                        email.blob().size(),
                        (offset, length) -> boxes.read(email, prefix + offset, length)));
    }

    /// A blob that is to be read as a message.
    static Source parse(BlobId blobId, Download blob) throws IOException {
        return new Source(blobId, Message.parse(blob.all()), NOTHING, blob);
    }

    BlobId blobId() {
        return blobId;
    }

    Message message() {
        return message;
    }

    /// All octets without the prefix; empty when they are more than `max`.
    Optional<Download> whole(long max) {
        return bare.size() > max ? Optional.empty() : Optional.of(bare);
    }

    /// The number of a part, its partId.
    int index(Part part) {
        return message.parts().indexOf(part);
    }

    /// The header fields of this name of the message itself, in order.
    List<Field> fields(String name) throws IOException {
        boolean parsed =
                Message.keepsField(name)
                        && message.root().keptHeaderIsWhole()
                        && (prefix.length == 0 || !isOfPrefix(name));
        List<Field> from;
        if (parsed) {
            if (kept == null) kept = message.root().fields();
            from = kept;
        } else {
            from = allFields();
        }
        return named(from, name);
    }

    /// The first field of this name, unfolded; null when absent.
    String unfolded(String name) throws IOException {
        List<Field> fields = fields(name);
        return fields.isEmpty() ? null : fields.getFirst().unfolded();
    }

    private static boolean isOfPrefix(String name) {
        return name.equalsIgnoreCase("return-path") || name.equalsIgnoreCase("delivered-to");
    }

    private static List<Field> named(List<Field> fields, String name) {
        List<Field> named = new ArrayList<>(1);
        for (Field field : fields) if (field.is(name)) named.add(field);
        return named;
    }

    /// All header fields of the message, those of the prefix first.
    List<Field> allFields() throws IOException {
        if (all == null) {
            all = new ArrayList<>(HeaderFields.list(prefix, 0, prefix.length));
            all.addAll(header(message.root()));
        }
        return all;
    }

    /// All header fields of a part; those of the root with the prefix.
    List<Field> fields(Part part) throws IOException {
        return part == message.root() ? allFields() : header(part);
    }

    List<Field> fields(Part part, String name) throws IOException {
        if (part == message.root()) return fields(name);
        return named(header(part), name);
    }

    private List<Field> header(Part part) throws IOException {
        byte[] header = bare.read(part.headerStart(), part.bodyStart() - part.headerStart());
        return HeaderFields.list(header, 0, header.length);
    }

    /// The body without transfer encoding.
    byte[] decoded(Part part) throws IOException {
        return part.decodedBody(bare.read(part.bodyStart(), part.octets()));
    }

    /// Octets of the decoded body.
    long decodedSize(Part part) throws IOException {
        if (Blobs.isBare(part)) return part.octets();
        if (part.encoding().equals("base64")) {
            long size = regularBase64(part);
            if (size >= 0) return size;
        }
        return decoded(part).length;
    }

    /// The size of a base64 body of equal lines without reading all of it, -1 where it cannot be
    /// told so: the first line shows how long lines are, the end shows the padding.
    private long regularBase64(Part part) throws IOException {
        int octets = part.octets();
        if (octets < 4096) return -1;
        byte[] first = bare.read(part.bodyStart(), 1024);
        int line = 0;
        while (line < first.length && first[line] > ' ') line++;
        if (line == 0 || line % 4 != 0 || line + 1 >= first.length) return -1;
        int end = first[line] == '\r' && first[line + 1] == '\n' ? 2 : first[line] == '\n' ? 1 : 0;
        if (end == 0) return -1;
        byte[] last = bare.read(part.bodyStart() + octets - 1024L, 1024);
        int stop = last.length;
        while (stop > 0 && last[stop - 1] <= ' ') stop--;
        int trailing = last.length - stop;
        int padding = 0;
        while (padding < 2 && stop > padding && last[stop - 1 - padding] == '=') padding++;
        long text = octets - trailing;
        long whole = text / (line + end);
        long rest = text % (line + end);
        if (rest > line) return -1;
        long digits = whole * line + rest;
        boolean counted = part.lines() == whole + (rest > 0 ? 1 : 0);
        return counted && trailing <= end && digits % 4 == 0 ? digits / 4 * 3 - padding : -1;
    }
}
