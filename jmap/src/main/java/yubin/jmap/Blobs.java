package yubin.jmap;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import yubin.mime.Message;
import yubin.mime.Part;
import yubin.store.Blob;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.Store;
import yubin.store.Uploads;

/// Finds the octets behind blobIds.
final class Blobs {
    /// Octets of a part that is decoded in memory; a part that is larger is not given out.
    private static final int DECODED_OCTETS_MAX = 256 << 20;

    private final Store store;

    Blobs(Store store) {
        this.store = store;
    }

    /// Empty when there is no such blob in this account.
    Optional<Download> find(Boxes boxes, String blobId) throws IOException {
        BlobId id = BlobId.parse(blobId);
        return id == null ? Optional.empty() : find(boxes, id);
    }

    Optional<Download> find(Boxes boxes, BlobId id) throws IOException {
        return id.isUpload() ? upload(boxes, id) : email(boxes, id);
    }

    private Optional<Download> upload(Boxes boxes, BlobId id) throws IOException {
        Optional<Uploads.Uploaded> uploaded = store.uploads().find(boxes.account(), id.number());
        if (uploaded.isEmpty()) return Optional.empty();
        Blob blob = uploaded.get().blob();
        Download whole =
                new Download(
                        uploaded.get().type(),
                        blob.size(),
                        (offset, length) -> store.blobs().read(blob, offset, length));
        return id.path().isEmpty() ? Optional.of(whole) : inside(whole, null, id.path());
    }

    private Optional<Download> email(Boxes boxes, BlobId id) throws IOException {
        Email email = boxes.email(id.number());
        if (email == null) return Optional.empty();
        Download whole =
                new Download(
                        "message/rfc822",
                        email.size(),
                        (offset, length) -> boxes.read(email, offset, length));
        if (id.path().isEmpty()) return Optional.of(whole);
        int prefix = email.prefix().length;
        Download bare =
                new Download(
                        "message/rfc822",
                        email.blob().size(),
                        (offset, length) -> boxes.read(email, prefix + offset, length));
        return inside(bare, email.message(), id.path());
    }

    /// @param message what is known of the octets; null: they are parsed
    private static Optional<Download> inside(Download whole, Message message, List<Integer> path)
            throws IOException {
        if (message == null) {
            if (whole.size() > DECODED_OCTETS_MAX) return Optional.empty();
            message = Message.parse(whole.all());
        }
        int index = path.getFirst();
        if (index >= message.parts().size()) return Optional.empty();
        Part part = message.parts().get(index);
        if (part.octets() > DECODED_OCTETS_MAX) return Optional.empty();
        Download found = decoded(whole, part);
        List<Integer> rest = path.subList(1, path.size());
        return rest.isEmpty() ? Optional.of(found) : inside(found, null, rest);
    }

    /// The body of a part without transfer encoding; read when it is asked for where it is not
    /// encoded, decoded at once where it is.
    static Download decoded(Download whole, Part part) throws IOException {
        String type = part.mediaType();
        if (isBare(part)) {
            return new Download(
                    type,
                    part.octets(),
                    (offset, length) ->
                            whole.read(
                                    part.bodyStart() + offset,
                                    (int) Math.min(length, part.octets() - offset)));
        }
        byte[] octets = part.decodedBody(whole.read(part.bodyStart(), part.octets()));
        return new Download(
                type,
                octets.length,
                (offset, length) ->
                        Arrays.copyOfRange(
                                octets,
                                (int) offset,
                                (int) Math.min(octets.length, offset + length)));
    }

    /// True when the body has no transfer encoding to undo.
    static boolean isBare(Part part) {
        return switch (part.encoding()) {
            case "7bit", "8bit", "binary" -> true;
            default -> false;
        };
    }
}
