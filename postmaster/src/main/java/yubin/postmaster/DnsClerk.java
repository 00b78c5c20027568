package yubin.postmaster;

import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.dns.Name;

/// Carries out the orders whose verb begins with `dns`.
final class DnsClerk {
    private final Office office;

    /// What runs beside the open folder; null when this is one command on a folder at rest.
    private final MapRoom running;

    DnsClerk(Office office, MapRoom running) {
        this.office = office;
        this.running = running;
    }

    JsonNode obey(String verb, ObjectNode order, Consumer<String> progress) throws Trouble {
        return switch (verb) {
            case "dns flush" -> flush(order.path("name").asString(""));
            case "dns stats" -> stats();
            default -> throw Trouble.usage("unknown order \"" + verb + "\"");
        };
    }

    /// The open map room.
    private MapRoom running() throws Trouble {
        if (running == null) throw Trouble.server("no post office runs on " + office.folder());
        return running;
    }

    private JsonNode flush(String text) throws Trouble {
        Name name =
                Name.parse(text)
                        .orElseThrow(() -> Trouble.usage("\"" + text + "\" is no domain name"));
        int forgotten = running().flush(name);
        return Json.node("forgot " + forgotten + " entries at and below " + name);
    }

    private JsonNode stats() throws Trouble {
        ObjectNode answer = Json.object();
        running().stats().forEach(answer::put);
        return answer;
    }
}
