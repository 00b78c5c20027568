package yubin.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.net.ssl.SSLSocketFactory;
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

    private static final String OUTLOOK =
            "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

    private static final String QUESTION =
            "<Autodiscover><Request><EMailAddress>%s</EMailAddress><AcceptableResponseSchema>%s"
                    + "</AcceptableResponseSchema></Request></Autodiscover>";

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

    @Test
    void outlookIsToldTheDearestServiceOfEachKind() throws Exception {
        String answer = post(QUESTION.formatted("ann@example.com", OUTLOOK));
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        Element account =
                (Element) xml(body(answer)).getElementsByTagNameNS(OUTLOOK, "Account").item(0);
        var protocols = account.getElementsByTagNameNS(OUTLOOK, "Protocol");
        assertEquals(2, protocols.getLength());
        String told = "";
        for (int at = 0; at < 2; at++) {
            Element one = (Element) protocols.item(at);
            told += text(one, "Type") + " " + text(one, "Server") + ":" + text(one, "Port") + " ";
            told += text(one, "Encryption") + " " + text(one, "LoginName") + "\n";
        }
        assertEquals(
                "IMAP mail.example.test:993 SSL ann@example.com\n"
                        + "SMTP mail.example.test:465 SSL ann@example.com\n",
                told);
    }

    @Test
    void outlooksOtherQuestionsAreRefused() throws Exception {
        String good = QUESTION.formatted("ann@example.com", OUTLOOK);
        assertTrue(post("").startsWith("HTTP/1.1 400"));
        assertTrue(post("<!DOCTYPE a [<!ENTITY b \"c\">]>" + good).startsWith("HTTP/1.1 400"));
        assertTrue(post(good + " ".repeat(20_000)).startsWith("HTTP/1.1 413"));
        assertTrue(post(QUESTION.formatted("ann@example.net", OUTLOOK)).startsWith("HTTP/1.1 404"));
        assertTrue(
                post(QUESTION.formatted("ann@example.com", "mobilesync"))
                        .startsWith("HTTP/1.1 404"));
    }

    @Test
    void thePolicyLiesAtItsOwnNameOverTlsOnly() throws Exception {
        String path = "/.well-known/mta-sts.txt";
        String answer = secure(path, "mta-sts.example.com");
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        assertTrue(answer.contains("Content-Type: text/plain\r\n"), answer);
        assertTrue(
                answer.contains(
                        "version: STSv1\r\nmode: testing\r\nmx: mail.example.test\r\nmax_age: "),
                answer);
        assertTrue(secure(path, "example.com").startsWith("HTTP/1.1 404"));
        assertTrue(secure(path, "mta-sts.example.net").startsWith("HTTP/1.1 404"));
        assertTrue(get(path, "mta-sts.example.com").startsWith("HTTP/1.1 403"));
    }

    private String post(String body) throws Exception {
        return front.says(
                ("POST /autodiscover/autodiscover.xml HTTP/1.1\r\nHost: autodiscover.example.com"
                                        + "\r\nContent-Type: text/xml\r\nConnection: close\r\n"
                                        + "Content-Length: %d\r\n\r\n")
                                .formatted(body.length())
                        + body);
    }

    private String secure(String path, String host) throws Exception {
        int port = front.https("/").getPort();
        String request =
                "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
        SSLSocketFactory sockets = front.client().sslContext().getSocketFactory();
        try (Socket socket = sockets.createSocket("localhost", port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
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
