package yubin.jmap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Upload;
import yubin.store.Uploads;

/// Blob/upload, Blob/get, Blob/lookup (RFC 9404), and Blob/copy of the core (RFC 8620 §6.3).
final class BlobMethods {
    static final int SOURCES_MAX = 256;
    static final List<String> DIGESTS = List.of("sha-256", "sha", "sha-512");
    static final List<String> TYPES = List.of("Mailbox", "Thread", "Email");

    /// Octets of a blob that is given out within JSON.
    static final long INLINE_OCTETS_MAX = 8L << 20;

    private final Office office;

    BlobMethods(Office office) {
        this.office = office;
    }

    Map<String, Method> all() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("Blob/upload", this::upload);
        all.put("Blob/get", this::get);
        all.put("Blob/lookup", this::lookup);
        return all;
    }

    /// Nobody reaches a second account so far: there is none to copy from.
    static ObjectNode copy(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        String from = args.string("fromAccountId");
        context.boxes(args);
        context.boxes(from, "fromAccountNotFound");
        throw Args.invalid("\"fromAccountId\" is the account itself");
    }

    private ObjectNode upload(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        ObjectNode create = args.objectOrNull("create");
        args.end();
        if (create == null) throw Args.invalid("\"create\" is missing");
        if (create.size() > Session.SET_MAX) {
            throw new MethodError("requestTooLarge", "at most " + Session.SET_MAX + " blobs");
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account())).putNull("oldState");
        ObjectNode created = Api.JSON.createObjectNode();
        ObjectNode notCreated = Api.JSON.createObjectNode();
        for (var entry : create.properties()) {
            try {
                ObjectNode blob = create(context, boxes, entry.getValue());
                created.set(entry.getKey(), blob);
                context.created().put(entry.getKey(), blob.get("id").stringValue());
            } catch (SetError e) {
                notCreated.set(entry.getKey(), e.json());
            }
        }
        answer.set("created", created.isEmpty() ? null : created);
        answer.set("notCreated", notCreated.isEmpty() ? null : notCreated);
        return answer;
    }

    private ObjectNode create(Context context, Boxes boxes, JsonNode object)
            throws SetError, IOException {
        JsonNode data = object.path("data");
        if (!data.isArray()) throw SetError.invalid("data", "must be DataSourceObject[]");
        if (data.size() > SOURCES_MAX) throw SetError.invalid("data", "too many sources");
        JsonNode type = object.path("type");
        boolean typed = type.isString();
        if (!typed && !type.isNull() && !type.isMissingNode()) {
            throw SetError.invalid("type", "must be a String");
        }
        long max = office.settings().uploadOctetsMax();
        try (Upload upload = office.store().blobs().upload(context.login().tenant())) {
            for (JsonNode source : data) {
                source(context, boxes, source, upload, max);
            }
            upload.finish();
            Uploads.Uploaded kept =
                    office.store()
                            .uploads()
                            .put(
                                    boxes.account(),
                                    upload,
                                    typed ? type.stringValue() : "application/octet-stream");
            return Api.JSON
                    .createObjectNode()
                    .put("id", BlobId.upload(kept.id()).toString())
                    .put("type", kept.type())
                    .put("size", kept.blob().size());
        }
    }

    private void source(Context context, Boxes boxes, JsonNode source, Upload upload, long max)
            throws SetError, IOException {
        boolean isText = source.hasNonNull("data:asText");
        boolean isBase64 = source.hasNonNull("data:asBase64");
        boolean isBlob = source.hasNonNull("blobId");
        if ((isText ? 1 : 0) + (isBase64 ? 1 : 0) + (isBlob ? 1 : 0) != 1) {
            throw SetError.invalid("data", "a source is text, base64 or a blob");
        }
        if (isText) {
            write(string(source, "data:asText").getBytes(StandardCharsets.UTF_8), upload, max);
        } else if (isBase64) {
            try {
                write(Base64.getDecoder().decode(string(source, "data:asBase64")), upload, max);
            } catch (IllegalArgumentException e) {
                throw SetError.invalid("data", "that is no base64");
            }
        } else {
            String id = context.resolve(string(source, "blobId"));
            Optional<Download> blob = office.blobs().find(boxes, id);
            if (blob.isEmpty()) throw SetError.invalid("data", "there is no such blob");
            long offset = number(source, "offset", 0);
            long length = number(source, "length", blob.get().size() - offset);
            if (offset > blob.get().size() || length > blob.get().size() - offset) {
                throw SetError.invalid("data", "the blob has no such range");
            }
            for (long at = offset; at < offset + length; ) {
                int step = (int) Math.min(256 << 10, offset + length - at);
                byte[] octets = blob.get().read(at, step);
                if (octets.length == 0) throw new IOException("a blob ends before its size");
                write(octets, upload, max);
                at += octets.length;
            }
        }
    }

    private static void write(byte[] octets, Upload upload, long max) throws SetError, IOException {
        if (upload.size() + octets.length > max) {
            throw new SetError("tooLarge", "a blob may have " + max + " octets here");
        }
        upload.write(octets, 0, octets.length);
    }

    private static String string(JsonNode source, String name) throws SetError {
        if (!source.get(name).isString()) throw SetError.invalid("data", name + " is no String");
        return source.get(name).stringValue();
    }

    private static long number(JsonNode source, String name, long absent) throws SetError {
        if (!source.hasNonNull(name)) return absent;
        JsonNode value = source.get(name);
        if (!value.isIntegralNumber() || value.asLong(-1) < 0) {
            throw SetError.invalid("data", name + " must be an UnsignedInt");
        }
        return value.longValue();
    }

    private ObjectNode get(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        List<String> ids = args.idsOrNull("ids", Session.GET_MAX);
        Set<String> asked = args.stringsOrNull("properties");
        long offset = args.unsigned("offset", 0);
        long length = args.unsigned("length", Long.MAX_VALUE);
        args.end();
        if (ids == null) throw Args.invalid("\"ids\" must be Id[]");
        Set<String> properties = asked == null ? Set.of("data", "size") : asked;
        for (String property : properties) {
            boolean digest =
                    property.startsWith("digest:") && DIGESTS.contains(property.substring(7));
            boolean known =
                    Set.of("data", "data:asText", "data:asBase64", "size", "id").contains(property);
            if (!digest && !known) throw Args.invalid("\"" + property + "\" is not known");
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        ArrayNode list = answer.putArray("list");
        ArrayNode notFound = answer.putArray("notFound");
        for (String asId : ids) {
            String id = context.resolve(asId);
            Optional<Download> blob = office.blobs().find(boxes, id);
            if (blob.isEmpty()) notFound.add(asId);
            else list.add(json(id, blob.get(), properties, offset, length));
        }
        return answer;
    }

    private static ObjectNode json(
            String id, Download blob, Set<String> properties, long offset, long length)
            throws MethodError, IOException {
        ObjectNode json = Api.JSON.createObjectNode().put("id", id);
        if (properties.contains("size")) json.put("size", blob.size());
        long from = Math.min(offset, blob.size());
        long take = Math.min(length, blob.size() - from);
        boolean cut = offset > blob.size() || length != Long.MAX_VALUE && take < length;
        if (cut) json.put("isTruncated", true);
        boolean needsOctets =
                properties.stream().anyMatch(p -> !p.equals("size") && !p.equals("id"));
        if (!needsOctets) return json;
        if (take > INLINE_OCTETS_MAX) {
            throw new MethodError("requestTooLarge", "so much is to be downloaded instead");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) take);
        blob.writeTo(out, from, take);
        byte[] octets = out.toByteArray();
        boolean any = properties.contains("data");
        if (any || properties.contains("data:asText")) {
            String text = utf8(octets);
            if (text == null) json.put("isEncodingProblem", true);
            if (text != null || properties.contains("data:asText")) json.put("data:asText", text);
            any &= text == null;
        }
        if (any || properties.contains("data:asBase64")) {
            json.put("data:asBase64", Base64.getEncoder().encodeToString(octets));
        }
        for (String property : properties) {
            if (!property.startsWith("digest:")) continue;
            json.put(property, digest(property.substring(7), octets));
        }
        return json;
    }

    /// Null when the octets are no UTF-8.
    private static String utf8(byte[] octets) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static String digest(String name, byte[] octets) {
        String algorithm = name.equals("sha") ? "SHA-1" : name;
        try {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(octets);
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has these
        }
    }

    private ObjectNode lookup(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        Set<String> types = args.stringsOrNull("typeNames");
        List<String> ids = args.idsOrNull("ids", Session.GET_MAX);
        args.end();
        if (types == null || ids == null) {
            throw Args.invalid("\"typeNames\" and \"ids\" are wanted");
        }
        for (String type : types) {
            if (!TYPES.contains(type) || !context.uses(Capabilities.MAIL)) {
                throw new MethodError("unknownDataType", "no blobs are in \"" + type + "\"");
            }
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        ArrayNode list = answer.putArray("list");
        for (String asked : ids) {
            BlobId id = BlobId.parse(context.resolve(asked));
            boolean there = id != null && office.blobs().find(boxes, id).isPresent();
            Set<Letter> letters = new HashSet<>();
            if (there && !id.isUpload()) {
                Letter letter = Letter.find(boxes, id.number());
                if (letter != null) letters.add(letter);
            }
            ObjectNode matched = list.addObject().put("id", asked).putObject("matchedIds");
            for (String type : types) {
                ArrayNode found = matched.putArray(type);
                references(type, letters).forEach(found::add);
            }
        }
        return answer;
    }

    private static Set<String> references(String type, Set<Letter> letters) {
        Set<String> ids = new TreeSet<>();
        for (Letter letter : letters) {
            switch (type) {
                case "Email" -> ids.add(Ids.of('e', letter.email().id()));
                case "Thread" -> ids.add(Ids.of('t', letter.email().thread()));
                default -> {
                    for (int mailbox : letter.mailboxes()) ids.add(Ids.of('m', mailbox));
                }
            }
        }
        return ids;
    }
}
