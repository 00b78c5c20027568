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
            case SUBMISSION -> {
                object.put("maxDelayedSend", EnvelopeInput.HOLD_MAX.toSeconds());
                ObjectNode extensions = object.putObject("submissionExtensions");
                extensions
                        .putArray("FUTURERELEASE")
                        .add(Long.toString(EnvelopeInput.HOLD_MAX.toSeconds()));
                extensions.putArray("DSN");
                extensions
                        .putArray("SIZE")
                        .add(Long.toString(office.settings().messageOctetsMax()));
            }
            case BLOB -> {
                object.put("maxSizeBlobSet", office.settings().uploadOctetsMax());
                object.put("maxDataSources", BlobMethods.SOURCES_MAX);
                var types = object.putArray("supportedTypeNames");
                BlobMethods.TYPES.forEach(types::add);
                var digests = object.putArray("supportedDigestAlgorithms");
                BlobMethods.DIGESTS.forEach(digests::add);
            }
            default -> {}
        }
        return object;
    }
}
