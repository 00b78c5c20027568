package yubin.jmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.StoreTrouble;

/// Carries out a request: its method calls in order, each with an answer or an error of its own.
/// RFC 8620 §3.3, §3.4.
final class Api {
    static final String CORE = "urn:ietf:params:jmap:core";

    /// Octets of one request, and method calls in it: what the core capability will announce.
    static final int REQUEST_OCTETS_MAX = 10 << 20;

    static final int CALLS_MAX = 64;

    private static final System.Logger LOG = System.getLogger("yubin.jmap");

    /// I-JSON allows no name twice in an object (RFC 7493).
    static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /// By capability, then by name: a method is known to those who say that they use it.
    private final Map<String, Map<String, Method>> capabilities;

    private final Set<String> transports;

    /// @param more methods besides those of the core, by capability and name
    /// @param transports capabilities without methods; may grow
    Api(Map<String, Map<String, Method>> more, Set<String> transports) {
        this.transports = transports;
        var all = new java.util.HashMap<>(more);
        var core = new java.util.HashMap<>(all.getOrDefault(CORE, Map.of()));
        core.put("Core/echo", (context, arguments) -> arguments); // RFC 8620 §4
        all.put(CORE, core);
        capabilities = Map.copyOf(all);
    }

    /// @param octets the body of the POST
    /// @param sessionState of the session resource now
    ObjectNode run(Context context, byte[] octets, String sessionState) throws RequestError {
        if (octets.length > REQUEST_OCTETS_MAX) {
            throw RequestError.limit("maxSizeRequest", "the request is too large");
        }
        JsonNode request = parse(octets);
        Set<String> using = using(request.path("using"));
        JsonNode calls = request.path("methodCalls");
        checkCalls(calls);
        JsonNode createdIds = request.path("createdIds");
        checkCreatedIds(createdIds);
        for (var id : createdIds.properties()) {
            context.created().put(id.getKey(), id.getValue().stringValue());
        }
        context.use(using);
        ObjectNode response = JSON.createObjectNode();
        ArrayNode responses = response.putArray("methodResponses");
        for (JsonNode call : calls) answer(context, call, using, responses);
        if (createdIds.isObject()) {
            ObjectNode all = response.putObject("createdIds");
            context.created().forEach(all::put);
        }
        return response.put("sessionState", sessionState);
    }

    private static JsonNode parse(byte[] octets) throws RequestError {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
            JsonNode request = JSON.readTree(text);
            if (request.isMissingNode()) throw RequestError.notJson("the request is empty");
            return request;
        } catch (CharacterCodingException e) {
            throw RequestError.notJson("the request is not UTF-8");
        } catch (JacksonException e) {
            throw RequestError.notJson("the request is not I-JSON: " + e.getOriginalMessage());
        }
    }

    private Set<String> using(JsonNode using) throws RequestError {
        if (!using.isArray()) throw RequestError.notRequest("\"using\" must be String[]");
        Set<String> names = new java.util.HashSet<>();
        for (JsonNode name : using) {
            if (!name.isString()) throw RequestError.notRequest("\"using\" must be String[]");
            names.add(name.stringValue());
        }
        for (String name : names) {
            if (!capabilities.containsKey(name) && !transports.contains(name)) {
                throw RequestError.unknownCapability(name);
            }
        }
        return names;
    }

    private static void checkCalls(JsonNode calls) throws RequestError {
        boolean good = calls.isArray();
        for (JsonNode call : calls) {
            good &=
                    call.isArray()
                            && call.size() == 3
                            && call.get(0).isString()
                            && call.get(1).isObject()
                            && call.get(2).isString();
        }
        if (!good) throw RequestError.notRequest("\"methodCalls\" must be Invocation[]");
        if (calls.size() > CALLS_MAX) {
            throw RequestError.limit("maxCallsInRequest", "too many method calls");
        }
    }

    private static void checkCreatedIds(JsonNode ids) throws RequestError {
        if (ids.isMissingNode() || ids.isNull()) return;
        boolean good = ids.isObject();
        for (JsonNode id : ids) good &= id.isString();
        if (!good) throw RequestError.notRequest("\"createdIds\" must be Id[Id]");
    }

    private void answer(Context context, JsonNode call, Set<String> using, ArrayNode responses) {
        String name = call.get(0).stringValue();
        ObjectNode answer;
        String answerName = "error";
        try {
            Method method = method(name, using);
            ObjectNode arguments = References.resolve((ObjectNode) call.get(1), responses);
            answer = method.call(context, arguments);
            answerName = name;
        } catch (MethodError e) {
            answer = error(e.type(), e.getMessage());
        } catch (StoreTrouble.DiskLow | StoreTrouble.NotCommitted e) {
            LOG.log(System.Logger.Level.WARNING, name + ": " + e.getMessage());
            answer = error("serverUnavailable", "the store takes nothing now; try again later");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, name + ": " + e.getMessage());
            answer = error("serverFail", "a record cannot be read");
        } catch (RuntimeException bug) {
            LOG.log(System.Logger.Level.ERROR, name + " failed", bug);
            answer = error("serverFail", "the server has a fault in " + name);
        }
        add(responses, answerName, answer, call.get(2));
        List<Context.Extra> extras = context.takeExtras();
        for (Context.Extra extra : extras) {
            add(responses, extra.name(), extra.arguments(), call.get(2));
        }
    }

    private static void add(ArrayNode responses, String name, ObjectNode answer, JsonNode callId) {
        responses.addArray().add(name).add(answer).add(callId);
    }

    private Method method(String name, Set<String> using) throws MethodError {
        for (String capability : using) {
            Method method = capabilities.getOrDefault(capability, Map.of()).get(name);
            if (method != null) return method;
        }
        throw new MethodError("unknownMethod", "no capability in \"using\" has this method");
    }

    private static ObjectNode error(String type, String description) {
        return JSON.createObjectNode().put("type", type).put("description", description);
    }
}
