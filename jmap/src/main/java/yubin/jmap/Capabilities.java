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
            case MAIL -> {
                object.put("maxMailboxesPerEmail", 1000);
                object.put("maxMailboxDepth", yubin.store.Boxes.DEPTH_MAX);
                object.put("maxSizeMailboxName", yubin.store.MailboxEditor.NAME_OCTETS_MAX);
                object.put("maxSizeAttachmentsPerEmail", office.settings().messageOctetsMax());
                var sorts = object.putArray("emailQuerySortOptions");
                EmailQuery.SORTS.forEach(sorts::add);
                object.put("mayCreateTopLevelMailbox", true);
            }
            default -> {}
        }
        return object;
    }
}
