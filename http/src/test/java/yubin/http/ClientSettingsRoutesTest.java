package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/// Mail programs ask how an account at example.com is set up.
class ClientSettingsRoutesTest {
    private static final String LONG = "/.well-known/autoconfig/mail/config-v1.1.xml";
    private static final String SHORT = "/mail/config-v1.1.xml";

    @TempDir Path folder;
    private Front front;

    @BeforeEach
    void open() throws Exception {
        front = Front.open(folder);
    }

    @AfterEach
    void close() {
        front.close();
    }

    @Test
    void thunderbirdIsToldTheServicesThatAreOffered() throws Exception {
        String answer = get(SHORT + "?emailaddress=ann%40example.com", "autoconfig.example.com");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        assertTrue(answer.contains("Content-Type: application/xml; charset=utf-8\r\n"), answer);
        Document xml = xml(body(answer));
        assertEquals("clientConfig", xml.getDocumentElement().getTagName());
        assertEquals("1.1", xml.getDocumentElement().getAttribute("version"));
        assertEquals("example.com", text(xml.getDocumentElement(), "domain"));
        assertEquals(
                "imap mail.example.test:993 SSL password-cleartext %EMAILADDRESS%",
                servers(xml, "incomingServer"));
        assertEquals(
                "smtp mail.example.test:465 SSL password-cleartext %EMAILADDRESS%\n"
                        + "smtp mail.example.test:587 STARTTLS password-cleartext %EMAILADDRESS%",
                servers(xml, "outgoingServer"));
    }

    @Test
    void theHostNamesTheDomainWhereNoAddressIsGiven() throws Exception {
        for (String host :
                new String[] {
                    "example.com",
                    "EXAMPLE.com:8080",
                    "autoconfig.example.com",
                    "Autoconfig.example.com."
                }) {
            assertTrue(get(LONG, host).startsWith("HTTP/1.1 200"), host);
            assertTrue(get(SHORT + "?emailaddress=", host).startsWith("HTTP/1.1 200"), host);
        }
    }

    @Test
    void ofOtherDomainsNothingIsSaid() throws Exception {
        for (String host :
                new String[] {
                    "example.net",
                    "autoconfig.example.net",
                    "autoconfig.",
                    "127.0.0.1",
                    "[::1]:80",
                    "mail.example.test",
                    "x.example.com",
                    "autoconfig.autoconfig.example.com"
                }) {
            String answer = get(LONG, host);
            assertTrue(answer.startsWith("HTTP/1.1 404"), host + ": " + answer);
        }
        for (String address :
                new String[] {"ann%40example.net", "ann", "%40", "ann%40example.com%3Cx%3E"}) {
            String answer = get(SHORT + "?emailaddress=" + address, "autoconfig.example.com");
            assertTrue(answer.startsWith("HTTP/1.1 404"), address + ": " + answer);
        }
    }

    @Test
    void anAddressOfOursIsEnoughAtAnyHost() throws Exception {
        HttpClient client = front.client();
        URI uri = front.https(LONG + "?emailaddress=nobody%40example.com");
        HttpResponse<String> answer =
                client.send(
                        HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode());
        assertEquals(HttpClient.Version.HTTP_2, answer.version());
        assertTrue(!answer.body().contains("nobody"), "who lives here is not said");
    }

    private String get(String path, String host) throws Exception {
        return front.says(
                "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    private static String body(String answer) {
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        return body.substring(body.indexOf('<'), body.lastIndexOf('>') + 1);
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newDefaultNSInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String servers(Document xml, String element) {
        StringBuilder out = new StringBuilder();
        var found = xml.getElementsByTagName(element);
        for (int at = 0; at < found.getLength(); at++) {
            Element server = (Element) found.item(at);
            if (at > 0) out.append('\n');
            out.append(server.getAttribute("type") + " " + text(server, "hostname") + ":")
                    .append(text(server, "port") + " " + text(server, "socketType") + " ")
                    .append(text(server, "authentication") + " " + text(server, "username"));
        }
        return out.toString();
    }

    private static String text(Element element, String name) {
        return element.getElementsByTagName(name).item(0).getTextContent();
    }
}
