package yubin.jmap;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the arguments of a call. What is of a wrong type, missing or unknown is
/// `invalidArguments`. RFC 8620 §3.6.2.
final class Args {
    private final ObjectNode node;
    private final Set<String> known = new TreeSet<>();

    Args(ObjectNode node) {
        this.node = node;
    }

    static MethodError invalid(String description) {
        return new MethodError("invalidArguments", description);
    }

    /// The argument, null when absent or null.
    JsonNode get(String name) {
        known.add(name);
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }

    String string(String name) throws MethodError {
        String value = stringOrNull(name);
        if (value == null) throw invalid("\"" + name + "\" is missing");
        return value;
    }

    String stringOrNull(String name) throws MethodError {
        JsonNode value = get(name);
        if (value == null) return null;
        if (!value.isString()) throw invalid("\"" + name + "\" must be a String");
        return value.stringValue();
    }

    boolean bool(String name, boolean absent) throws MethodError {
        JsonNode value = get(name);
        if (value == null) return absent;
        if (!value.isBoolean()) throw invalid("\"" + name + "\" must be a Boolean");
        return value.booleanValue();
    }

    /// An Int, RFC 8620 §1.3.
    long integer(String name, long absent) throws MethodError {
        JsonNode value = get(name);
        if (value == null) return absent;
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw invalid("\"" + name + "\" must be an Int");
        }
        return value.longValue();
    }

    /// An UnsignedInt.
    long unsigned(String name, long absent) throws MethodError {
        long value = integer(name, absent);
        if (value < 0 && value != absent) {
            throw invalid("\"" + name + "\" must be an UnsignedInt");
        }
        return value;
    }

    ObjectNode objectOrNull(String name) throws MethodError {
        JsonNode value = get(name);
        if (value == null) return null;
        if (value instanceof ObjectNode object) return object;
        throw invalid("\"" + name + "\" must be an object");
    }

    /// A String[], each once; null when absent or null.
    Set<String> stringsOrNull(String name) throws MethodError {
        JsonNode value = get(name);
        if (value == null) return null;
        if (!value.isArray()) throw invalid("\"" + name + "\" must be String[]");
        Set<String> strings = new LinkedHashSet<>();
        for (JsonNode item : value) {
            if (!item.isString()) throw invalid("\"" + name + "\" must be String[]");
            strings.add(item.stringValue());
        }
        return strings;
    }

    /// An Id[] of at most `max`; null when absent or null.
    List<String> idsOrNull(String name, int max) throws MethodError {
        Set<String> ids = stringsOrNull(name);
        if (ids == null) return null;
        if (ids.size() > max) {
            throw new MethodError("requestTooLarge", "\"" + name + "\" has more than " + max);
        }
        return new ArrayList<>(ids);
    }

    /// Every argument has been asked for: one that is left is not known.
    void end() throws MethodError {
        for (String name : node.propertyNames()) {
            if (!known.contains(name)) throw invalid("the argument \"" + name + "\" is not known");
        }
    }
}
