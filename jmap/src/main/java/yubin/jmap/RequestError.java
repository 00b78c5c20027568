package yubin.jmap;

/// Why a request as a whole is refused, as its problem details say it. RFC 8620 §3.6.1.
final class RequestError extends Exception {
    private static final long serialVersionUID = 1;
    private static final String PREFIX = "urn:ietf:params:jmap:error:";

    private final String type;
    private final String limit;

    private RequestError(String type, String limit, String detail) {
        super(detail);
        this.type = PREFIX + type;
        this.limit = limit;
    }

    static RequestError notJson(String detail) {
        return new RequestError("notJSON", null, detail);
    }

    static RequestError notRequest(String detail) {
        return new RequestError("notRequest", null, detail);
    }

    static RequestError unknownCapability(String capability) {
        return new RequestError(
                "unknownCapability", null, "this server does not know \"" + capability + "\"");
    }

    /// @param limit the property of the core capability that would be exceeded
    static RequestError limit(String limit, String detail) {
        return new RequestError("limit", limit, detail);
    }

    /// The whole URN.
    String type() {
        return type;
    }

    /// Null where no limit was at stake.
    String limit() {
        return limit;
    }
}
