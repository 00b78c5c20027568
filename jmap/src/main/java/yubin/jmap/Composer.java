package yubin.jmap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mime.HeaderWriter;
import yubin.mime.MessageBuilder;
import yubin.mime.MessageBuilder.Content;
import yubin.mime.MessageBuilder.Content.FieldLine;
import yubin.mime.Parameter;
import yubin.store.Boxes;

/// Makes a message of the properties of an Email. RFC 8621 §4.6.
final class Composer {
    private static final int PARTS_MAX = 1000;
    private static final int DEPTH_MAX = 50;

    private static final Set<String> PART =
            Set.of(
                    "partId",
                    "blobId",
                    "size",
                    "name",
                    "type",
                    "charset",
                    "disposition",
                    "cid",
                    "language",
                    "location",
                    "subParts");

    private final Office office;
    private final Context context;
    private final Boxes boxes;
    private final ObjectNode email;
    private final ObjectNode values;
    private final ArrayNode blobsNotFound = Api.JSON.createArrayNode();
    private long octets;
    private int parts;

    private Composer(Office office, Context context, Boxes boxes, ObjectNode email)
            throws SetError {
        this.office = office;
        this.context = context;
        this.boxes = boxes;
        this.email = email;
        JsonNode given = email.path("bodyValues");
        if (given.isMissingNode() || given.isNull()) given = Api.JSON.createObjectNode();
        if (!(given instanceof ObjectNode object)) {
            throw SetError.invalid("bodyValues", "must be String[EmailBodyValue]");
        }
        values = object;
        for (JsonNode value : values) {
            boolean good =
                    value.path("value").isString()
                            && !value.path("isEncodingProblem").asBoolean(false)
                            && !value.path("isTruncated").asBoolean(false);
            if (!good) throw SetError.invalid("bodyValues", "must be whole EmailBodyValues");
        }
    }

    /// @throws SetError with the properties that are wrong
    static byte[] compose(Office office, Context context, Boxes boxes, ObjectNode email)
            throws SetError, IOException {
        return new Composer(office, context, boxes, email).compose();
    }

    private byte[] compose() throws SetError, IOException {
        MessageBuilder builder = new MessageBuilder();
        Set<String> fields = header(builder);
        Content content = email.hasNonNull("bodyStructure") ? structure(fields) : fromLists();
        if (!blobsNotFound.isEmpty()) {
            throw new SetError("blobNotFound", "some blobs are not there")
                    .with("notFound", blobsNotFound);
        }
        try {
            return builder.content(content).build();
        } catch (IllegalArgumentException e) {
            throw SetError.invalid("bodyStructure", e.getMessage());
        }
    }

    /// Writes the header fields; returns their names in lower case.
    private Set<String> header(MessageBuilder builder) throws SetError {
        List<HeaderProperty> properties = new ArrayList<>();
        Set<String> names = new HashSet<>();
        boolean utf8 = false;
        for (var entry : email.properties()) {
            HeaderProperty property = HeaderInput.property(entry.getKey());
            if (property == null) continue;
            String key = HeaderInput.key(property);
            if (key.startsWith("content-")) {
                throw SetError.invalid(property.property(), "belongs to a body part");
            }
            if (!names.add(key)) {
                throw SetError.invalid(property.property(), "the field is given twice");
            }
            properties.add(property);
            utf8 |= HeaderInput.needsUtf8(entry.getValue());
        }
        if (utf8) builder.utf8Header();
        if (!names.contains("date")) {
            builder.date(office.clock().instant().atOffset(ZoneOffset.UTC));
        }
        if (!names.contains("message-id")) {
            builder.messageId(UUID.randomUUID() + "@" + office.settings().hostname().ascii());
        }
        for (HeaderProperty property : properties) {
            for (String value :
                    HeaderInput.values(property, email.get(property.property()), utf8)) {
                if (value.isEmpty()) continue;
                if (property.name().equalsIgnoreCase("mime-version")) continue; // we write it
                builder.structured(property.name(), value);
            }
        }
        return names;
    }

    private Content structure(Set<String> fields) throws SetError, IOException {
        for (String list : List.of("textBody", "htmlBody", "attachments")) {
            if (email.hasNonNull(list)) {
                throw SetError.invalid(List.of("bodyStructure", list), "one of both may be given");
            }
        }
        if (!(email.get("bodyStructure") instanceof ObjectNode root)) {
            throw SetError.invalid("bodyStructure", "must be an EmailBodyPart");
        }
        for (String name : root.propertyNames()) {
            HeaderProperty property =
                    name.startsWith("header:") ? HeaderInput.property(name) : null;
            if (property != null && fields.contains(HeaderInput.key(property))) {
                throw SetError.invalid("bodyStructure/" + name, "the email has the field too");
            }
        }
        return part(root, "bodyStructure", "text/plain", null, 0);
    }

