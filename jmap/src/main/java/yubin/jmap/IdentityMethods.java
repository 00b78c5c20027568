package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Login;
import yubin.mail.Address;
import yubin.store.Boxes;
import yubin.store.Change;

/// Identity/get, Identity/changes, Identity/set. RFC 8621 §6.
final class IdentityMethods {
    private static final Set<String> PROPERTIES =
            Set.of(
                    "id",
                    "name",
                    "email",
                    "replyTo",
                    "bcc",
                    "textSignature",
                    "htmlSignature",
                    "mayDelete");

    private static final int IDENTITIES_MAX = 1000;
    private static final int SIGNATURE_CHARACTERS_MAX = 100_000;

    private static final ObjectNode DEFAULTS =
            Api.JSON
                    .createObjectNode()
                    .put("name", "")
                    .put("textSignature", "")
                    .put("htmlSignature", "");

    private final Office office;

    IdentityMethods(Office office) {
        this.office = office;
    }

    Map<String, Method> all() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("Identity/get", this::get);
        all.put("Identity/changes", this::changes);
        all.put("Identity/set", this::set);
        return all;
    }

    /// The identities of an account by number. Everybody has one with their own address.
    static Map<Long, ObjectNode> of(Office office, Login login, Boxes boxes) throws IOException {
        Map<Long, ObjectNode> all = Objects.all(boxes, Objects.IDENTITY);
        if (!all.isEmpty()) return all;
        String name = office.directory().account(login.account()).map(a -> a.name()).orElse("");
        ObjectNode own = DEFAULTS.deepCopy();
        own.put("name", name).put("email", login.address().toString());
        own.putNull("replyTo").putNull("bcc").put("mayDelete", false);
        try (Change change = office.store().change(List.of(boxes.account()))) {
            if (Objects.all(boxes, Objects.IDENTITY).isEmpty()) {
                long number = Objects.next(office.store());
                Objects.put(change, boxes, Objects.IDENTITY, number, own, true);
                change.commit();
            }
        }
        return Objects.all(boxes, Objects.IDENTITY);
    }

    private ObjectNode get(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        Map<Long, ObjectNode> all = of(office, context.login(), boxes);
        String state = State.of(boxes.modSeq());
        List<String> ids = Get.ids(args);
        Set<String> properties = Get.properties(args, PROPERTIES);
        args.end();
        if (ids == null) {
            ids = new ArrayList<>();
            for (long number : all.keySet()) ids.add(Ids.of('i', number));
        }
        return Get.answer(
                Ids.account(boxes.account()),
                state,
                ids,
                id -> {
                    ObjectNode found = all.get(Ids.number('i', id));
                    if (found == null) return null;
                    return Get.only(found.deepCopy().put("id", id), properties);
                });
    }

    private ObjectNode changes(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        return Changes.ofObjects(boxes, args, Objects.IDENTITY, 'i');
    }

    private ObjectNode set(Context context, ObjectNode arguments) throws MethodError, IOException {
        SetCall call = new SetCall(context, arguments);
        call.args().end();
        call.change(() -> changeAll(context, call));
        return call.answer();
    }

    private void changeAll(Context context, SetCall call) throws IOException {
        Boxes boxes = call.boxes();
        of(office, context.login(), boxes);
        call.createEach(
                object -> {
                    ObjectNode whole = DEFAULTS.deepCopy();
                    whole.putNull("email").putNull("replyTo").putNull("bcc");
                    for (var property : object.properties()) {
                        String name = property.getKey();
                        if (!whole.has(name)) throw SetError.invalid(name, "cannot be set");
                        if (property.getValue().isNull() && DEFAULTS.has(name)) continue;
                        whole.set(name, property.getValue());
                    }
                    whole.put("mayDelete", true);
                    check(whole);
                    checkAddress(context.login(), whole);
                    if (Objects.all(boxes, Objects.IDENTITY).size() >= IDENTITIES_MAX) {
                        throw new SetError("forbidden", "there are too many identities");
                    }
                    long number = Objects.next(office.store());
                    put(boxes, number, whole, true);
                    ObjectNode answer = whole.deepCopy().put("id", Ids.of('i', number));
                    answer.remove(List.copyOf(object.propertyNames()));
                    return answer;
                });
        call.updateEach(
                (id, patch) -> {
                    long number = Ids.number('i', id);
                    ObjectNode before = Objects.one(boxes, Objects.IDENTITY, number);
                    if (before == null) throw SetError.notFound();
                    before.put("id", id);
                    ObjectNode after = Patch.apply(before, patch, DEFAULTS);
                    for (String name : after.propertyNames()) {
                        if (!before.has(name)) throw SetError.invalid(name, "is not known");
                    }
                    for (String name : List.of("id", "email", "mayDelete")) {
                        if (!after.get(name).equals(before.get(name))) {
                            throw SetError.invalid(name, "cannot be changed");
                        }
                    }
                    check(after);
                    after.remove("id");
                    put(boxes, number, after, false);
                    return null;
                });
        call.destroyEach(
                id -> {
                    long number = Ids.number('i', id);
                    ObjectNode identity = Objects.one(boxes, Objects.IDENTITY, number);
                    if (identity == null) throw SetError.notFound();
                    if (!identity.path("mayDelete").asBoolean(true)) {
                        throw new SetError("forbidden", "everybody has their own address");
                    }
                    try (Change change = office.store().release(List.of(boxes.account()))) {
                        change.dropObject(boxes.account(), Objects.IDENTITY, number);
                        change.commit();
                    }
                });
    }

    private void put(Boxes boxes, long number, ObjectNode identity, boolean isNew)
            throws IOException {
        try (Change change = office.store().change(List.of(boxes.account()))) {
            Objects.put(change, boxes, Objects.IDENTITY, number, identity, isNew);
            change.commit();
        }
    }

    private static void check(ObjectNode identity) throws SetError {
        for (String name : List.of("name", "textSignature", "htmlSignature")) {
            JsonNode value = identity.get(name);
            if (!value.isString() || value.stringValue().length() > SIGNATURE_CHARACTERS_MAX) {
                throw SetError.invalid(name, "must be a String that is not too long");
            }
        }
        for (String name : List.of("replyTo", "bcc")) {
            JsonNode value = identity.get(name);
            if (value.isNull()) continue;
            boolean good = value.isArray() && value.size() <= 100;
            for (JsonNode address : value) {
                JsonNode person = address.path("name");
                good &= address.path("email").isString();
                good &= person.isString() || person.isNull() || person.isMissingNode();
            }
            if (!good) throw SetError.invalid(name, "must be EmailAddress[]");
        }
    }

    private void checkAddress(Login login, ObjectNode identity) throws SetError, IOException {
        JsonNode email = identity.get("email");
        Optional<Address> address =
                email.isString() ? Address.parse(email.stringValue()) : Optional.empty();
        if (address.isEmpty()) throw SetError.invalid("email", "must be an address");
        if (!office.directory().mayWriteAs(login, address.get())) {
            throw new SetError("forbiddenFrom", "this address is not yours");
        }
    }
}
