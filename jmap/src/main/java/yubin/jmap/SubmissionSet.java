package yubin.jmap;

import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Login;
import yubin.directory.Use;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.QueueId;
import yubin.mime.Addresses;
import yubin.mime.Field;
import yubin.mime.Message;
import yubin.queue.Intake;
import yubin.queue.Letter;
import yubin.queue.Origin;
import yubin.queue.Submitted;
import yubin.store.Boxes;
import yubin.store.Change;
import yubin.store.StoreTrouble;
import yubin.store.Upload;

/// EmailSubmission/set: sends letters, and takes back those whose time has not come.
/// RFC 8621 §7.5.
final class SubmissionSet {
    private static final Set<String> GIVEN = Set.of("identityId", "emailId", "envelope");

    private final Office office;
    private final SetCall call;
    private final Boxes boxes;
    private final Login login;

    /// The email of each submission that was made, changed or destroyed.
    private final Map<String, String> emails = new HashMap<>();

    private SubmissionSet(Office office, SetCall call) {
        this.office = office;
        this.call = call;
        boxes = call.boxes();
        login = call.context().login();
    }

    static ObjectNode set(Office office, Context context, ObjectNode arguments)
            throws MethodError, IOException {
        SetCall call = new SetCall(context, arguments);
        ObjectNode onUpdate = call.args().objectOrNull("onSuccessUpdateEmail");
        Set<String> onDestroy = call.args().stringsOrNull("onSuccessDestroyEmail");
        call.args().end();
        if (onUpdate != null) {
            for (JsonNode patch : onUpdate) {
                if (!patch.isObject()) throw Args.invalid("onSuccessUpdateEmail holds patches");
            }
        }
        SubmissionSet set = new SubmissionSet(office, call);
        call.change(
                () -> {
                    call.createEach(set::create);
                    call.updateEach(set::update);
                    call.destroyEach(set::destroy);
                });
        ObjectNode answer = call.answer();
        set.afterwards(onUpdate, onDestroy == null ? Set.of() : onDestroy);
        return answer;
    }

    private ObjectNode create(ObjectNode object) throws SetError, IOException {
        for (String name : object.propertyNames()) {
            if (!GIVEN.contains(name)) throw SetError.invalid(name, "cannot be set");
        }
        if (!login.scope().contains(Use.SUBMISSION)) {
            throw new SetError("forbiddenToSend", "this password is not for sending");
        }
        String identityId = call.context().resolve(object.path("identityId").asString(""));
        ObjectNode identity =
                IdentityMethods.of(office, login, boxes).get(Ids.number('i', identityId));
        if (identity == null) throw SetError.invalid("identityId", "there is no such identity");
        String emailId = call.context().resolve(object.path("emailId").asString(""));
        yubin.jmap.Letter email = yubin.jmap.Letter.find(boxes, Ids.number('e', emailId));
        if (email == null) throw SetError.invalid("emailId", "there is no such email");
        Source source = Source.of(boxes, email);
        checkEmail(source);
        EnvelopeInput envelope =
                EnvelopeInput.of(
                        office,
                        login,
                        source,
                        object.get("envelope"),
                        identity.get("email").stringValue());
        Instant now = office.clock().instant();
        Instant sendAt = envelope.notBefore() == null ? now : envelope.notBefore();
        long number = Objects.next(office.store());
        ObjectNode submission = Api.JSON.createObjectNode();
        submission.put("identityId", identityId).put("emailId", emailId);
        submission.put("threadId", Ids.of('t', email.email().thread()));
        submission.set("envelope", envelope.json());
        submission.put("sendAt", Dates.utc(sendAt)).put("canceled", false);
        send(email, source, envelope, submission, number);
        String id = Ids.of('s', number);
        emails.put(id, emailId);
        ObjectNode answer = SubmissionMethods.json(office, boxes, number, submission);
        answer.remove(List.copyOf(object.propertyNames()));
        answer.set("envelope", envelope.json());
        return answer;
    }

    /// A letter says who wrote it, and says so truly.
    private void checkEmail(Source email) throws SetError, IOException {
        List<Field> from = email.fields("from");
        if (from.size() != 1) throw EnvelopeInput.invalidEmail("from", "there must be one");
        var people = Addresses.flatten(Addresses.parse(from.getFirst().unfolded()));
        if (people.isEmpty()) throw EnvelopeInput.invalidEmail("from", "it names nobody");
        for (var person : people) {
            var address = Address.parse(person.address());
            if (address.isEmpty() || !office.directory().mayWriteAs(login, address.get())) {
                throw new SetError("forbiddenFrom", "the From address is not yours");
            }
        }
    }

