package yubin.postmaster;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Shows an answer to a person: text as a line, an object as `name  value` lines, a list of objects
/// as a table whose columns are their members, or as one block each where a member is such a list.
final class Tables {
    private Tables() {}

    static void print(PrintWriter out, JsonNode answer) {
        switch (answer) {
            case ObjectNode object -> fields(out, object, "");
            case ArrayNode list when isTable(list) && hasTables(list) -> {
                for (int i = 0; i < list.size(); i++) {
                    if (i > 0) out.println();
                    fields(out, (ObjectNode) list.get(i), "");
                }
            }
            case ArrayNode list when isTable(list) -> table(out, list, "");
            case ArrayNode list -> list.forEach(element -> out.println(text(element)));
            default -> out.println(text(answer));
        }
    }

    private static boolean isTable(JsonNode value) {
        return value.isArray() && !value.isEmpty() && value.get(0).isObject();
    }

    private static boolean hasTables(ArrayNode rows) {
        for (JsonNode row : rows) {
            for (Map.Entry<String, JsonNode> cell : row.properties()) {
                if (isTable(cell.getValue())) return true;
            }
        }
        return false;
    }

    private static void fields(PrintWriter out, ObjectNode object, String indent) {
        int width = object.propertyNames().stream().mapToInt(Tables::columns).max().orElse(0);
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            JsonNode value = field.getValue();
            if (value instanceof ArrayNode list && isTable(list)) {
                out.println(indent + field.getKey());
                table(out, list, indent + "  ");
            } else if (value instanceof ObjectNode inner) {
                out.println(indent + field.getKey());
                fields(out, inner, indent + "  ");
            } else {
                out.println(indent + pad(field.getKey(), width) + "  " + text(value));
            }
        }
    }

    private static void table(PrintWriter out, ArrayNode rows, String indent) {
        Map<String, Integer> widths = new LinkedHashMap<>();
        for (JsonNode row : rows) {
            for (Map.Entry<String, JsonNode> cell : row.properties()) {
                int width = Math.max(columns(cell.getKey()), columns(text(cell.getValue())));
                widths.merge(cell.getKey(), width, Math::max);
            }
        }
        List<String> line = new ArrayList<>();
        widths.forEach((name, width) -> line.add(pad(name, width)));
        out.println((indent + String.join("  ", line)).stripTrailing());
        for (JsonNode row : rows) {
            line.clear();
            widths.forEach((name, width) -> line.add(pad(text(row.path(name)), width)));
            out.println((indent + String.join("  ", line)).stripTrailing());
        }
    }

    /// Control characters of a stranger's text must not reach a terminal.
    static String text(JsonNode value) {
        String text =
                switch (value) {
                    case ArrayNode list -> {
                        List<String> parts = new ArrayList<>();
                        list.forEach(element -> parts.add(text(element)));
                        yield String.join(", ", parts);
                    }
                    case JsonNode leaf when leaf.isNull() || leaf.isMissingNode() -> "";
                    case JsonNode leaf when leaf.isBoolean() -> leaf.booleanValue() ? "yes" : "no";
                    case JsonNode leaf when leaf.isString() -> leaf.stringValue();
                    default -> value.toString();
                };
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .forEach(
                        c ->
                                safe.appendCodePoint(
                                        Character.isISOControl(c) && c != '\n' ? '?' : c));
        return safe.toString();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - columns(text)));
    }

    /// Columns of a terminal: East Asian wide characters take two.
    private static int columns(String text) {
        return text.codePoints()
                .map(c -> c >= 0x1100 && (c <= 0x115F || c >= 0x2E80 && c <= 0xFFDC) ? 2 : 1)
                .sum();
    }
}
