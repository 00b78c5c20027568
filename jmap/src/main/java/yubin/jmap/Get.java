package yubin.jmap;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The standard /get. RFC 8620 §5.1.
final class Get {
    private Get() {}

    /// Gives the object of an id, null when there is none.
    @FunctionalInterface
    interface Finder {
        ObjectNode find(String id) throws MethodError, IOException;
    }

    /// The ids of a call; null for all.
    static List<String> ids(Args args) throws MethodError {
        return args.idsOrNull("ids", Session.GET_MAX);
    }

    /// The properties of a call, `id` among them; null for the default.
    ///
    /// @param known what may be asked for
    static Set<String> properties(Args args, Set<String> known) throws MethodError {
        Set<String> properties = args.stringsOrNull("properties");
        if (properties == null) return null;
        for (String property : properties) {
            if (!known.contains(property)) {
                throw Args.invalid("the property \"" + property + "\" is not known");
            }
        }
        properties.add("id");
        return properties;
    }

    /// @param state read before anything else was
    static ObjectNode answer(String accountId, String state, List<String> ids, Finder finder)
            throws MethodError, IOException {
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", accountId).put("state", state);
        ArrayNode list = answer.putArray("list");
        ArrayNode notFound = answer.putArray("notFound");
        for (String id : ids) {
            ObjectNode found = finder.find(id);
            if (found == null) notFound.add(id);
            else list.add(found);
        }
        return answer;
    }

    /// Leaves only these properties.
    static ObjectNode only(ObjectNode object, Set<String> properties) {
        if (properties != null) object.retain(properties);
        return object;
    }
}
