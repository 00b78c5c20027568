package yubin.jmap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;
import yubin.store.Change;
import yubin.store.Store;
import yubin.store.StoreTrouble;

/// Objects that are kept as JSON beside the boxes. The number of a type is what is stored.
final class Objects {
    static final int IDENTITY = 1;
    static final int SUBMISSION = 2;
    static final int PUSH = 3;

    private Objects() {}

    static String name(int type) {
        return switch (type) {
            case IDENTITY -> "Identity";
            case SUBMISSION -> "EmailSubmission";
            default -> "PushSubscription";
        };
    }

    /// A number for a new object.
    static long next(Store store) throws StoreTrouble {
        return store.next("object");
    }

    /// All of a type, by number.
    static Map<Long, ObjectNode> all(Boxes boxes, int type) throws IOException {
        Map<Long, ObjectNode> all = new TreeMap<>();
        for (var entry : boxes.objects(type).entrySet()) {
            all.put(entry.getKey(), read(entry.getKey(), entry.getValue()));
        }
        return all;
    }

    /// Null when there is none.
    static ObjectNode one(Boxes boxes, int type, long number) throws IOException {
        byte[] value = number == 0 ? null : boxes.object(type, number);
        return value == null ? null : read(number, value);
    }

    private static ObjectNode read(long number, byte[] value) throws StoreTrouble {
        try {
            return (ObjectNode) Api.JSON.readTree(new String(value, StandardCharsets.UTF_8));
        } catch (JacksonException | ClassCastException e) {
            throw new StoreTrouble.Damaged("object " + number + " is not JSON");
        }
    }

    static void put(
            Change change, Boxes boxes, int type, long number, ObjectNode object, boolean isNew) {
        byte[] value = object.toString().getBytes(StandardCharsets.UTF_8);
        change.putObject(boxes.account(), type, number, value, isNew);
    }
}
