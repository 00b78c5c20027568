package yubin.jmap;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Replaces arguments that name a result of an earlier call. RFC 8620 §3.7.
final class References {
    /// Values that one reference may yield; `*` over arrays of arrays multiplies.
    private static final int VALUES_MAX = 100_000;

    private References() {}

    /// @param arguments as the client gave them
    /// @param responses of the calls before this one
    /// @return a copy in which `#name` has become `name`
    static ObjectNode resolve(ObjectNode arguments, ArrayNode responses) throws MethodError {
        ObjectNode resolved = JsonNodeFactory.instance.objectNode();
        for (var argument : arguments.properties()) {
            String name = argument.getKey();
            if (!name.startsWith("#")) {
                resolved.set(name, argument.getValue());
                continue;
            }
            String real = name.substring(1);
            if (arguments.has(real)) {
                throw new MethodError(
                        "invalidArguments", "both \"" + real + "\" and \"" + name + "\" are given");
            }
            resolved.set(real, find(argument.getValue(), responses));
        }
        return resolved;
    }

    private static JsonNode find(JsonNode reference, ArrayNode responses) throws MethodError {
        JsonNode resultOf = reference.path("resultOf");
        JsonNode name = reference.path("name");
        JsonNode path = reference.path("path");
        if (!resultOf.isString() || !name.isString() || !path.isString()) {
            throw new MethodError("invalidArguments", "a reference has resultOf, name and path");
        }
        for (JsonNode response : responses) {
            if (!response.get(2).stringValue().equals(resultOf.stringValue())) continue;
            // The first response of that call counts, whatever it is called.
            if (!response.get(0).stringValue().equals(name.stringValue())) break;
            JsonNode found = point(response.get(1), path.stringValue());
            if (found != null) return found.deepCopy();
            break;
        }
        throw new MethodError("invalidResultReference", "nothing is at " + path.stringValue());
    }

    /// A JSON Pointer (RFC 6901) in which `*` goes through an array; null when it leads nowhere.
    private static JsonNode point(JsonNode from, String path) throws MethodError {
        if (path.isEmpty()) return from;
        if (path.charAt(0) != '/') return null;
        int end = path.indexOf('/', 1);
        String token = path.substring(1, end < 0 ? path.length() : end);
        String rest = end < 0 ? "" : path.substring(end);
        if (from instanceof ArrayNode array) {
            if (token.equals("*")) return each(array, rest);
            int index = index(token);
            return index < 0 || index >= array.size() ? null : point(array.get(index), rest);
        }
        JsonNode next = from.get(token.replace("~1", "/").replace("~0", "~"));
        return next == null ? null : point(next, rest);
    }

    private static JsonNode each(ArrayNode array, String rest) throws MethodError {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (JsonNode item : array) {
            JsonNode found = point(item, rest);
            if (found == null) return null;
            if (found instanceof ArrayNode inner) all.addAll(inner);
            else all.add(found);
            if (all.size() > VALUES_MAX) {
                throw new MethodError("invalidResultReference", "the reference yields too much");
            }
        }
        return all;
    }

    /// Digits without a leading zero (RFC 6901); -1 for anything else.
    private static int index(String token) {
        if (token.isEmpty() || token.length() > 9) return -1;
        if (token.length() > 1 && token.charAt(0) == '0') return -1;
        int index = 0;
        for (int i = 0; i < token.length(); i++) {
            int digit = token.charAt(i) - '0';
            if (digit < 0 || digit > 9) return -1;
            index = index * 10 + digit;
        }
        return index;
    }
}
