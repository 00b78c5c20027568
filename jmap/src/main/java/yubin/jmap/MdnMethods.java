package yubin.jmap;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mail.Address;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.ReversePath;
import yubin.mime.Addresses;
import yubin.mime.Field;
import yubin.mime.HeaderFields;
import yubin.mime.Message;
import yubin.mime.MessageBuilder;
import yubin.mime.MessageBuilder.Content;
import yubin.mime.Part;
import yubin.queue.Letter;
import yubin.queue.Origin;
import yubin.queue.Submitted;
import yubin.store.Boxes;
import yubin.store.Upload;

/// MDN/send and MDN/parse: receipts that a person sends. RFC 9007, RFC 8098.
final class MdnMethods {
    private static final String TYPE = "message/disposition-notification";
    private static final Set<String> ACTIONS = Set.of("manual-action", "automatic-action");
    private static final Set<String> SENDINGS =
            Set.of("mdn-sent-manually", "mdn-sent-automatically");
    private static final Set<String> TYPES =
            Set.of("deleted", "dispatched", "displayed", "processed");
    private static final Set<String> PROPERTIES =
            Set.of(
                    "forEmailId",
                    "subject",
                    "textBody",
                    "includeOriginalMessage",
                    "reportingUA",
                    "disposition",
                    "finalRecipient",
                    "extensionFields");

    /// Octets of an original that goes back with its receipt, and of a report that is read.
    private static final long OCTETS_MAX = 10L << 20;

    private final Office office;

    MdnMethods(Office office) {
        this.office = office;
    }

    Map<String, Method> all() {
        return Map.of("MDN/send", this::send, "MDN/parse", this::parse);
    }

