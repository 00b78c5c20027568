package yubin.postmaster;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Carries out orders on an open data folder.
final class DirectClerk implements Clerk {
    static DirectClerk open(Config config) throws Trouble {
        return new DirectClerk();
    }

    @Override
    public JsonNode obey(ObjectNode order) throws Trouble {
        throw Trouble.usage("unknown order " + order.path("verb").asString(""));
    }

    @Override
    public void close() {}
}
