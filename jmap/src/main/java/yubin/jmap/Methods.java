package yubin.jmap;

import java.util.LinkedHashMap;
import java.util.Map;

/// The list of all methods, by capability: what is not here is not announced either.
final class Methods {
    private Methods() {}

    static Map<String, Map<String, Method>> all(Office office) {
        Map<String, Map<String, Method>> all = new LinkedHashMap<>();
        return all;
    }
}
