package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;

/// Thread/get and Thread/changes. RFC 8621 §3.
final class ThreadMethods {
    private static final Set<String> PROPERTIES = Set.of("id", "emailIds");

    private ThreadMethods() {}

    static Map<String, Method> all() {
        return Map.of("Thread/get", ThreadMethods::get, "Thread/changes", ThreadMethods::changes);
    }

    private static ObjectNode get(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        String state = State.of(boxes.modSeq());
        List<String> ids = Get.ids(args);
        Set<String> properties = Get.properties(args, PROPERTIES);
        args.end();
        if (ids == null) throw Args.invalid("\"ids\" must be Id[]");
        return Get.answer(
                Ids.account(boxes.account()),
                state,
                ids,
                id -> {
                    ObjectNode thread = thread(boxes, id);
                    return thread == null ? null : Get.only(thread, properties);
                });
    }

    /// Null when nothing that can be seen is in it.
    private static ObjectNode thread(Boxes boxes, String id) throws IOException {
        long number = Ids.number('t', id);
        if (number == 0) return null;
        List<Letter> letters = new ArrayList<>();
        for (long email : boxes.threadEmails(number)) {
            Letter letter = Letter.find(boxes, email);
            if (letter != null) letters.add(letter);
        }
        if (letters.isEmpty()) return null;
        letters.sort(
                Comparator.comparingLong((Letter letter) -> letter.email().receivedMillis())
                        .thenComparingLong(letter -> letter.email().id()));
        ObjectNode thread = Api.JSON.createObjectNode().put("id", id);
        ArrayNode emails = thread.putArray("emailIds");
        for (Letter letter : letters) emails.add(Ids.of('e', letter.email().id()));
        return thread;
    }

    private static ObjectNode changes(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        Changes.Asked asked = Changes.asked(args, boxes);
        args.end();
        return EmailChanges.threads(boxes, asked);
    }
}
