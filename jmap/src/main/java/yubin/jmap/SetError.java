package yubin.jmap;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.StoreTrouble;

/// Why one object of a /set was left as it was. RFC 8620 §5.3.
final class SetError extends Exception {
    private static final long serialVersionUID = 1;

    private final String type;
    private final transient ObjectNode more = Api.JSON.createObjectNode();

    SetError(String type, String description) {
        super(description);
        this.type = type;
    }

    static SetError invalid(String property, String description) {
        return invalid(List.of(property), description);
    }

    static SetError invalid(List<String> properties, String description) {
        SetError error = new SetError("invalidProperties", description);
        var names = error.more.putArray("properties");
        properties.forEach(names::add);
        return error;
    }

    static SetError notFound() {
        return new SetError("notFound", "there is no object of this id");
    }

    /// What the store refused.
    static SetError of(StoreTrouble.Refused refused) {
        String type =
                switch (refused.why()) {
                    case OVER_QUOTA -> "overQuota";
                    case LIMIT -> "tooLarge";
                    case NO_SUCH_MAILBOX -> "notFound";
                    case ALREADY_EXISTS, NAME_NOT_ALLOWED, IN_USE -> "forbidden";
                };
        return new SetError(type, refused.getMessage());
    }

    /// Adds members that this type has besides.
    SetError with(String member, tools.jackson.databind.JsonNode value) {
        more.set(member, value);
        return this;
    }

    String type() {
        return type;
    }

    ObjectNode json() {
        ObjectNode json = Api.JSON.createObjectNode().put("type", type);
        json.put("description", getMessage());
        json.setAll(more);
        return json;
    }
}
