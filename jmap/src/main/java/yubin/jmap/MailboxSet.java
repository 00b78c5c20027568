package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Mailbox;
import yubin.store.MailboxEditor;
import yubin.store.MailboxEditor.Wanted;
import yubin.store.Role;
import yubin.store.StoreTrouble;

/// Mailbox/set. RFC 8621 §2.5.
final class MailboxSet {
    private static final Set<String> SETTABLE =
            Set.of("name", "parentId", "role", "sortOrder", "isSubscribed");

    private static final ObjectNode DEFAULTS =
            Api.JSON.createObjectNode().put("sortOrder", 0).put("isSubscribed", true);

    private final SetCall call;
    private final Boxes boxes;
    private final MailboxEditor editor;

    private MailboxSet(SetCall call) {
        this.call = call;
        boxes = call.boxes();
        editor = new MailboxEditor(boxes);
    }

    static ObjectNode set(Context context, ObjectNode arguments) throws MethodError, IOException {
        SetCall call = new SetCall(context, arguments);
        boolean removeEmails = call.args().bool("onDestroyRemoveEmails", false);
        call.args().end();
        MailboxSet set = new MailboxSet(call);
        call.change(
                () -> {
                    set.createAll();
                    call.updateEach(set::update);
                    set.destroyAll(removeEmails);
                });
        return call.answer();
    }

    /// Parents before their children, whatever the order of the call.
    private void createAll() throws IOException {
        List<String> left = new ArrayList<>(call.create().propertyNames());
        boolean any = true;
        while (any && !left.isEmpty()) {
            any = false;
            for (String id : List.copyOf(left)) {
                ObjectNode object = (ObjectNode) call.create().get(id);
                String parent = object.path("parentId").asString("");
                if (parent.startsWith("#") && left.contains(parent.substring(1))) continue;
                create(id, object);
                left.remove(id);
                any = true;
            }
        }
        for (String id : left) {
            call.notCreated(id, SetError.invalid("parentId", "its parents go round in a circle"));
        }
    }

    private void create(String creationId, ObjectNode object) throws IOException {
        try {
            List<String> unknown = new ArrayList<>();
            for (String name : object.propertyNames()) {
                if (!SETTABLE.contains(name)) unknown.add(name);
            }
            if (!unknown.isEmpty()) throw SetError.invalid(unknown, "cannot be set");
            ObjectNode whole = DEFAULTS.deepCopy();
            whole.putNull("parentId").putNull("role");
            for (var property : object.properties()) {
                if (!property.getValue().isNull()) {
                    whole.set(property.getKey(), property.getValue());
                }
            }
            if (!whole.has("name")) throw SetError.invalid("name", "a mailbox has a name");
            int id = refusing(() -> editor.create(wanted(whole)));
            Mailbox made = boxes.mailbox(id).orElseThrow();
            ObjectNode answer = MailboxMethods.json(made);
            for (String count : MailboxMethods.COUNTS) answer.put(count, 0);
            answer.remove("role");
            answer.remove("parentId");
            if (whole.get("name").stringValue().equals(made.name())) answer.remove("name");
            for (String given : object.propertyNames()) {
                if (!given.equals("name")) answer.remove(given);
            }
            call.created(creationId, answer);
        } catch (SetError e) {
            call.notCreated(creationId, e);
        }
    }

    private ObjectNode update(String id, ObjectNode patch) throws SetError, IOException {
        Mailbox mailbox = MailboxMethods.find(boxes, id);
        if (mailbox == null) throw SetError.notFound();
        ObjectNode before = MailboxMethods.json(mailbox);
        ObjectNode after = Patch.apply(before, patch, DEFAULTS);
        List<String> wrong = new ArrayList<>();
        for (var property : after.properties()) {
            String name = property.getKey();
            if (SETTABLE.contains(name)) continue;
            if (MailboxMethods.COUNTS.contains(name) || !after.get(name).equals(before.get(name))) {
                wrong.add(name);
            }
        }
        if (!wrong.isEmpty()) throw SetError.invalid(wrong, "only the server sets it");
        Wanted wanted = wanted(after);
        if (wanted.equals(Wanted.of(mailbox))) return null;
        refusing(
                () -> {
                    editor.change(mailbox.id(), wanted);
                    return null;
                });
        Mailbox now = boxes.mailbox(mailbox.id()).orElse(mailbox);
        if (now.name().equals(wanted.name())) return null;
        return Api.JSON.createObjectNode().put("name", now.name());
    }

