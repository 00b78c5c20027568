package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Precondition;
import yubin.store.StoreTrouble;

/// The standard /set: its arguments, and the answer as it grows. RFC 8620 §5.3.
final class SetCall {
    private final Context context;
    private final Boxes boxes;
    private final Args args;
    private final long modSeq;
    private final String ifInState;
    private final ObjectNode create;
    private final ObjectNode update;
    private final List<String> destroy;
    private final ObjectNode answer = Api.JSON.createObjectNode();

    /// @throws MethodError also when `ifInState` is another state
    SetCall(Context context, ObjectNode arguments) throws MethodError, IOException {
        this.context = context;
        args = new Args(arguments);
        boxes = context.boxes(args);
        modSeq = boxes.modSeq();
        String state = State.of(modSeq);
        ifInState = args.stringOrNull("ifInState");
        create = objects("create");
        update = objects("update");
        destroy = args.idsOrNull("destroy", Integer.MAX_VALUE);
        int size = create.size() + update.size() + destroy().size();
        if (size > Session.SET_MAX) {
            throw new MethodError(
                    "requestTooLarge", "at most " + Session.SET_MAX + " objects in one /set");
        }
        if (ifInState != null && !ifInState.equals(state)) {
            throw new MethodError("stateMismatch", "the state is " + state);
        }
        answer.put("accountId", Ids.account(boxes.account()));
        answer.put("oldState", state);
        answer.putNull("newState");
        for (String list : List.of("created", "updated", "destroyed")) answer.putNull(list);
        for (String list : List.of("notCreated", "notUpdated", "notDestroyed")) {
            answer.putNull(list);
        }
    }

    private ObjectNode objects(String name) throws MethodError {
        ObjectNode objects = args.objectOrNull(name);
        if (objects == null) return Api.JSON.createObjectNode();
        for (JsonNode object : objects) {
            if (!object.isObject()) throw Args.invalid("\"" + name + "\" must hold objects");
        }
        for (String id : objects.propertyNames()) {
            String bare = name.equals("update") && id.startsWith("#") ? id.substring(1) : id;
            if (!Ids.isId(bare)) throw Args.invalid("\"" + id + "\" is no Id");
        }
        return objects;
    }

    /// For the arguments that this type has besides; ends with [Args#end].
    Args args() {
        return args;
    }

    Context context() {
        return context;
    }

    Boxes boxes() {
        return boxes;
    }

    ObjectNode create() {
        return create;
    }

    ObjectNode update() {
        return update;
    }

    List<String> destroy() {
        return destroy == null ? List.of() : destroy;
    }

    /// Does what was asked. With `ifInState`, the first commit of it asks again, under the lock of
    /// the account: of two calls from the same state one is refused.
    void change(Precondition.Work work) throws MethodError, IOException {
        change(boxes, ifInState == null ? 0 : modSeq, work);
    }

    /// @param ifModSeq what the account must be at; 0: whatever it is at
    static void change(Boxes boxes, long ifModSeq, Precondition.Work work)
            throws MethodError, IOException {
        if (ifModSeq == 0) {
            work.run();
            return;
        }
        try {
            Precondition.during(boxes, ifModSeq, work);
        } catch (StoreTrouble.Changed e) {
            throw new MethodError("stateMismatch", "the state is " + State.of(boxes.modSeq()));
        }
    }

    /// Changes one object.
    @FunctionalInterface
    interface Creator {
        /// @return what the server set, `id` among it
        ObjectNode create(ObjectNode object) throws SetError, IOException;
    }

    /// Updates one object.
    @FunctionalInterface
    interface Updater {
        /// @return what else the server changed, null for nothing
        ObjectNode update(String id, ObjectNode patch) throws SetError, IOException;
    }

    /// Destroys one object.
    @FunctionalInterface
    interface Destroyer {
        void destroy(String id) throws SetError, IOException;
    }

    void createEach(Creator creator) throws IOException {
        for (var entry : create.properties()) {
            try {
                created(entry.getKey(), creator.create((ObjectNode) entry.getValue()));
            } catch (SetError e) {
                notCreated(entry.getKey(), e);
            }
        }
    }

    void updateEach(Updater updater) throws IOException {
        Set<String> destroyed = new HashSet<>(destroy());
        for (var entry : update.properties()) {
            String id = context.resolve(entry.getKey());
            try {
                if (id == null) throw SetError.notFound();
                if (destroyed.contains(entry.getKey())) {
                    throw new SetError("willDestroy", "the same call destroys it");
                }
                updated(id, updater.update(id, (ObjectNode) entry.getValue()));
            } catch (SetError e) {
                notUpdated(entry.getKey(), e);
            }
        }
    }

    void destroyEach(Destroyer destroyer) throws IOException {
        for (String asked : destroy()) {
            String id = context.resolve(asked);
            try {
                if (id == null) throw SetError.notFound();
                destroyer.destroy(id);
                destroyed(id);
            } catch (SetError e) {
                notDestroyed(asked, e);
            }
        }
    }

    void created(String creationId, ObjectNode object) {
        context.created().put(creationId, object.get("id").stringValue());
        in("created").set(creationId, object);
    }

    void updated(String id, ObjectNode more) {
        if (more == null) in("updated").putNull(id);
        else in("updated").set(id, more);
    }

    void destroyed(String id) {
        if (answer.get("destroyed").isNull()) answer.putArray("destroyed");
        answer.withArray("destroyed").add(id);
    }

    void notCreated(String creationId, SetError error) {
        in("notCreated").set(creationId, error.json());
    }

    void notUpdated(String id, SetError error) {
        in("notUpdated").set(id, error.json());
    }

    void notDestroyed(String id, SetError error) {
        in("notDestroyed").set(id, error.json());
    }

    private ObjectNode in(String list) {
        return answer.get(list) instanceof ObjectNode object ? object : answer.putObject(list);
    }

    /// The answer; the state is that of now.
    ObjectNode answer() {
        return answer.put("newState", State.of(boxes.modSeq()));
    }

    /// The ids that a `Id[Boolean]` names; all values must be true.
    static List<String> idSet(JsonNode value, String property) throws SetError {
        if (!value.isObject()) throw SetError.invalid(property, "must be an Id[Boolean]");
        List<String> ids = new ArrayList<>(value.size());
        for (var entry : value.properties()) {
            if (!entry.getValue().isBoolean() || !entry.getValue().booleanValue()) {
                throw SetError.invalid(property, "its values must be true");
            }
            ids.add(entry.getKey());
        }
        return ids;
    }
}