    private Content fromLists() throws SetError, IOException {
        List<Content> text = list("textBody", "text/plain");
        List<Content> html = list("htmlBody", "text/html");
        List<Content> attached = new ArrayList<>();
        List<Content> related = new ArrayList<>();
        int at = 0;
        for (JsonNode node : array("attachments")) {
            String path = "attachments/" + at++;
            if (!(node instanceof ObjectNode part)) {
                throw SetError.invalid(path, "must be an EmailBodyPart");
            }
            boolean inline = part.path("cid").isString() && !html.isEmpty();
            boolean shown = !part.path("disposition").asString("").equalsIgnoreCase("attachment");
            String disposition = inline && shown ? "inline" : "attachment";
            Content content = part(part, path, "application/octet-stream", disposition, 1);
            (inline && shown ? related : attached).add(content);
        }
        Content body = null;
        if (!html.isEmpty()) {
            body = html.getFirst();
            if (!related.isEmpty()) {
                List<Content> all = new ArrayList<>(List.of(body));
                all.addAll(related);
                body = new Content.Multipart("related", List.of(), all);
            }
            if (!text.isEmpty()) {
                body =
                        new Content.Multipart(
                                "alternative", List.of(), List.of(text.getFirst(), body));
            }
        } else if (!text.isEmpty()) {
            body = text.getFirst();
        }
        if (body == null && attached.size() == 1) return attached.getFirst();
        if (body == null && attached.isEmpty()) return Content.text("");
        if (attached.isEmpty()) return body;
        List<Content> all = new ArrayList<>();
        if (body != null) all.add(body);
        all.addAll(attached);
        return new Content.Multipart("mixed", List.of(), all);
    }

    private JsonNode array(String property) throws SetError {
        JsonNode list = email.path(property);
        if (list.isMissingNode() || list.isNull()) return Api.JSON.createArrayNode();
        if (!list.isArray()) throw SetError.invalid(property, "must be EmailBodyPart[]");
        return list;
    }

    /// `textBody` and `htmlBody` have one part of their type.
    private List<Content> list(String property, String type) throws SetError, IOException {
        JsonNode list = array(property);
        if (list.isEmpty()) return List.of();
        if (list.size() != 1 || !(list.get(0) instanceof ObjectNode part)) {
            throw SetError.invalid(property, "must have one EmailBodyPart");
        }
        if (!part.path("type").asString(type).equalsIgnoreCase(type)) {
            throw SetError.invalid(property + "/0/type", "must be " + type);
        }
        return List.of(part(part, property + "/0", type, null, 1));
    }

    private Content part(
            ObjectNode part, String path, String absentType, String absentDisposition, int depth)
            throws SetError, IOException {
        if (depth > DEPTH_MAX || ++parts > PARTS_MAX) {
            throw SetError.invalid(path, "too many parts");
        }
        List<FieldLine> fields = fields(part, path);
        boolean multipart = part.hasNonNull("subParts");
        String absent = multipart ? "multipart/mixed" : absentType;
        String type = string(part, "type", path);
        if (type == null) type = absent;
        type = type.toLowerCase(Locale.ROOT);
        if (!type.matches("[!#$&^_.+a-z0-9-]{1,127}/[!#$&^_.+a-z0-9-]{1,127}")) {
            throw SetError.invalid(path + "/type", "must be a media type");
        }
        if (multipart != type.startsWith("multipart/")) {
            throw SetError.invalid(path + "/type", "a multipart has subParts, and nothing else");
        }
        String name = string(part, "name", path);
        String disposition = string(part, "disposition", path);
        if (disposition == null) disposition = absentDisposition;
        if (disposition != null && !disposition.matches("[A-Za-z0-9-]{1,60}")) {
            throw SetError.invalid(path + "/disposition", "cannot be written");
        }
        if (multipart) return multipart(part, path, type, name, disposition, fields, depth);
        boolean isValue = part.hasNonNull("partId");
        if (isValue == part.hasNonNull("blobId")) {
            throw SetError.invalid(path, "a part has a partId or a blobId");
        }
        List<Parameter> parameters = new ArrayList<>(1);
        byte[] octets;
        if (isValue) {
            if (part.hasNonNull("charset")) {
                throw SetError.invalid(path + "/charset", "is the server's to choose");
            }
            if (!type.startsWith("text/")) {
                throw SetError.invalid(path + "/type", "a body value is text");
            }
            octets = value(part, path);
            parameters.add(new Parameter("charset", "utf-8"));
        } else {
            octets = blob(part, path);
            String charset = string(part, "charset", path);
            if (charset != null) parameters.add(new Parameter("charset", charset));
        }
        this.octets += octets.length;
        if (this.octets > office.settings().messageOctetsMax()) {
            throw new SetError("tooLarge", "the message would be too large");
        }
        return new Content.Free(type, parameters, name, disposition, fields, octets, null);
    }