    private Wanted wanted(ObjectNode whole) throws SetError {
        JsonNode name = whole.get("name");
        if (!name.isString() || name.stringValue().isEmpty()) {
            throw SetError.invalid("name", "must be a String with something in it");
        }
        JsonNode order = whole.get("sortOrder");
        if (!order.isIntegralNumber() || order.asLong(-1) < 0 || order.asLong() > 1L << 31) {
            throw SetError.invalid("sortOrder", "must be an UnsignedInt below 2^31");
        }
        JsonNode subscribed = whole.get("isSubscribed");
        if (!subscribed.isBoolean()) {
            throw SetError.invalid("isSubscribed", "must be a Boolean");
        }
        return new Wanted(
                parent(whole.get("parentId")),
                name.stringValue(),
                role(whole.get("role")),
                order.intValue(),
                subscribed.booleanValue());
    }

    private int parent(JsonNode parentId) throws SetError {
        if (parentId.isNull()) return 0;
        String id = parentId.isString() ? call.context().resolve(parentId.stringValue()) : null;
        Mailbox parent = MailboxMethods.find(boxes, id);
        if (parent == null) throw SetError.invalid("parentId", "there is no such mailbox");
        return parent.id();
    }

    private static Role role(JsonNode role) throws SetError {
        if (role.isNull()) return null;
        for (Role known : Role.values()) {
            if (role.isString() && MailboxMethods.role(known).equals(role.stringValue())) {
                return known;
            }
        }
        throw SetError.invalid("role", "no mailbox has this role here");
    }

    private void destroyAll(boolean removeEmails) throws IOException {
        // Children before their parents: a round that destroys nothing is the last.
        List<String> left = new ArrayList<>(call.destroy());
        boolean any = true;
        while (any && !left.isEmpty()) {
            any = false;
            for (String id : List.copyOf(left)) {
                try {
                    destroy(id, removeEmails);
                    call.destroyed(call.context().resolve(id));
                    left.remove(id);
                    any = true;
                } catch (SetError e) {
                    if (!e.type().equals("mailboxHasChild")) {
                        call.notDestroyed(id, e);
                        left.remove(id);
                    }
                }
            }
        }
        for (String id : left) {
            call.notDestroyed(id, new SetError("mailboxHasChild", "mailboxes lie below it"));
        }
    }

    private void destroy(String id, boolean removeEmails) throws SetError, IOException {
        Mailbox mailbox = MailboxMethods.find(boxes, call.context().resolve(id));
        if (mailbox == null) throw SetError.notFound();
        if (mailbox.role() == Role.INBOX) {
            throw new SetError("forbidden", "the inbox cannot be destroyed");
        }
        for (Mailbox other : boxes.mailboxes()) {
            if (other.parent() == mailbox.id()) {
                throw new SetError("mailboxHasChild", "mailboxes lie below it");
            }
        }
        if (!removeEmails && mailbox.messages() > mailbox.deleted()) {
            throw new SetError("mailboxHasEmail", "emails are in it");
        }
        refusing(
                () -> {
                    boxes.delete(mailbox.id());
                    return null;
                });
    }

    @FunctionalInterface
    private interface Work {
        Integer run() throws IOException, SetError;
    }

    private static Integer refusing(Work work) throws SetError, IOException {
        try {
            return work.run();
        } catch (StoreTrouble.Refused e) {
            throw switch (e.why()) {
                case ALREADY_EXISTS, NAME_NOT_ALLOWED -> SetError.invalid("name", e.getMessage());
                case IN_USE -> SetError.invalid("role", e.getMessage());
                case NO_SUCH_MAILBOX -> SetError.notFound();
                default -> SetError.of(e);
            };
        }
    }
}