    private void send(
            yubin.jmap.Letter email,
            Source source,
            EnvelopeInput envelope,
            ObjectNode submission,
            long number)
            throws SetError, IOException {
        long max = office.settings().messageOctetsMax();
        if (email.email().size() > max) {
            throw new SetError("tooLarge", "the letter is too large to be sent")
                    .with("maxSize", Api.JSON.valueToTree(max));
        }
        var record = email.email();
        int prefix = record.prefix().length;
        Download octets =
                new Download(
                        "message/rfc822",
                        record.blob().size(),
                        (offset, length) -> boxes.read(record, prefix + offset, length));
        try (Upload upload = office.store().blobs().upload(login.tenant())) {
            QueueId id = office.intake().nextId();
            Message message = Sending.write(office, id, source, octets, upload);
            submission.put("queueId", id.value());
            Origin origin =
                    new Origin(
                            Origin.Protocol.JMAP,
                            login.account(),
                            login.address().toString(),
                            null,
                            null,
                            null);
            Letter letter =
                    new Letter(
                            id,
                            envelope.envelope(),
                            upload,
                            message,
                            origin,
                            envelope.notBefore(),
                            false);
            Submitted submitted =
                    office.intake().submitWith(letter, rider(submission, number, true));
            if (submitted instanceof Submitted.Refused(var reply)) {
                throw new SetError("forbiddenToSend", reply.toString());
            }
        }
    }

    private Intake.Rider rider(ObjectNode submission, long number, boolean isNew) {
        return new Intake.Rider() {
            @Override
            public void ride(Change change) throws StoreTrouble {
                Objects.put(change, boxes, Objects.SUBMISSION, number, submission, isNew);
            }

            @Override
            public Set<AccountId> accounts() {
                return Set.of(boxes.account());
            }
        };
    }

    /// Only `undoStatus` may change, and only to `canceled`.
    private ObjectNode update(String id, ObjectNode patch) throws SetError, IOException {
        long number = Ids.number('s', id);
        ObjectNode known = Objects.one(boxes, Objects.SUBMISSION, number);
        if (known == null) throw SetError.notFound();
        emails.put(id, known.get("emailId").stringValue());
        ObjectNode before = SubmissionMethods.json(office, boxes, number, known);
        ObjectNode after = Patch.apply(before, patch, Api.JSON.createObjectNode());
        for (String name : after.propertyNames()) {
            if (!name.equals("undoStatus") && !after.get(name).equals(before.get(name))) {
                throw SetError.invalid(name, "cannot be changed");
            }
        }
        if (after.get("undoStatus").equals(before.get("undoStatus"))) return null;
        if (!after.get("undoStatus").asString("").equals("canceled")) {
            throw SetError.invalid("undoStatus", "can be set to \"canceled\"");
        }
        known.put("canceled", true);
        QueueId queueId = new QueueId(known.get("queueId").longValue());
        if (!office.intake().shelf().orders().recall(queueId, rider(known, number, false))) {
            throw new SetError("cannotUnsend", "the letter is on its way");
        }
        return null;
    }

    /// The record goes, the letter does not.
    private void destroy(String id) throws SetError, IOException {
        long number = Ids.number('s', id);
        ObjectNode known = Objects.one(boxes, Objects.SUBMISSION, number);
        if (known == null) throw SetError.notFound();
        try (Change change = office.store().release(List.of(boxes.account()))) {
            change.dropObject(boxes.account(), Objects.SUBMISSION, number);
            change.commit();
        }
        emails.put(id, known.get("emailId").stringValue());
    }

    /// The one implicit Email/set.
    private void afterwards(ObjectNode onUpdate, Set<String> onDestroy)
            throws MethodError, IOException {
        ObjectNode update = Api.JSON.createObjectNode();
        ArrayNode destroy = Api.JSON.createArrayNode();
        if (onUpdate != null) {
            for (var entry : onUpdate.properties()) {
                String email = emailOf(entry.getKey());
                if (email != null) update.set(email, entry.getValue());
            }
        }
        for (String id : onDestroy) {
            String email = emailOf(id);
            if (email != null) destroy.add(email);
        }
        if (update.isEmpty() && destroy.isEmpty()) return;
        ObjectNode arguments = Api.JSON.createObjectNode();
        arguments.put("accountId", Ids.account(boxes.account()));
        if (!update.isEmpty()) arguments.set("update", update);
        if (!destroy.isEmpty()) arguments.set("destroy", destroy);
        ObjectNode answer = EmailSet.set(office, call.context(), arguments);
        call.context().alsoAnswer("Email/set", answer);
    }

    /// The email of a submission that this call has dealt with; else null.
    private String emailOf(String submission) {
        return submission == null ? null : emails.get(call.context().resolve(submission));
    }
}
