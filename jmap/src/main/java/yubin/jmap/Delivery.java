package yubin.jmap;

import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mail.Address;
import yubin.queue.Trail;

/// What became of each recipient of a submission, as its journey tells it. RFC 8621 §7.
final class Delivery {
    private Delivery() {}

    static ObjectNode status(JsonNode envelope, Trail trail) {
        Map<String, Trail.Step> last = new HashMap<>();
        for (Trail.Step step : trail.steps()) {
            if (step.recipient() == null) continue;
            switch (step.what()) {
                case STORED, SENT, DEFERRED, UNCERTAIN, FAILED ->
                        last.put(key(step.recipient()), step);
                default -> {}
            }
        }
        ObjectNode status = Api.JSON.createObjectNode();
        for (JsonNode to : envelope.path("rcptTo")) {
            String email = to.path("email").asString("");
            status.set(email, one(last.get(key(email))));
        }
        return status;
    }

    private static String key(String address) {
        return Address.parse(address).map(Address::key).orElse(address);
    }

    private static ObjectNode one(Trail.Step step) {
        String delivered = "queued";
        String reply = "250 2.0.0 waits to be sent";
        if (step != null) {
            switch (step.what()) {
                case STORED -> {
                    delivered = "yes";
                    reply = "250 2.1.5 in the mailbox";
                }
                case SENT -> {
                    delivered = "unknown";
                    reply = reply(step.text(), "250 2.0.0 ");
                }
                case FAILED -> {
                    delivered = "no";
                    reply = reply(step.text(), "550 5.0.0 ");
                }
                default -> reply = reply(step.text(), "451 4.0.0 ");
            }
        }
        return Api.JSON
                .createObjectNode()
                .put("smtpReply", reply)
                .put("delivered", delivered)
                .put("displayed", "unknown");
    }

    /// A reply on one line; what is none gets a code before it.
    private static String reply(String text, String code) {
        if (text == null || text.isBlank()) return code.strip();
        String line = text.replaceAll("\\s+", " ").strip();
        return line.matches("[2-5][0-9][0-9] .*") ? line : code + line;
    }
}
