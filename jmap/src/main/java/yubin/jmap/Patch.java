package yubin.jmap;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Applies a PatchObject. RFC 8620 §5.3.
final class Patch {
    private Patch() {}

    /// @param defaults what a top-level property becomes when it is set to null; absent: null
    /// @return a changed copy
    static ObjectNode apply(ObjectNode object, ObjectNode patch, ObjectNode defaults)
            throws SetError {
        ObjectNode changed = object.deepCopy();
        checkPrefixes(patch);
        for (var entry : patch.properties()) {
            List<String> path = path(entry.getKey());
            ObjectNode at = changed;
            for (String name : path.subList(0, path.size() - 1)) {
                if (!(at.get(name) instanceof ObjectNode next)) {
                    throw new SetError(
                            "invalidPatch", "\"" + entry.getKey() + "\" leads through no object");
                }
                at = next;
            }
            JsonNode value = entry.getValue();
            String last = path.getLast();
            if (!value.isNull()) {
                at.set(last, value);
            } else if (path.size() > 1) {
                at.remove(last);
            } else if (defaults.has(last)) {
                at.set(last, defaults.get(last));
            } else {
                at.putNull(last);
            }
        }
        return changed;
    }

    /// The names of a path; the first slash of the pointer is not written.
    static List<String> path(String pointer) {
        List<String> names = new ArrayList<>(2);
        for (String token : pointer.split("/", -1)) {
            names.add(token.replace("~1", "/").replace("~0", "~"));
        }
        return names;
    }

    /// No path may lead through another.
    static void checkPrefixes(ObjectNode patch) throws SetError {
        for (String path : patch.propertyNames()) {
            int slash = path.indexOf('/');
            for (; slash >= 0; slash = path.indexOf('/', slash + 1)) {
                if (patch.has(path.substring(0, slash))) {
                    throw new SetError("invalidPatch", "\"" + path + "\" lies within another path");
                }
            }
        }
    }
}
