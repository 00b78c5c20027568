package yubin.jmap;

import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mail.AccountId;
import yubin.store.Boxes;
import yubin.store.Change;
import yubin.store.Store;

/// The push subscriptions of all accounts, for whoever sends to them. RFC 8620 §7.2.
public final class PushSubscriptions {
    private final Store store;
    private final InstantSource clock;
    private volatile Consumer<Subscription> onCreate = subscription -> {};

    /// Where StateChanges go.
    ///
    /// @param url https
    /// @param p256dh of the client, base64url; null when it wants no encryption
    /// @param auth likewise
    /// @param types null for all
    /// @param verificationCode to be sent once at the start: nothing else goes before it came back
    /// @param verified whether it came back
    public record Subscription(
            AccountId account,
            String id,
            String url,
            String p256dh,
            String auth,
            Set<String> types,
            String verificationCode,
            boolean verified,
            Instant expires) {}

    PushSubscriptions(Store store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /// Calls `sender` for each new subscription: it sends the PushVerification. Must not wait.
    public void onCreate(Consumer<Subscription> sender) {
        onCreate = sender;
    }

    void created(AccountId account, String id, ObjectNode subscription) {
        onCreate.accept(read(account, id, subscription));
    }

    /// Those of an account that have not expired.
    public List<Subscription> of(AccountId account) throws IOException {
        List<Subscription> all = new ArrayList<>();
        Boxes boxes = store.boxes(account);
        for (var entry : Objects.all(boxes, Objects.PUSH).entrySet()) {
            Subscription found = read(account, Ids.of('p', entry.getKey()), entry.getValue());
            if (found.expires().isAfter(clock.instant())) all.add(found);
        }
        return all;
    }

    /// Lets one go: the push service says that it is gone, or it has expired.
    public void drop(AccountId account, String id) throws IOException {
        long number = Ids.number('p', id);
        if (Objects.one(store.boxes(account), Objects.PUSH, number) == null) return;
        try (Change change = store.release(List.of(account))) {
            change.dropObject(account, Objects.PUSH, number);
            change.commit();
        }
    }

    private static Subscription read(AccountId account, String id, ObjectNode json) {
        Set<String> types = null;
        if (json.get("types").isArray()) {
            types = new TreeSet<>();
            for (JsonNode type : json.get("types")) types.add(type.stringValue());
        }
        return new Subscription(
                account,
                id,
                json.get("url").stringValue(),
                json.path("keys").path("p256dh").asString(null),
                json.path("keys").path("auth").asString(null),
                types,
                json.get("verificationCode").stringValue(),
                json.get("verified").booleanValue(),
                Dates.parseUtc(json.get("expires").stringValue()));
    }
}
