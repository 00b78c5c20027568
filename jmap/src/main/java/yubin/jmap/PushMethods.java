package yubin.jmap;

import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Login;
import yubin.store.Boxes;
import yubin.store.Change;

/// PushSubscription/get and /set. RFC 8620 §7.2. They belong to the credential that made them:
/// whoever logs in with another one does not see them. The sending is the HTTP room's, which asks
/// [PushSubscriptions].
final class PushMethods {
    private static final Duration KEPT_MAX = Duration.ofDays(30);
    private static final int SUBSCRIPTIONS_MAX = 100;
    private static final int URL_CHARACTERS_MAX = 2_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final Set<String> SHOWN =
            Set.of("id", "deviceClientId", "verificationCode", "expires", "types");

    private final Office office;

    PushMethods(Office office) {
        this.office = office;
    }

    Map<String, Method> all() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("PushSubscription/get", this::get);
        all.put("PushSubscription/set", this::set);
        return all;
    }

    private Map<Long, ObjectNode> own(Login login, Boxes boxes) throws IOException {
        Map<Long, ObjectNode> own = new LinkedHashMap<>();
        Instant now = office.clock().instant();
        for (var entry : Objects.all(boxes, Objects.PUSH).entrySet()) {
            ObjectNode subscription = entry.getValue();
            if (subscription.get("credential").longValue() != login.credential()) continue;
            if (Dates.parseUtc(subscription.get("expires").stringValue()).isBefore(now)) continue;
            own.put(entry.getKey(), subscription);
        }
        return own;
    }

    private ObjectNode get(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.own();
        List<String> ids = Get.ids(args);
        Set<String> asked = args.stringsOrNull("properties");
        args.end();
        if (asked != null) {
            for (String property : asked) {
                if (property.equals("url") || property.equals("keys")) {
                    throw new MethodError("forbidden", "\"" + property + "\" is not given out");
                }
                if (!SHOWN.contains(property)) {
                    throw Args.invalid("the property \"" + property + "\" is not known");
                }
            }
            asked.add("id");
        }
        Map<Long, ObjectNode> own = own(context.login(), boxes);
        if (ids == null) {
            ids = new ArrayList<>();
            for (long number : own.keySet()) ids.add(Ids.of('p', number));
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        var list = answer.putArray("list");
        var notFound = answer.putArray("notFound");
        for (String id : ids) {
            ObjectNode found = own.get(Ids.number('p', id));
            if (found == null) {
                notFound.add(id);
                continue;
            }
            ObjectNode json = found.deepCopy().put("id", id);
            json.retain(SHOWN);
            if (!found.get("verified").booleanValue()) json.putNull("verificationCode");
            list.add(Get.only(json, asked));
        }
        return answer;
    }

    private ObjectNode set(Context context, ObjectNode arguments) throws MethodError, IOException {
        ObjectNode withAccount = arguments.deepCopy();
        withAccount.put("accountId", Ids.account(context.login().account()));
        if (withAccount.has("ifInState")) throw Args.invalid("there is no state here");
        SetCall call = new SetCall(context, withAccount);
        call.args().end();
        Login login = context.login();
        Boxes boxes = call.boxes();
        call.createEach(object -> create(login, boxes, object));
        call.updateEach((id, patch) -> update(login, boxes, id, patch));
        call.destroyEach(
                id -> {
                    long number = Ids.number('p', id);
                    if (!own(login, boxes).containsKey(number)) throw SetError.notFound();
                    try (Change change = office.store().release(List.of(boxes.account()))) {
                        change.dropObject(boxes.account(), Objects.PUSH, number);
                        change.commit();
                    }
                });
        ObjectNode answer = call.answer();
        answer.remove(List.of("accountId", "oldState", "newState"));
        return answer;
    }

    private ObjectNode create(Login login, Boxes boxes, ObjectNode object)
            throws SetError, IOException {
        ObjectNode subscription = Api.JSON.createObjectNode();
        subscription.putNull("keys").putNull("types");
        for (var property : object.properties()) {
            switch (property.getKey()) {
                case "deviceClientId", "url", "keys", "expires", "types" ->
                        subscription.set(property.getKey(), property.getValue());
                default -> throw SetError.invalid(property.getKey(), "cannot be set");
            }
        }
        if (!subscription.path("deviceClientId").isString()) {
            throw SetError.invalid("deviceClientId", "must be a String");
        }
        checkUrl(subscription.path("url"));
        checkKeys(subscription.get("keys"));
        checkTypes(subscription.get("types"));
        String expires = expires(subscription.get("expires"));
        if (own(login, boxes).size() >= SUBSCRIPTIONS_MAX) {
            throw new SetError("forbidden", "there are too many subscriptions");
        }
        byte[] code = new byte[16];
        RANDOM.nextBytes(code);
        subscription.put("expires", expires).put("verified", false);
        subscription.put("verificationCode", HexFormat.of().formatHex(code));
        subscription.put("credential", login.credential());
        subscription.put("credentialVersion", login.credentialVersion());
        long number = Objects.next(office.store());
        put(boxes, number, subscription, true);
        office.pushes().created(boxes.account(), Ids.of('p', number), subscription);
        ObjectNode answer = Api.JSON.createObjectNode().put("id", Ids.of('p', number));
        if (!object.path("expires").asString("").equals(expires)) answer.put("expires", expires);
        if (!object.has("keys")) answer.putNull("keys");
        if (!object.has("types")) answer.putNull("types");
        return answer;
    }

    private ObjectNode update(Login login, Boxes boxes, String id, ObjectNode patch)
            throws SetError, IOException {
        long number = Ids.number('p', id);
        ObjectNode known = own(login, boxes).get(number);
        if (known == null) throw SetError.notFound();
        ObjectNode changed = Api.JSON.createObjectNode();
        for (var property : patch.properties()) {
            JsonNode value = property.getValue();
            switch (property.getKey()) {
                case "verificationCode" -> {
                    if (!value.equals(known.get("verificationCode"))) {
                        throw SetError.invalid("verificationCode", "that is not the code");
                    }
                    known.put("verified", true);
                }
                case "expires" -> {
                    String expires = expires(value);
                    known.put("expires", expires);
                    if (!value.asString("").equals(expires)) changed.put("expires", expires);
                }
                case "types" -> {
                    checkTypes(value);
                    known.set("types", value);
                }
                default -> throw SetError.invalid(property.getKey(), "cannot be changed");
            }
        }
        put(boxes, number, known, false);
        return changed.isEmpty() ? null : changed;
    }

    private void put(Boxes boxes, long number, ObjectNode subscription, boolean isNew)
            throws IOException {
        try (Change change = office.store().change(List.of(boxes.account()))) {
            Objects.put(change, boxes, Objects.PUSH, number, subscription, isNew);
            change.commit();
        }
    }

    private static void checkUrl(JsonNode url) throws SetError {
        try {
            boolean good = url.isString() && url.stringValue().length() <= URL_CHARACTERS_MAX;
            URI uri = good ? URI.create(url.stringValue()) : null;
            if (good && "https".equals(uri.getScheme()) && uri.getHost() != null) return;
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw SetError.invalid("url", "must be an https URL");
    }

    private static void checkKeys(JsonNode keys) throws SetError {
        if (keys.isNull()) return;
        for (String name : List.of("p256dh", "auth")) {
            String key = keys.path(name).asString("");
            if (!key.matches("[A-Za-z0-9_=-]{10,200}")) {
                throw SetError.invalid("keys", "must have p256dh and auth in base64url");
            }
        }
    }

    private static void checkTypes(JsonNode types) throws SetError {
        if (types.isNull()) return;
        boolean good = types.isArray() && types.size() <= 100;
        for (JsonNode type : types) good &= type.isString();
        if (!good) throw SetError.invalid("types", "must be String[]");
    }

    /// No later than we keep one: the client comes again to renew it.
    private String expires(JsonNode asked) throws SetError {
        Instant last = office.clock().instant().plus(KEPT_MAX);
        if (asked == null || asked.isNull()) return Dates.utc(last);
        Instant at = Dates.parseUtc(asked.asString(""));
        if (at == null) throw SetError.invalid("expires", "must be a UTCDate");
        return Dates.utc(at.isAfter(last) ? last : at);
    }
}
