package yubin.jmap;

import tools.jackson.databind.node.ObjectNode;

/// The capabilities of an account beside the core, with what their objects say.
final class Capabilities {
    static final String MAIL = "urn:ietf:params:jmap:mail";
    static final String SUBMISSION = "urn:ietf:params:jmap:submission";
    static final String QUOTA = "urn:ietf:params:jmap:quota";
    static final String BLOB = "urn:ietf:params:jmap:blob";
    static final String MDN = "urn:ietf:params:jmap:mdn";
    static final String TRACE = "urn:yubin:params:jmap:trace";

    private Capabilities() {}

    /// The object in `accountCapabilities`.
    static ObjectNode of(String urn, Office office) {
        ObjectNode object = Api.JSON.createObjectNode();
        switch (urn) {
            default -> {}
        }
        return object;
    }
}
