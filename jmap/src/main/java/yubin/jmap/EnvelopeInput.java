package yubin.jmap;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Found;
import yubin.directory.Login;
import yubin.mail.Address;
import yubin.mail.Envelope;
import yubin.mail.Recipient;
import yubin.mail.ReversePath;
import yubin.mime.Addresses;
import yubin.mime.Field;

/// The envelope of a submission: as the client gave it, or made from the header. RFC 8621 §7.
///
/// @param json as the client reads it
/// @param notBefore null for at once
record EnvelopeInput(Envelope envelope, ObjectNode json, Instant notBefore) {
    static final int RECIPIENTS_MAX = 1000;

    /// How long a letter may wait for its time. RFC 4865.
    static final Duration HOLD_MAX = Duration.ofDays(366);

    /// @param given null: it is made from the header
    static EnvelopeInput of(
            Office office, Login login, Source email, JsonNode given, String identityEmail)
            throws SetError, IOException {
        ObjectNode json =
                given == null || given.isNull()
                        ? generated(office, login, email, identityEmail)
                        : checked(given);
        Map<String, String> mail = parameters(json.path("mailFrom"));
        Instant notBefore = notBefore(office.clock().instant(), mail);
        ReversePath from = reversePath(office, login, json.path("mailFrom"));
        List<Recipient> recipients = recipients(office, json.get("rcptTo"));
        Envelope.Ret ret = null;
        String ret0 = mail.remove("RET");
        if (ret0 != null) {
            try {
                ret = Envelope.Ret.valueOf(ret0.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw SetError.invalid("envelope", "RET is FULL or HDRS");
            }
        }
        String envelopeId = mail.remove("ENVID");
        mail.keySet().removeAll(Set.of("BODY", "SIZE", "SMTPUTF8"));
        if (!mail.isEmpty()) {
            throw SetError.invalid("envelope", "the parameter " + mail.keySet() + " is not known");
        }
        boolean utf8 = email.message().needsSmtpUtf8();
        for (Recipient recipient : recipients) utf8 |= recipient.address().needsSmtpUtf8();
        Envelope.Body body =
                email.message().isBinary()
                        ? Envelope.Body.BINARY_MIME
                        : Envelope.Body.EIGHT_BIT_MIME;
        return new EnvelopeInput(
                new Envelope(from, recipients, body, utf8, ret, envelopeId), json, notBefore);
    }

    private static ObjectNode checked(JsonNode given) throws SetError {
        boolean good =
                given instanceof ObjectNode
                        && given.path("mailFrom").path("email").isString()
                        && given.path("rcptTo").isArray();
        for (JsonNode to : given.path("rcptTo")) good &= to.path("email").isString();
        if (!good) throw SetError.invalid("envelope", "must be an Envelope");
        return (ObjectNode) given.deepCopy();
    }

    private static ObjectNode generated(
            Office office, Login login, Source email, String identityEmail)
            throws SetError, IOException {
        String from = identityEmail;
        for (String name : List.of("sender", "from")) {
            List<Field> fields = email.fields(name);
            if (fields.isEmpty()) continue;
            var people = Addresses.flatten(Addresses.parse(fields.getLast().unfolded()));
            if (fields.size() > 1 || name.equals("sender") && people.size() > 1) {
                throw invalidEmail(name, "there are several");
            }
            if (people.isEmpty()) continue;
            Optional<Address> address = Address.parse(people.getFirst().address());
            if (address.isPresent() && office.directory().mayWriteAs(login, address.get())) {
                from = address.get().toString();
            }
            break;
        }
        ObjectNode json = Api.JSON.createObjectNode();
        json.putObject("mailFrom").put("email", from).putNull("parameters");
        ArrayNode to = json.putArray("rcptTo");
        Set<String> seen = new TreeSet<>();
        for (String name : List.of("to", "cc", "bcc")) {
            for (Field field : email.fields(name)) {
                for (var person : Addresses.flatten(Addresses.parse(field.unfolded()))) {
                    String address = person.address();
                    String key = Address.parse(address).map(Address::key).orElse(address);
                    if (seen.add(key)) {
                        to.addObject().put("email", address).putNull("parameters");
                    }
                }
            }
        }
        return json;
    }

    static SetError invalidEmail(String property, String why) {
        ArrayNode properties = Api.JSON.createArrayNode().add(property);
        return new SetError("invalidEmail", property + ": " + why).with("properties", properties);
    }

    private static ReversePath reversePath(Office office, Login login, JsonNode mailFrom)
            throws SetError, IOException {
        Optional<Address> address = Address.parse(mailFrom.path("email").asString(""));
        if (address.isEmpty() || !office.directory().mayWriteAs(login, address.get())) {
            throw new SetError("forbiddenMailFrom", "this return address is not yours");
        }
        return ReversePath.of(address.get());
    }

    private static List<Recipient> recipients(Office office, JsonNode rcptTo) throws SetError {
        if (rcptTo.isEmpty()) throw new SetError("noRecipients", "the letter is for nobody");
        if (rcptTo.size() > RECIPIENTS_MAX) {
            throw new SetError("tooManyRecipients", "too many recipients")
                    .with("maxRecipients", Api.JSON.valueToTree(RECIPIENTS_MAX));
        }
        List<Recipient> recipients = new ArrayList<>(rcptTo.size());
        ArrayNode invalid = Api.JSON.createArrayNode();
        for (JsonNode to : rcptTo) {
            String text = to.get("email").stringValue();
            Optional<Address> address = Address.parse(text);
            if (address.isEmpty() || isUnknown(office.directory().find(address.get()))) {
                invalid.add(text);
                continue;
            }
            recipients.add(recipient(address.get(), parameters(to)));
        }
        if (!invalid.isEmpty()) {
            throw new SetError("invalidRecipients", "some addresses do not exist")
                    .with("invalidRecipients", invalid);
        }
        return recipients;
    }

    private static boolean isUnknown(Found found) {
        return found instanceof Found.Unknown || found instanceof Found.Disabled;
    }

    private static Recipient recipient(Address address, Map<String, String> parameters)
            throws SetError {
        Set<Recipient.Notify> notices = new TreeSet<>();
        String notify = parameters.remove("NOTIFY");
        String original = parameters.remove("ORCPT");
        if (!parameters.isEmpty()) {
            throw SetError.invalid(
                    "envelope", "the parameter " + parameters.keySet() + " is not known");
        }
        try {
            if (notify != null) {
                for (String word : notify.split(",")) {
                    notices.add(Recipient.Notify.valueOf(word.toUpperCase(Locale.ROOT)));
                }
            }
            return new Recipient(address, notices, original);
        } catch (IllegalArgumentException e) {
            throw SetError.invalid("envelope", "NOTIFY cannot be read");
        }
    }

    /// By name in capitals; a parameter without value has an empty one.
    private static Map<String, String> parameters(JsonNode address) throws SetError {
        Map<String, String> parameters = new LinkedHashMap<>();
        JsonNode given = address.path("parameters");
        if (given.isMissingNode() || given.isNull()) return parameters;
        boolean good = given.isObject() && given.size() <= 20;
        for (var entry : given.properties()) {
            JsonNode value = entry.getValue();
            good &= value.isString() || value.isNull();
            if (!good) break;
            String text = value.isNull() ? "" : value.stringValue();
            good &= text.length() <= 500 && text.chars().allMatch(c -> c > 31 && c != 127);
            parameters.put(entry.getKey().toUpperCase(Locale.ROOT), text);
        }
        if (!good) throw SetError.invalid("envelope", "its parameters cannot be read");
        return parameters;
    }

    /// HOLDFOR and HOLDUNTIL. RFC 4865.
    private static Instant notBefore(Instant now, Map<String, String> parameters) throws SetError {
        String holdFor = parameters.remove("HOLDFOR");
        String holdUntil = parameters.remove("HOLDUNTIL");
        if (holdFor == null && holdUntil == null) return null;
        Instant until = null;
        if (holdFor != null && holdUntil == null && holdFor.matches("[0-9]{1,9}")) {
            until = now.plusSeconds(Long.parseLong(holdFor));
        } else if (holdFor == null && holdUntil != null && Dates.parse(holdUntil) != null) {
            until = Dates.parse(holdUntil).toInstant();
        }
        if (until == null || until.isAfter(now.plus(HOLD_MAX))) {
            throw SetError.invalid("envelope", "the time to wait cannot be read, or is too long");
        }
        return until.isAfter(now) ? until : null;
    }
}
