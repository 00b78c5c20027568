package yubin.jmap;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Login;

/// The session resource. RFC 8620 §2.
final class Session {
    /// Objects of one /get, and of one /set.
    static final int GET_MAX = 1000;

    static final int SET_MAX = 1000;

    private final Office office;
    private final Set<String> capabilities;
    private final Map<String, Function<String, ObjectNode>> transports;

    Session(
            Office office,
            Set<String> capabilities,
            Map<String, Function<String, ObjectNode>> transports) {
        this.office = office;
        this.capabilities = new TreeSet<>(capabilities);
        this.transports = transports;
    }

    ObjectNode of(Login login, String base) throws IOException {
        ObjectNode session = Api.JSON.createObjectNode();
        ObjectNode all = session.putObject("capabilities");
        all.set(Api.CORE, core());
        for (String urn : capabilities) all.putObject(urn);
        transports.forEach((urn, of) -> all.set(urn, of.apply(base)));
        String id = Ids.account(login.account());
        String address = login.address().toString();
        ObjectNode account = session.putObject("accounts").putObject(id);
        account.put("name", address).put("isPersonal", true).put("isReadOnly", false);
        ObjectNode own = account.putObject("accountCapabilities");
        ObjectNode primary = session.putObject("primaryAccounts");
        for (String urn : capabilities) {
            own.set(urn, Capabilities.of(urn, office));
            primary.put(urn, id);
        }
        session.put("username", address);
        session.put("apiUrl", base + "/jmap/api");
        session.put("downloadUrl", base + "/jmap/download/{accountId}/{blobId}/{name}?type={type}");
        session.put("uploadUrl", base + "/jmap/upload/{accountId}/");
        session.put(
                "eventSourceUrl",
                base + "/jmap/eventsource?types={types}&closeafter={closeafter}&ping={ping}");
        session.put("state", state(login));
        return session;
    }

    /// Changes with what the session says of the login; the URLs are the asker's own.
    String state(Login login) {
        int hash =
                java.util.Objects.hash(
                        login.account(), login.address(), capabilities, transports.keySet());
        return "s" + Integer.toHexString(hash);
    }

    private ObjectNode core() {
        ObjectNode core = Api.JSON.createObjectNode();
        core.put("maxSizeUpload", office.settings().uploadOctetsMax());
        core.put("maxConcurrentUpload", Jmap.CONCURRENT_UPLOADS_MAX);
        core.put("maxSizeRequest", Api.REQUEST_OCTETS_MAX);
        core.put("maxConcurrentRequests", Jmap.CONCURRENT_REQUESTS_MAX);
        core.put("maxCallsInRequest", Api.CALLS_MAX);
        core.put("maxObjectsInGet", GET_MAX);
        core.put("maxObjectsInSet", SET_MAX);
        ArrayNode collations = core.putArray("collationAlgorithms");
        collations.add("i;ascii-numeric").add("i;ascii-casemap").add("i;unicode-casemap");
        return core;
    }
}
