package yubin.postmaster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A verb that needs the data: makes one order, has it obeyed, shows the answer.
abstract class OrderVerb extends Verb {
    /// A password longer than this is a file piped in by mistake.
    private static final int PASSWORD_OCTETS_MAX = 1024;

    abstract ObjectNode order() throws Trouble;

    @Override
    public Integer call() throws Trouble {
        Config config = config();
        ObjectNode order = order();
        try (Clerk clerk = Clerk.reach(config)) {
            show(clerk.obey(order));
        }
        return 0;
    }

    void show(JsonNode answer) {
        if (json) out().println(answer);
        else Tables.print(out(), answer);
        out().flush();
    }

    static ObjectNode order(String verb, Object... pairs) {
        ObjectNode order = Json.object("verb", verb);
        order.setAll(Json.object(pairs));
        return order;
    }

    /// The first line of standard input.
    static String passwordFrom(InputStream in) throws Trouble {
        byte[] bytes;
        try {
            bytes = in.readNBytes(PASSWORD_OCTETS_MAX + 1);
        } catch (IOException e) {
            throw Trouble.usage("standard input cannot be read: " + ConfigFile.reason(e));
        }
        String line = new String(bytes, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        if (line.isEmpty()) throw Trouble.usage("no password came on standard input");
        if (bytes.length > PASSWORD_OCTETS_MAX) {
            throw Trouble.usage("a password may have at most " + PASSWORD_OCTETS_MAX + " octets");
        }
        return line;
    }
}
