package yubin.mime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// Reads the public corpora and counts how often we say what they say: structure, text, subject,
/// addresses. The floors are what is reached; what is missing is named in the output of the test
/// and is, with few exceptions, damaged input that the judge reads otherwise.
class CorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private int good;
    private final List<String> missed = new ArrayList<>();

    private void check(String what, Object got, Object wanted) {
        if (Objects.deepEquals(got, wanted)) good++;
        else missed.add(what);
    }

    private void report(String corpus, int floor) {
        System.out.println(
                corpus + ": " + good + " of " + (good + missed.size()) + ", not " + missed);
        assertTrue(good >= floor, corpus + " reaches " + good + ", not " + missed);
    }

    private static JsonNode json(byte[] octets) {
        return JSON.readTree(octets);
    }

    private static JsonNode ours(Path file) {
        return json(MessageJson.of(Samples.read(file)).getBytes(StandardCharsets.UTF_8));
    }

    private static String lf(String text) {
        return text == null ? null : text.replace("\r\n", "\n");
    }

    /// A part as both sides can say it; `body` is text with LF, octets, or null.
    private record Leaf(String kind, int depth, Object body) {
        String outline() {
            return "  ".repeat(depth) + kind;
        }
    }

    private void checkParts(String name, List<Leaf> got, List<Leaf> wanted) {
        List<String> gotOutline = got.stream().map(Leaf::outline).toList();
        List<String> wantedOutline = wanted.stream().map(Leaf::outline).toList();
        check(name + " structure", gotOutline, wantedOutline);
        if (!gotOutline.equals(wantedOutline)) return;
        for (int i = 0; i < wanted.size(); i++) {
            if (wanted.get(i).body == null) continue;
            check(name + " part " + i, got.get(i).body, wanted.get(i).body);
        }
    }

    // ---- mime4j: XML outlines and decoded bodies in files

    private static void outline(
            Element parent, int depth, Path folder, JsonNode ours, List<Leaf> out) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (!(node instanceof Element element)) continue;
            switch (element.getTagName()) {
                case "multipart" -> {
                    out.add(new Leaf("multipart", depth, null));
                    for (Node n = element.getFirstChild(); n != null; n = n.getNextSibling()) {
                        if (n instanceof Element part && part.getTagName().equals("body-part")) {
                            outline(part, depth + 1, folder, ours, out);
                        }
                    }
                }
                case "message" -> {
                    out.add(new Leaf("message", depth, null));
                    outline(element, depth + 1, folder, ours, out);
                }
                case "text-body", "binary-body" -> {
                    byte[] octets = Samples.read(folder.resolve(element.getAttribute("name")));
                    boolean text = element.getTagName().equals("text-body");
                    JsonNode part = ours.get("parts").get(out.size());
                    String label = part == null ? null : part.get("charset").stringValue(null);
                    out.add(
                            new Leaf(
                                    text ? "text" : "binary",
                                    depth,
                                    text ? lf(Charsets.decode(label, octets)) : octets));
                }
                default -> {}
            }
        }
    }

    private static List<Leaf> kinds(JsonNode ours) {
        List<Leaf> leaves = new ArrayList<>();
        for (JsonNode part : ours.get("parts")) {
            int depth = part.get("depth").intValue();
            if (part.has("text")) {
                leaves.add(new Leaf("text", depth, lf(part.get("text").stringValue())));
            } else if (part.has("data")) {
                byte[] data = Base64.getDecoder().decode(part.get("data").stringValue());
                leaves.add(new Leaf("binary", depth, data));
            } else {
                String type = part.get("type").stringValue();
                leaves.add(new Leaf(type.substring(0, type.indexOf('/')), depth, null));
            }
        }
        return leaves;
    }

    private void mime4j(String folder, int floor) throws Exception {
        Path data = Samples.data("mime/" + folder);
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        for (Path file : Samples.files(data, ".msg")) {
            String name = file.getFileName().toString().replace(".msg", "");
            Path xml = data.resolve(name + "_decoded.xml");
            if (!Files.exists(xml)) continue;
            Element root;
            try {
                root = factory.newDocumentBuilder().parse(xml.toFile()).getDocumentElement();
            } catch (org.xml.sax.SAXException e) {
                continue;
            }
            JsonNode ours = ours(file);
            List<Leaf> wanted = new ArrayList<>();
            outline(root, 0, data, ours, wanted);
            checkParts(name, kinds(ours), wanted);
        }
        report(folder, floor);
    }

    @Test
    void mime4jMessages() throws Exception {
        mime4j("mime4j", 67);
    }

    @Test
    void mimetoolsMessages() throws Exception {
        mime4j("mime4j-mimetools", 172);
    }

    // ---- mail-parser: JSON with everything in it

    private static String type(JsonNode part, String otherwise) {
        for (JsonNode header : part.get("headers")) {
            JsonNode type = header.get("value").get("ContentType");
            if (!header.get("name").stringValue("").equals("content_type") || type == null)
                continue;
            JsonNode subtype = type.get("c_subtype");
            return (type.get("c_type").stringValue() + "/" + subtype.stringValue(""))
                    .toLowerCase(java.util.Locale.ROOT);
        }
        return otherwise;
    }

    private static void walk(
            JsonNode message, int at, int depth, String otherwise, List<Leaf> out) {
        JsonNode part = message.get("parts").get(at);
        JsonNode body = part.get("body");
        String type = type(part, otherwise);
        if (body.has("Multipart")) {
            out.add(new Leaf(type, depth, null));
            String inside = type.equals("multipart/digest") ? "message/rfc822" : "text/plain";
            for (JsonNode child : body.get("Multipart")) {
                walk(message, child.intValue(), depth + 1, inside, out);
            }
        } else if (body.has("Message")) {
            out.add(new Leaf(type, depth, null));
            walk(body.get("Message"), 0, depth + 1, "text/plain", out);
        } else {
            JsonNode value = body.values().iterator().next();
            if (value.isString()) {
                out.add(new Leaf(type, depth, lf(value.stringValue())));
            } else {
                byte[] octets = new byte[value.size()];
                for (int i = 0; i < octets.length; i++) octets[i] = (byte) value.get(i).intValue();
                out.add(new Leaf(type, depth, lf(new String(octets, StandardCharsets.ISO_8859_1))));
            }
        }
    }

    private static List<Leaf> types(JsonNode ours) {
        List<Leaf> leaves = new ArrayList<>();
        for (JsonNode part : ours.get("parts")) {
            Object body = null;
            if (part.has("text")) body = lf(part.get("text").stringValue());
            if (part.has("data")) {
                byte[] data = Base64.getDecoder().decode(part.get("data").stringValue());
                body = lf(new String(data, StandardCharsets.ISO_8859_1));
            }
            leaves.add(
                    new Leaf(part.get("type").stringValue(), part.get("depth").intValue(), body));
        }
        return leaves;
    }

    private static List<List<String>> wantedAddresses(JsonNode value) {
        List<List<String>> list = new ArrayList<>();
        JsonNode address = value.get("Address") == null ? value : value.get("Address");
        if (address.has("List")) {
            for (JsonNode a : address.get("List")) list.add(pair(a.get("name"), a.get("address")));
        } else if (address.has("Group")) {
            for (JsonNode group : address.get("Group")) {
                for (JsonNode a : group.get("addresses")) {
                    list.add(pair(a.get("name"), a.get("address")));
                }
            }
        }
        return list;
    }

    private static List<String> pair(JsonNode name, JsonNode address) {
        return Arrays.asList(name.stringValue(null), address.stringValue(null));
    }

    @Test
    void mailParserMessages() {
        for (Path file : Samples.files(Samples.data("mime/mail-parser"), ".eml")) {
            String name = file.getParent().getFileName() + "/" + file.getFileName();
            JsonNode theirs = json(Samples.read(Path.of(file.toString().replace(".eml", ".json"))));
            JsonNode ours = ours(file);
            List<Leaf> wanted = new ArrayList<>();
            walk(theirs, 0, 0, "text/plain", wanted);
            checkParts(name, types(ours), wanted);
            String subject = null;
            List<List<String>> from = new ArrayList<>();
            List<List<String>> to = new ArrayList<>();
            for (JsonNode header : theirs.get("parts").get(0).get("headers")) {
                JsonNode value = header.get("value");
                switch (header.get("name").stringValue("")) {
                    case "subject" -> {
                        if (subject == null && value.has("Text")) {
                            subject = value.get("Text").stringValue();
                        }
                    }
                    case "from" -> from.addAll(wantedAddresses(value));
                    case "to" -> to.addAll(wantedAddresses(value));
                    default -> {}
                }
            }
            check(name + " subject", ours.get("subject").stringValue(null), subject);
            checkAddresses(name + " from", ours.get("from"), from);
            checkAddresses(name + " to", ours.get("to"), to);
        }
        report("mail-parser", 321);
    }

    private void checkAddresses(String what, JsonNode got, List<List<String>> wanted) {
        List<List<String>> list = new ArrayList<>();
        for (JsonNode a : got) list.add(pair(a.get(0), a.get(1)));
        check(what, list, wanted);
    }

    // ---- mail-parser: single header fields

    private interface HeaderCase {
        void check(String header, JsonNode wanted);
    }

    private void cases(String file, HeaderCase each) {
        for (JsonNode row : json(Samples.read(Samples.data("mime/mail-parser").resolve(file)))) {
            each.check(row.get("header").stringValue(), row.get("expected"));
        }
    }

    /// The field as the scanner would cut it out of a message.
    private static Part field(String name, String header) {
        return Message.parse((name + ":" + header).getBytes(StandardCharsets.UTF_8)).root();
    }

    @Test
    void addressFields() {
        cases(
                "address.json",
                (header, wanted) -> {
                    List<List<String>> list = new ArrayList<>();
                    for (Addresses.Mailbox a :
                            Addresses.flatten(field("From", header).addresses("from"))) {
                        list.add(Arrays.asList(a.name(), a.address()));
                    }
                    check(header, list, wantedAddresses(wanted));
                });
        report("address.json", 51);
    }

    @Test
    void unstructuredFields() {
        cases(
                "unstructured.json",
                (header, wanted) ->
                        check(
                                header,
                                field("Subject", header).field("subject").text(),
                                wanted.stringValue()));
        report("unstructured.json", 26);
    }

    @Test
    void contentTypeFields() {
        cases(
                "content_type.json",
                (header, wanted) -> {
                    Part part = field("Content-Type", header);
                    String raw = part.unfolded("content-type");
                    Parameters parameters = Parameters.parse(raw == null ? "" : raw);
                    if (wanted.isNull()) {
                        check(header, part.mediaType(), "text/plain");
                        return;
                    }
                    JsonNode subtype = wanted.get("c_subtype");
                    String value = wanted.get("c_type").stringValue();
                    if (!subtype.isNull()) value += "/" + subtype.stringValue();
                    List<String> wantedList = new ArrayList<>();
                    JsonNode attributes = wanted.get("attributes");
                    if (attributes != null && attributes.isArray()) {
                        for (JsonNode a : attributes) {
                            String name = a.get(0).stringValue();
                            if (name.endsWith("-language") || name.endsWith("-charset")) continue;
                            wantedList.add(name + "=" + a.get(1).stringValue());
                        }
                    }
                    List<String> list = new ArrayList<>();
                    parameters.decodedAll().forEach((k, v) -> list.add(k + "=" + v));
                    list.sort(null);
                    wantedList.sort(null);
                    String got = parameters.value();
                    if (got.endsWith("/")) got = got.substring(0, got.length() - 1);
                    check(header, got + list, value + wantedList);
                });
        report("content_type.json", 95);
    }

    @Test
    void dateFields() {
        cases(
                "date.json",
                (header, wanted) -> {
                    Field field = field("Date", header).field("date");
                    java.time.OffsetDateTime date = MailDate.parse(field.unfolded());
                    if (wanted.isNull()) {
                        check(header, date, null);
                        return;
                    }
                    int minutes =
                            (wanted.get("tz_before_gmt").booleanValue() ? -1 : 1)
                                    * (wanted.get("tz_hour").intValue() * 60
                                            + wanted.get("tz_minute").intValue());
                    java.time.OffsetDateTime expected =
                            java.time.OffsetDateTime.of(
                                    wanted.get("year").intValue(),
                                    wanted.get("month").intValue(),
                                    wanted.get("day").intValue(),
                                    wanted.get("hour").intValue(),
                                    wanted.get("minute").intValue(),
                                    wanted.get("second").intValue(),
                                    0,
                                    java.time.ZoneOffset.ofTotalSeconds(minutes * 60));
                    check(header, date, expected);
                });
        report("date.json", 39);
    }

    @Test
    void idFields() {
        cases(
                "id.json",
                (header, wanted) -> {
                    List<String> list = new ArrayList<>();
                    if (wanted.isArray()) for (JsonNode id : wanted) list.add(id.stringValue());
                    Field field = field("References", header).field("references");
                    check(header, MessageIds.parse(field.unfolded()), list);
                });
        report("id.json", 10);
    }

    @Test
    void theDataIsWhatTheFloorsWereMadeFor() {
        assertEquals(394, Samples.files(Samples.data("bounces/messages"), ".eml").size());
    }
}