    private Content multipart(
            ObjectNode part,
            String path,
            String type,
            String name,
            String disposition,
            List<FieldLine> fields,
            int depth)
            throws SetError, IOException {
        if (part.hasNonNull("partId") || part.hasNonNull("blobId")) {
            throw SetError.invalid(path, "a multipart has no partId and no blobId");
        }
        JsonNode subParts = part.get("subParts");
        if (!subParts.isArray()) throw SetError.invalid(path + "/subParts", "must be an array");
        List<Content> contents = new ArrayList<>(subParts.size());
        for (int i = 0; i < subParts.size(); i++) {
            String below = path + "/subParts/" + i;
            if (!(subParts.get(i) instanceof ObjectNode child)) {
                throw SetError.invalid(below, "must be an EmailBodyPart");
            }
            contents.add(part(child, below, "text/plain", null, depth + 1));
        }
        return new Content.Free(type, List.of(), name, disposition, fields, null, contents);
    }

    /// The fields of a part that are no matter of its own properties; and what may not be there.
    private List<FieldLine> fields(ObjectNode part, String path) throws SetError {
        List<FieldLine> lines = new ArrayList<>(0);
        Set<String> names = new HashSet<>();
        String cid = string(part, "cid", path);
        String location = string(part, "location", path);
        try {
            if (cid != null) line(lines, "Content-ID", "<" + cid + ">");
            if (location != null) line(lines, "Content-Location", location);
            if (part.hasNonNull("language")) {
                List<String> tags = new ArrayList<>();
                for (JsonNode tag : part.get("language")) tags.add(tag.asString(""));
                line(lines, "Content-Language", String.join(", ", tags));
            }
        } catch (IllegalArgumentException e) {
            throw SetError.invalid(path, "cannot be written in a header field");
        }
        for (FieldLine line : lines) names.add(line.name().toLowerCase(Locale.ROOT));
        if (part.hasNonNull("type")) names.add("content-type");
        if (part.hasNonNull("disposition")) names.add("content-disposition");
        for (var entry : part.properties()) {
            String name = entry.getKey();
            if (PART.contains(name)) continue;
            HeaderProperty property =
                    name.startsWith("header:") ? HeaderInput.property(name) : null;
            if (property == null) throw SetError.invalid(path + "/" + name, "cannot be set");
            String key = HeaderInput.key(property);
            if (key.equals("content-transfer-encoding")) {
                throw SetError.invalid(path + "/" + name, "is the server's to choose");
            }
            if (key.equals("content-type") || key.equals("content-disposition")) {
                throw SetError.invalid(path + "/" + name, "has properties of its own");
            }
            if (!names.add(key)) throw SetError.invalid(path + "/" + name, "is given twice");
            for (String value : HeaderInput.values(property, entry.getValue(), false)) {
                lines.add(new FieldLine(property.name(), value));
            }
        }
        return lines;
    }

    private static void line(List<FieldLine> lines, String name, String value) {
        lines.add(new FieldLine(name, HeaderWriter.structured(name, value, false)));
    }

    private static String string(ObjectNode part, String name, String path) throws SetError {
        JsonNode value = part.get(name);
        if (value == null || value.isNull()) return null;
        if (!value.isString()) throw SetError.invalid(path + "/" + name, "must be a String");
        return value.stringValue();
    }

    /// The text of a body value, its lines ended with CRLF.
    private byte[] value(ObjectNode part, String path) throws SetError {
        JsonNode value = values.get(string(part, "partId", path));
        if (value == null) throw SetError.invalid(path + "/partId", "no body value has this id");
        String text = value.get("value").stringValue();
        return text.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    }

    private byte[] blob(ObjectNode part, String path) throws SetError, IOException {
        String id = string(part, "blobId", path);
        Optional<Download> blob = office.blobs().find(boxes, context.resolve(id));
        if (blob.isEmpty()) {
            blobsNotFound.add(id);
            return new byte[0];
        }
        if (octets + blob.get().size() > office.settings().messageOctetsMax()) {
            throw new SetError("tooLarge", "the message would be too large");
        }
        return blob.get().all();
    }
}
