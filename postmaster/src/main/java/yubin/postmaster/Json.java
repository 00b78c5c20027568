package yubin.postmaster;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON for the socket and for `--json`: trees only, no binding to classes, which keeps starts
/// quick.
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    /// Reads one JSON object.
    ///
    /// @throws IllegalArgumentException when the text is none, with the reason
    static ObjectNode read(String text) {
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        if (node instanceof ObjectNode object) return object;
        throw new IllegalArgumentException("not a JSON object");
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode list() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /// An object of pairs: name, value, name, value. A null value is left out.
    static ObjectNode object(Object... pairs) {
        ObjectNode object = object();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null) object.set((String) pairs[i], node(pairs[i + 1]));
        }
        return object;
    }

    static JsonNode node(Object value) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        return switch (value) {
            case null -> make.nullNode();
            case JsonNode node -> node;
            case Boolean flag -> make.booleanNode(flag);
            case Integer number -> make.numberNode(number.longValue());
            case Long number -> make.numberNode(number);
            case Double number -> make.numberNode(number);
            case List<?> list -> {
                var array = make.arrayNode();
                for (Object element : list) array.add(node(element));
                yield array;
            }
            case Map<?, ?> map -> {
                ObjectNode object = make.objectNode();
                map.forEach((name, element) -> object.set(name.toString(), node(element)));
                yield object;
            }
            default -> make.stringNode(value.toString());
        };
    }
}