    private ObjectNode send(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String identityId = context.resolve(args.string("identityId"));
        ObjectNode all = args.objectOrNull("send");
        ObjectNode onSuccess = args.objectOrNull("onSuccessUpdateEmail");
        args.end();
        if (all == null) throw Args.invalid("\"send\" is missing");
        ObjectNode identity =
                IdentityMethods.of(office, context.login(), boxes).get(Ids.number('i', identityId));
        if (identity == null) throw Args.invalid("there is no such identity");
        for (String id : all.propertyNames()) {
            JsonNode patch = onSuccess == null ? null : onSuccess.get("#" + id);
            boolean marks =
                    patch != null
                            && (patch.path("keywords/$mdnsent").asBoolean(false)
                                    || patch.path("keywords").path("$mdnsent").asBoolean(false));
            if (!marks) throw Args.invalid("onSuccessUpdateEmail must set $mdnsent");
        }
        ObjectNode sent = Api.JSON.createObjectNode();
        ObjectNode notSent = Api.JSON.createObjectNode();
        ObjectNode update = Api.JSON.createObjectNode();
        for (var entry : all.properties()) {
            try {
                ObjectNode mdn = sendOne(context, boxes, identity, entry.getValue());
                sent.set(entry.getKey(), mdn);
                String email = context.resolve(entry.getValue().get("forEmailId").stringValue());
                update.set(email, onSuccess.get("#" + entry.getKey()));
            } catch (SetError e) {
                notSent.set(entry.getKey(), e.json());
            }
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        answer.set("sent", sent.isEmpty() ? null : sent);
        answer.set("notSent", notSent.isEmpty() ? null : notSent);
        if (!update.isEmpty()) {
            ObjectNode set = Api.JSON.createObjectNode();
            set.put("accountId", Ids.account(boxes.account())).set("update", update);
            context.alsoAnswer("Email/set", EmailSet.set(office, context, set));
        }
        return answer;
    }

    private ObjectNode sendOne(Context context, Boxes boxes, ObjectNode identity, JsonNode mdn)
            throws SetError, IOException {
        for (String name : mdn.propertyNames()) {
            if (!PROPERTIES.contains(name)) throw SetError.invalid(name, "cannot be set");
        }
        ObjectNode disposition = disposition(mdn.path("disposition"));
        String emailId = context.resolve(mdn.path("forEmailId").asString(""));
        yubin.jmap.Letter email = yubin.jmap.Letter.find(boxes, Ids.number('e', emailId));
        if (email == null) throw SetError.notFound();
        long marked = Keywords.bit(boxes, "$mdnsent");
        if ((email.flags() & marked) != 0) {
            throw new SetError("mdnAlreadySent", "a receipt was sent already");
        }
        Source source = Source.of(boxes, email);
        Address to = asker(source);
        Address from = Address.of(identity.get("email").stringValue());
        String finalRecipient = text(mdn, "finalRecipient");
        if (finalRecipient != null) {
            String bare = finalRecipient.replaceFirst("(?i)^rfc822;\\s*", "");
            Optional<Address> given = Address.parse(bare);
            if (given.isEmpty() || !office.directory().mayWriteAs(context.login(), given.get())) {
                throw new SetError("forbiddenFrom", "this address is not yours");
            }
        } else {
            finalRecipient = "rfc822; " + from;
        }
        ObjectNode set = Api.JSON.createObjectNode();
        set.put("finalRecipient", finalRecipient);
        String messageId = source.unfolded("message-id");
        set.put("originalMessageId", messageId);
        String original = source.unfolded("original-recipient");
        set.put("originalRecipient", original);
        byte[] octets = message(source, mdn, disposition, set, from, to, identity);
        submit(context, from, to, octets);
        if (mdn.hasNonNull("finalRecipient")) set.remove("finalRecipient");
        return set;
    }

    /// The one address that wants the receipt.
    private static Address asker(Source email) throws SetError, IOException {
        List<Field> fields = email.fields("disposition-notification-to");
        if (fields.size() == 1) {
            var people = Addresses.flatten(Addresses.parse(fields.getFirst().unfolded()));
            if (people.size() == 1) {
                Optional<Address> address = Address.parse(people.getFirst().address());
                if (address.isPresent()) return address.get();
            }
        }
        throw new SetError("notFound", "the email asks for no receipt");
    }

    private static ObjectNode disposition(JsonNode given) throws SetError {
        boolean good =
                ACTIONS.contains(given.path("actionMode").asString(""))
                        && SENDINGS.contains(given.path("sendingMode").asString(""))
                        && TYPES.contains(given.path("type").asString(""));
        if (!good) throw SetError.invalid("disposition", "must be a Disposition");
        return (ObjectNode) given;
    }

    /// Null when absent.
    private static String text(JsonNode mdn, String name) throws SetError {
        JsonNode value = mdn.path(name);
        if (value.isMissingNode() || value.isNull()) return null;
        if (!value.isString()) throw SetError.invalid(name, "must be a String");
        return value.stringValue();
    }

    private byte[] message(
            Source email,
            JsonNode mdn,
            ObjectNode disposition,
            ObjectNode set,
            Address from,
            Address to,
            ObjectNode identity)
            throws SetError, IOException {
        List<Field> report = new ArrayList<>();
        try {
            line(report, "Reporting-UA", text(mdn, "reportingUA"));
            line(report, "Original-Recipient", set.path("originalRecipient").asString(null));
            line(report, "Final-Recipient", set.get("finalRecipient").stringValue());
            line(report, "Original-Message-ID", set.path("originalMessageId").asString(null));
            String type =
                    disposition.get("actionMode").stringValue()
                            + "/"
                            + disposition.get("sendingMode").stringValue()
                            + "; "
                            + disposition.get("type").stringValue();
            line(report, "Disposition", type);
            for (var extension : mdn.path("extensionFields").properties()) {
                line(report, extension.getKey(), extension.getValue().asString(""));
            }
        } catch (IllegalArgumentException e) {
            throw SetError.invalid("extensionFields", "cannot be written");
        }
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (Field field : report) {
            lines.writeBytes((field.name() + ":").getBytes(StandardCharsets.US_ASCII));
            lines.writeBytes(field.raw());
            lines.writeBytes(new byte[] {'\r', '\n'});
        }
        List<Content> parts = new ArrayList<>();
        String body = text(mdn, "textBody");
        parts.add(Content.text(body == null ? "" : body));
        parts.add(new Content.Raw(TYPE, List.of(), null, lines.toByteArray(), false));
        if (mdn.path("includeOriginalMessage").asBoolean(false)) {
            Optional<Download> whole = email.whole(OCTETS_MAX);
            if (whole.isEmpty()) throw new SetError("tooLarge", "the original is too large");
            parts.add(Content.message(whole.get().all()));
        }
        String subject = text(mdn, "subject");
        try {
            return new MessageBuilder()
                    .date(office.clock().instant().atOffset(ZoneOffset.UTC))
                    .messageId(UUID.randomUUID() + "@" + office.settings().hostname().ascii())
                    .addresses(
                            "From",
                            List.of(
                                    new Addresses.Mailbox(
                                            identity.path("name").asString(""),
                                            from.local(),
                                            from.domain().ascii(),
                                            null)))
                    .addresses(
                            "To",
                            List.of(
                                    new Addresses.Mailbox(
                                            null, to.local(), to.domain().ascii(), null)))
                    .subject(subject == null ? "Disposition notification" : subject)
                    .content(
                            Content.report(
                                    "disposition-notification", parts.toArray(Content[]::new)))
                    .build();
        } catch (IllegalArgumentException e) {
            throw SetError.invalid("subject", "cannot be written");
        }
    }

    private static void line(List<Field> report, String name, String value) {
        if (value != null && !value.isBlank()) report.add(MessageBuilder.line(name, value));
    }

    /// A receipt goes out with an empty return path: nothing ever comes back for it.
    private void submit(Context context, Address from, Address to, byte[] octets)
            throws SetError, IOException {
        if (!context.login().scope().contains(yubin.directory.Use.SUBMISSION)) {
            throw new SetError("forbidden", "this password is not for sending");
        }
        try (Upload upload = office.store().blobs().upload(context.login().tenant())) {
            upload.write(octets, 0, octets.length);
            upload.finish();
            QueueId id = office.intake().nextId();
            Origin origin =
                    new Origin(
                            Origin.Protocol.JMAP,
                            context.login().account(),
                            from.toString(),
                            null,
                            null,
                            null);
            Letter letter =
                    Letter.now(
                            id,
                            Envelope.of(ReversePath.NULL, List.of(Recipient.of(to))),
                            upload,
                            Message.parse(octets),
                            origin);
            if (office.intake().submit(letter) instanceof Submitted.Refused(var reply)) {
                throw new SetError("rateLimit", reply.toString());
            }
        }
    }

    private ObjectNode parse(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        List<String> blobIds = args.idsOrNull("blobIds", Session.GET_MAX);
        args.end();
        if (blobIds == null) throw Args.invalid("\"blobIds\" must be Id[]");
        ObjectNode parsed = Api.JSON.createObjectNode();
        ArrayNode notParsable = Api.JSON.createArrayNode();
        ArrayNode notFound = Api.JSON.createArrayNode();
        for (String asked : blobIds) {
            Optional<Download> blob = office.blobs().find(boxes, context.resolve(asked));
            if (blob.isEmpty()) {
                notFound.add(asked);
                continue;
            }
            ObjectNode mdn = blob.get().size() > OCTETS_MAX ? null : read(blob.get().all());
            if (mdn == null) notParsable.add(asked);
            else parsed.set(asked, mdn);
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        answer.set("parsed", parsed.isEmpty() ? null : parsed);
        answer.set("notParsable", notParsable.isEmpty() ? null : notParsable);
        answer.set("notFound", notFound.isEmpty() ? null : notFound);
        return answer;
    }

    /// Null for what is no receipt.
    private static ObjectNode read(byte[] octets) {
        Message message = Message.parse(octets);
        Part report = null;
        Part text = null;
        for (Part part : message.parts()) {
            if (report == null && part.mediaType().equals(TYPE)) report = part;
            if (text == null && part.mediaType().equals("text/plain")) text = part;
        }
        if (report == null) return null;
        Map<String, String> fields = new LinkedHashMap<>();
        byte[] body = report.decoded(octets);
        for (Field field : HeaderFields.list(body, 0, body.length)) {
            fields.putIfAbsent(field.name().toLowerCase(Locale.ROOT), field.unfolded());
        }
        ObjectNode disposition = disposition(fields.remove("disposition"));
        if (disposition == null || !fields.containsKey("final-recipient")) return null;
        ObjectNode mdn = Api.JSON.createObjectNode();
        mdn.putNull("forEmailId").put("subject", message.subject());
        mdn.put("textBody", text == null ? null : text.text(octets).replace("\r\n", "\n"));
        mdn.put("includeOriginalMessage", message.root().children().size() > 2);
        mdn.put("reportingUA", fields.remove("reporting-ua"));
        mdn.set("disposition", disposition);
        mdn.put("mdnGateway", fields.remove("mdn-gateway"));
        mdn.put("originalRecipient", fields.remove("original-recipient"));
        mdn.put("finalRecipient", fields.remove("final-recipient"));
        mdn.put("originalMessageId", fields.remove("original-message-id"));
        String error = fields.remove("error");
        if (error == null) mdn.putNull("error");
        else mdn.putArray("error").add(error);
        if (fields.isEmpty()) {
            mdn.putNull("extensionFields");
        } else {
            ObjectNode extensions = mdn.putObject("extensionFields");
            fields.forEach(extensions::put);
        }
        return mdn;
    }

    /// `action-mode "/" sending-mode ";" type ["/" modifiers]`; null for what is none.
    private static ObjectNode disposition(String value) {
        if (value == null) return null;
        String[] halves = value.toLowerCase(Locale.ROOT).replaceAll("\\s", "").split(";", 2);
        String[] modes = halves[0].split("/", 2);
        if (halves.length < 2 || modes.length < 2) return null;
        String type = halves[1].split("/", 2)[0];
        boolean good =
                ACTIONS.contains(modes[0]) && SENDINGS.contains(modes[1]) && TYPES.contains(type);
        return !good
                ? null
                : Api.JSON
                        .createObjectNode()
                        .put("actionMode", modes[0])
                        .put("sendingMode", modes[1])
                        .put("type", type);
    }
}
