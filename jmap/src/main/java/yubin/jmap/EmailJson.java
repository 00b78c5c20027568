package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mime.Disposition;
import yubin.mime.Field;
import yubin.mime.Part;
import yubin.store.Boxes;

/// Writes an Email as JSON, with as much as was asked for. RFC 8621 §4.1.
final class EmailJson {
    private final EmailShape shape;
    private final Source source;
    private BodyLists lists;

    private EmailJson(EmailShape shape, Source source) {
        this.shape = shape;
        this.source = source;
    }

    /// An email of a mailbox.
    static ObjectNode of(Boxes boxes, Letter letter, EmailShape shape) throws IOException {
        ObjectNode json = Api.JSON.createObjectNode();
        var email = letter.email();
        for (String property : shape.properties()) {
            switch (property) {
                case "id" -> json.put("id", Ids.of('e', email.id()));
                case "blobId" -> json.put("blobId", BlobId.email(email.id()).toString());
                case "threadId" -> json.put("threadId", Ids.of('t', email.thread()));
                case "mailboxIds" -> {
                    ObjectNode mailboxes = json.putObject("mailboxIds");
                    for (int id : letter.mailboxes()) mailboxes.put(Ids.of('m', id), true);
                }
                case "keywords" -> json.set("keywords", Keywords.json(boxes, letter.flags()));
                case "size" -> json.put("size", email.size());
                case "receivedAt" -> json.put("receivedAt", Dates.utc(email.receivedMillis()));
                default -> {}
            }
        }
        new EmailJson(shape, Source.of(boxes, letter)).message(json);
        return json;
    }

    /// A message that is no email of any mailbox: what `Email/parse` gives.
    static ObjectNode parsed(Source source, long size, EmailShape shape) throws IOException {
        ObjectNode json = Api.JSON.createObjectNode();
        for (String property : shape.properties()) {
            switch (property) {
                case "id", "threadId", "mailboxIds", "keywords", "receivedAt" ->
                        json.putNull(property);
                case "blobId" -> json.put("blobId", source.blobId().toString());
                case "size" -> json.put("size", size);
                default -> {}
            }
        }
        new EmailJson(shape, source).message(json);
        return json;
    }

    private void message(ObjectNode json) throws IOException {
        for (HeaderProperty header : shape.headers()) {
            json.set(header.property(), header.of(source.fields(header.name())));
        }
        if (shape.has("headers")) json.set("headers", headers(source.allFields()));
        if (shape.has("hasAttachment")) {
            json.put("hasAttachment", source.message().hasAttachment());
        }
        if (shape.has("preview")) json.put("preview", source.message().preview());
        if (shape.has("bodyStructure")) {
            json.set("bodyStructure", part(source.message().root(), true));
        }
        if (shape.has("textBody")) json.set("textBody", parts(lists().text));
        if (shape.has("htmlBody")) json.set("htmlBody", parts(lists().html));
        if (shape.has("attachments")) json.set("attachments", parts(lists().attachments));
        if (shape.has("bodyValues")) json.set("bodyValues", bodyValues());
        if (shape.sanitize()) {
            json.set(EmailShape.SANITIZED, SafeHtml.of(source, lists(), shape.blockRemote()));
        }
    }

    private BodyLists lists() {
        if (lists == null) lists = new BodyLists(source.message().root());
        return lists;
    }

    private static ArrayNode headers(List<Field> fields) {
        ArrayNode headers = Api.JSON.createArrayNode();
        for (Field field : fields) {
            headers.addObject().put("name", field.name()).set("value", HeaderForm.RAW.of(field));
        }
        return headers;
    }

    private ArrayNode parts(List<Part> parts) throws IOException {
        ArrayNode list = Api.JSON.createArrayNode();
        for (Part part : parts) list.add(part(part, false));
        return list;
    }

    /// An EmailBodyPart. RFC 8621 §4.1.4.
    private ObjectNode part(Part part, boolean deep) throws IOException {
        ObjectNode json = Api.JSON.createObjectNode();
        boolean multipart = part.isMultipart();
        int index = source.index(part);
        for (String property : shape.bodyProperties()) {
            switch (property) {
                case "partId" -> json.put("partId", multipart ? null : Integer.toString(index));
                case "blobId" -> json.put("blobId", multipart ? null : blobId(index));
                case "size" -> json.put("size", multipart ? 0 : source.decodedSize(part));
                case "headers" -> json.set("headers", headers(source.fields(part)));
                case "name" -> json.put("name", part.filename());
                case "type" -> json.put("type", part.mediaType());
                case "charset" -> json.put("charset", part.charset());
                case "disposition" -> {
                    Disposition disposition = part.disposition();
                    json.put(
                            "disposition",
                            disposition == null || disposition.type().isEmpty()
                                    ? null
                                    : disposition.type().toLowerCase(java.util.Locale.ROOT));
                }
                case "cid" -> json.put("cid", contentId(part));
                case "language" -> {
                    if (part.languages().isEmpty()) {
                        json.putNull("language");
                    } else {
                        ArrayNode languages = json.putArray("language");
                        part.languages().forEach(languages::add);
                    }
                }
                case "location" -> json.put("location", part.location());
                default -> {}
            }
        }
        for (HeaderProperty header : shape.bodyHeaders()) {
            json.set(header.property(), header.of(source.fields(part, header.name())));
        }
        if (multipart && (deep || shape.bodyProperties().contains("subParts"))) {
            ArrayNode subParts = json.putArray("subParts");
            for (Part child : part.children()) subParts.add(part(child, deep));
        }
        return json;
    }

    private String blobId(int index) {
        return source.blobId().canHavePart() ? source.blobId().part(index).toString() : null;
    }

    /// Without angle brackets; null when absent.
    static String contentId(Part part) {
        String id = part.contentId();
        if (id == null) return null;
        String bare = id.strip();
        if (bare.startsWith("<") && bare.endsWith(">")) bare = bare.substring(1, bare.length() - 1);
        return bare.isEmpty() ? null : bare;
    }

    private ObjectNode bodyValues() throws IOException {
        Set<Part> wanted = new LinkedHashSet<>();
        List<Part> candidates = new ArrayList<>();
        if (shape.allValues()) {
            candidates.addAll(lists().text);
            candidates.addAll(lists().html);
            candidates.addAll(lists().attachments);
        }
        if (shape.textValues()) candidates.addAll(lists().text);
        if (shape.htmlValues()) candidates.addAll(lists().html);
        for (Part part : candidates) if (part.type().equals("text")) wanted.add(part);
        ObjectNode values = Api.JSON.createObjectNode();
        for (Part part : wanted) {
            values.set(
                    Integer.toString(source.index(part)),
                    BodyValue.of(part, source.decoded(part), shape.valueOctetsMax()));
        }
        return values;
    }
}
