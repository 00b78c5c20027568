package yubin.jmap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ApiTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Method BROKEN =
            (context, arguments) -> {
                throw new IllegalStateException("a bug");
            };

    private final Api api =
            new Api(
                    Map.of("urn:example:test", Map.of("Test/bug", BROKEN)),
                    Set.of("urn:example:wire"));

    @Test
    void echoGivesBackItsArguments() throws Exception {
        plays(
                "[['Core/echo', {'hello': true, 'high': 5}, 'b3ff']]",
                "[['Core/echo', {'hello': true, 'high': 5}, 'b3ff']]");
    }

    @Test
    void aCallTakesResultsOfAnEarlierOne() throws Exception {
        plays(
                """
                [['Core/echo', {'list': [{'ids': ['a', 'b']}, {'ids': ['c']}], 'a/b': 7}, '0'],
                 ['Core/echo', {'#ids': {'resultOf': '0', 'name': 'Core/echo',
                                         'path': '/list/*/ids'},
                                '#one': {'resultOf': '0', 'name': 'Core/echo',
                                         'path': '/list/1/ids/0'},
                                '#odd': {'resultOf': '0', 'name': 'Core/echo',
                                         'path': '/a~1b'}}, '1']]""",
                """
                [['Core/echo', {'list': [{'ids': ['a', 'b']}, {'ids': ['c']}], 'a/b': 7}, '0'],
                 ['Core/echo', {'ids': ['a', 'b', 'c'], 'one': 'c', 'odd': 7}, '1']]""");
    }

    @Test
    void aReferenceThatLeadsNowhereFailsItsCallOnly() throws Exception {
        for (String reference :
                new String[] {
                    "{'resultOf': 'x', 'name': 'Core/echo', 'path': '/a'}",
                    "{'resultOf': '0', 'name': 'Foo/get', 'path': '/a'}",
                    "{'resultOf': '0', 'name': 'Core/echo', 'path': '/b'}",
                    "{'resultOf': '0', 'name': 'Core/echo', 'path': '/a/01'}",
                    "{'resultOf': '0', 'name': 'Core/echo', 'path': 'a'}"
                }) {
            ObjectNode response =
                    run(
                            request(
                                    "[['Core/echo', {'a': [1, 2]}, '0'], ['Core/echo', {'#c': "
                                            + reference
                                            + "}, '1'], ['Core/echo', {}, '2']]"));
            assertEquals(
                    "invalidResultReference",
                    response.at("/methodResponses/1/1/type").asString(),
                    reference);
            assertEquals("Core/echo", response.at("/methodResponses/2/0").asString());
        }
    }

    @Test
    void anArgumentGivenTwiceIsInvalid() throws Exception {
        String reference = "{'resultOf': '0', 'name': 'Core/echo', 'path': '/a'}";
        assertEquals("invalidArguments", error("{'a': 1, '#a': " + reference + "}", "Core/echo"));
        assertEquals("invalidArguments", error("{'#a': 5}", "Core/echo"));
    }

    @Test
    void unknownMethodsAndBugsAreErrorsOfTheirCall() throws Exception {
        assertEquals("unknownMethod", error("{}", "Core/sing"));
        assertEquals("unknownMethod", error("{}", "Test/bug")); // its capability is not used
        ObjectNode response =
                run("{'using': ['urn:example:test'], 'methodCalls': [['Test/bug', {}, '0']]}");
        assertEquals("serverFail", response.at("/methodResponses/0/1/type").asString());
    }

    @Test
    void createdIdsComeBackWhereGiven() throws Exception {
        ObjectNode response = run("{'using': [], 'methodCalls': [], 'createdIds': {'k': 'e1'}}");
        assertEquals("e1", response.at("/createdIds/k").asString());
        assertEquals("s1", response.get("sessionState").asString());
        assertEquals(false, run(request("[]")).has("createdIds"));
    }

    @Test
    void aRequestThatIsNoneIsRefusedWhole() {
        refuses("{'using': [", "notJSON");
        refuses("", "notJSON");
        refuses("{'using': [], 'using': [], 'methodCalls': []}", "notJSON");
        refuses("{'using': [], 'methodCalls': []} {}", "notJSON");
        refuses("[]", "notRequest");
        refuses("{'methodCalls': []}", "notRequest");
        refuses("{'using': [5], 'methodCalls': []}", "notRequest");
        refuses("{'using': []}", "notRequest");
        refuses(request("[['Core/echo', {}]]"), "notRequest");
        refuses(request("[['Core/echo', [], '0']]"), "notRequest");
        refuses(request("[[5, {}, '0']]"), "notRequest");
        refuses("{'using': [], 'methodCalls': [], 'createdIds': {'k': 5}}", "notRequest");
        refuses("{'using': ['urn:example:no'], 'methodCalls': []}", "unknownCapability");
    }

    @Test
    void octetsThatAreNoUtf8AreNoJson() {
        byte[] octets = "{\"using\":[\"?\"]}".getBytes(StandardCharsets.US_ASCII);
        octets[11] = (byte) 0xFF;
        RequestError error =
                assertThrows(
                        RequestError.class, () -> api.run(new Context(null, null), octets, "s1"));
        assertEquals("urn:ietf:params:jmap:error:notJSON", error.type());
    }

    @Test
    void limitsAreNamed() {
        String calls = "['Core/echo', {}, '0'],".repeat(Api.CALLS_MAX) + "['Core/echo', {}, '0']";
        assertEquals("maxCallsInRequest", refuses(request("[" + calls + "]"), "limit").limit());
        byte[] large = new byte[Api.REQUEST_OCTETS_MAX + 1];
        RequestError error =
                assertThrows(
                        RequestError.class, () -> api.run(new Context(null, null), large, "s1"));
        assertEquals("maxSizeRequest", error.limit());
    }

    private void plays(String calls, String responses) throws RequestError {
        assertEquals(JSON.readTree(quoted(responses)), run(request(calls)).get("methodResponses"));
    }

    private String error(String arguments, String method) throws RequestError {
        ObjectNode response = run(request("[['" + method + "', " + arguments + ", '0']]"));
        assertEquals("error", response.at("/methodResponses/0/0").asString());
        return response.at("/methodResponses/0/1/type").asString();
    }

    private RequestError refuses(String request, String type) {
        RequestError error = assertThrows(RequestError.class, () -> run(request), request);
        assertEquals("urn:ietf:params:jmap:error:" + type, error.type(), request);
        return error;
    }

    private ObjectNode run(String request) throws RequestError {
        return api.run(
                new Context(null, null), quoted(request).getBytes(StandardCharsets.UTF_8), "s1");
    }

    private static String request(String calls) {
        return "{'using': ['" + Api.CORE + "'], 'methodCalls': " + calls + "}";
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
