package yubin.jmap;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A filter: conditions joined by AND, OR and NOT. RFC 8620 §5.5.
///
/// @param <C> a condition of the type that is queried
sealed interface FilterTree<C> {
    /// Nesting of operators, and conditions in one filter.
    int DEPTH_MAX = 20;

    int CONDITIONS_MAX = 500;

    record Condition<C>(C condition) implements FilterTree<C> {}

    record And<C>(List<FilterTree<C>> parts) implements FilterTree<C> {}

    record Or<C>(List<FilterTree<C>> parts) implements FilterTree<C> {}

    /// True when none of the parts is.
    record Not<C>(List<FilterTree<C>> parts) implements FilterTree<C> {}

    /// Reads one FilterCondition.
    @FunctionalInterface
    interface Reader<C> {
        C read(ObjectNode condition) throws MethodError, java.io.IOException;
    }

    /// Asks one condition.
    @FunctionalInterface
    interface Judge<C> {
        boolean matches(C condition) throws java.io.IOException;
    }

    /// @param filter null for none
    /// @return null where everything matches
    static <C> FilterTree<C> read(ObjectNode filter, Reader<C> reader)
            throws MethodError, java.io.IOException {
        return filter == null ? null : read(filter, reader, 0, new int[1]);
    }

    private static <C> FilterTree<C> read(
            ObjectNode filter, Reader<C> reader, int depth, int[] count)
            throws MethodError, java.io.IOException {
        if (depth > DEPTH_MAX || ++count[0] > CONDITIONS_MAX) {
            throw new MethodError("unsupportedFilter", "the filter is too large");
        }
        JsonNode operator = filter.get("operator");
        if (operator == null) return new Condition<>(reader.read(filter));
        JsonNode conditions = filter.get("conditions");
        if (!operator.isString() || conditions == null || !conditions.isArray()) {
            throw Args.invalid("a FilterOperator has \"operator\" and \"conditions\"");
        }
        if (filter.size() > 2) throw Args.invalid("a FilterOperator has no other members");
        List<FilterTree<C>> parts = new ArrayList<>(conditions.size());
        for (JsonNode condition : conditions) {
            if (!(condition instanceof ObjectNode object)) {
                throw Args.invalid("\"conditions\" must hold objects");
            }
            parts.add(read(object, reader, depth + 1, count));
        }
        return switch (operator.stringValue()) {
            case "AND" -> new And<>(parts);
            case "OR" -> new Or<>(parts);
            case "NOT" -> new Not<>(parts);
            default -> throw Args.invalid("\"operator\" is AND, OR or NOT");
        };
    }

    static <C> boolean matches(FilterTree<C> tree, Judge<C> judge) throws java.io.IOException {
        return switch (tree) {
            case null -> true;
            case Condition<C>(C condition) -> judge.matches(condition);
            case And<C>(List<FilterTree<C>> parts) -> {
                for (FilterTree<C> part : parts) if (!matches(part, judge)) yield false;
                yield true;
            }
            case Or<C>(List<FilterTree<C>> parts) -> {
                for (FilterTree<C> part : parts) if (matches(part, judge)) yield true;
                yield false;
            }
            case Not<C>(List<FilterTree<C>> parts) -> {
                for (FilterTree<C> part : parts) if (matches(part, judge)) yield false;
                yield true;
            }
        };
    }

    /// All conditions of a tree.
    static <C> List<C> conditions(FilterTree<C> tree) {
        List<C> all = new ArrayList<>();
        collect(tree, all);
        return all;
    }

    private static <C> void collect(FilterTree<C> tree, List<C> all) {
        switch (tree) {
            case null -> {}
            case Condition<C>(C condition) -> all.add(condition);
            case And<C>(List<FilterTree<C>> parts) -> parts.forEach(part -> collect(part, all));
            case Or<C>(List<FilterTree<C>> parts) -> parts.forEach(part -> collect(part, all));
            case Not<C>(List<FilterTree<C>> parts) -> parts.forEach(part -> collect(part, all));
        }
    }
}
