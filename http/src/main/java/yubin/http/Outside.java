package yubin.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import yubin.dns.Lookup;
import yubin.dns.Resolver;
import yubin.wire.ClientTls;
import yubin.wire.Wire;

/// Asks servers outside by HTTP/1.1, on behalf of people: for the images of letters, to end a
/// subscription, to wake a browser.
///
/// A letter can name any address, so that what is asked must lie in the public internet: names are
/// looked up here, by our own resolver, and the connection goes to the very address that was
/// checked. Sends no cookie, no referrer, nothing about who asks. Everything has a bound: see
/// [Limits], and 32 KiB of header fields.
final class Outside {
    private static final int HEAD_LINE_MAX = 8 << 10;
    private static final int HEAD_LINES_MAX = 100;
    private static final int HEAD_OCTETS_MAX = 32 << 10;

    /// Finds the addresses of a name, through our own resolver.
    @FunctionalInterface
    interface Names {
        /// @throws IOException when it has none, or nobody can say
        List<InetAddress> addresses(String host) throws IOException;
    }

    /// @param total of the whole exchange, redirects and all
    record Limits(Duration total, int octetsMax, int redirectsMax) {}

    /// @param fields by name in lower case; of several, the last
    record Answer(int status, Map<String, String> fields, byte[] body) {}

    /// Why there is no answer; the text is for the log and a person.
    static final class Failed extends IOException {
        private static final long serialVersionUID = 1;

        Failed(String why) {
            super(why);
        }
    }

    private final Names names;
    private final Predicate<InetSocketAddress> allowed;
    private final Path trustAnchors;

    static Names names(Resolver resolver) {
        return host ->
                switch (resolver.addresses(host)) {
                    case Lookup.Answer<List<InetAddress>> answer -> answer.value();
                    default -> throw new Failed("no address of " + host);
                };
    }

    Outside(Names names) {
        this(names, Outside::isPublic, null);
    }

    /// @param allowed where a connection may go; tests have servers of their own
    /// @param trustAnchors null for the system's
    Outside(Names names, Predicate<InetSocketAddress> allowed, Path trustAnchors) {
        this.names = names;
        this.allowed = allowed;
        this.trustAnchors = trustAnchors;
    }

    Answer get(String url, String accept, Limits limits) throws IOException {
        String fields = "Accept: " + accept + "\r\nAccept-Encoding: identity\r\n";
        return ask("GET", url, fields, null, limits);
    }

    /// @param fields lines with CRLF, besides those of length and host
    Answer post(String url, String fields, byte[] body, Limits limits) throws IOException {
        return ask("POST", url, fields, body, limits);
    }

    private Answer ask(String method, String url, String fields, byte[] body, Limits limits)
            throws IOException {
        long due = System.nanoTime() + limits.total().toNanos();
        URI target = target(url);
        for (int redirects = 0; ; redirects++) {
            Answer answer = once(method, target, fields, body, limits, due);
            String location = answer.fields().get("location");
            boolean moved =
                    switch (answer.status()) {
                        case 301, 302, 303, 307, 308 -> location != null && method.equals("GET");
                        default -> false;
                    };
            if (!moved) return answer;
            if (redirects == limits.redirectsMax()) throw new Failed("too many redirects");
            URI next;
            try {
                next = target(target.resolve(new URI(location)).toString());
            } catch (URISyntaxException | IllegalArgumentException e) {
                throw new Failed("a redirect that cannot be read");
            }
            if (target.getScheme().equals("https") && !next.getScheme().equals("https")) {
                throw new Failed("a redirect that gives up TLS");
            }
            target = next;
        }
    }

    /// An absolute http or https URL with a host and no user.
    private static URI target(String url) throws Failed {
        try {
            URI target = new URI(url);
            String scheme = String.valueOf(target.getScheme()).toLowerCase(Locale.ROOT);
            boolean good =
                    (scheme.equals("http") || scheme.equals("https"))
                            && target.getHost() != null
                            && target.getRawUserInfo() == null;
            if (!good) throw new Failed("no address of the web");
            String path = target.getRawPath() == null ? "" : target.getRawPath();
            String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
            String port = target.getPort() < 0 ? "" : ":" + target.getPort();
            return new URI(
                    scheme
                            + "://"
                            + target.getHost().toLowerCase(Locale.ROOT)
                            + port
                            + (path.isEmpty() ? "/" : path)
                            + query);
        } catch (URISyntaxException e) {
            throw new Failed("no address of the web");
        }
    }

    private Answer once(
            String method, URI target, String fields, byte[] body, Limits limits, long due)
            throws IOException {
        boolean secure = target.getScheme().equals("https");
        int port = target.getPort() < 0 ? secure ? 443 : 80 : target.getPort();
        if (secure && isLiteral(target.getHost())) throw new Failed("TLS wants a name to verify");
        try (Wire wire = connect(target.getHost(), port, due)) {
            patience(wire, due);
            if (secure) wire.startTls(new ClientTls(target.getHost(), true, trustAnchors));
            StringBuilder head = new StringBuilder();
            head.append(method).append(' ').append(target.getRawPath());
            if (target.getRawQuery() != null) head.append('?').append(target.getRawQuery());
            head.append(" HTTP/1.1\r\nHost: ").append(target.getRawAuthority()).append("\r\n");
            head.append("User-Agent: Yubin\r\nConnection: close\r\n").append(fields);
            if (body != null) head.append("Content-Length: ").append(body.length).append("\r\n");
            wire.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            if (body != null) wire.write(body);
            wire.flush();
            return read(wire, limits.octetsMax(), due);
        }
    }

    private static boolean isLiteral(String host) {
        return host.startsWith("[") || host.matches("[0-9.]+");
    }

    private Wire connect(String host, int port, long due) throws IOException {
        List<InetAddress> addresses = addresses(host);
        IOException last = new Failed("no public address of " + host);
        for (InetAddress address : addresses) {
            InetSocketAddress to = new InetSocketAddress(address, port);
            // One bad address spoils the name: else a clever zone has us try until one fits.
            if (!allowed.test(to)) throw new Failed("no public address: " + host);
        }
        for (InetAddress address : addresses) {
            try {
                return Wire.connect(
                        new InetSocketAddress(address, port), null, left(due).dividedBy(2));
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    private List<InetAddress> addresses(String host) throws IOException {
        if (!isLiteral(host)) return names.addresses(host);
        try {
            String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            return List.of(InetAddress.ofLiteral(literal));
        } catch (IllegalArgumentException e) {
            throw new Failed("no address of the web");
        }
    }

    private static Duration left(long due) throws Failed {
        long nanos = due - System.nanoTime();
        if (nanos <= 0) throw new Failed("too slow");
        return Duration.ofNanos(nanos);
    }

    private static void patience(Wire wire, long due) throws Failed {
        Duration left = left(due);
        wire.deadline(left, left);
        wire.writeDeadline(left);
    }

    private static Answer read(Wire wire, int octetsMax, long due) throws IOException {
        byte[] line = new byte[HEAD_LINE_MAX];
        int status;
        Map<String, String> fields;
        do {
            String first = line(wire, line, due);
            if (!first.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
                throw new Failed("no answer of the web");
            }
            status = Integer.parseInt(first.substring(9, 12));
            fields = fields(wire, line, due);
        } while (status < 200);
        if (status == 204 || status == 304) return new Answer(status, fields, new byte[0]);
        String coding = fields.getOrDefault("transfer-encoding", "");
        if (coding.equalsIgnoreCase("chunked")) {
            return new Answer(status, fields, chunked(wire, line, octetsMax, due));
        }
        if (!coding.isEmpty()) throw new Failed("a transfer coding nobody asked for");
        long length = number(fields.get("content-length"));
        if (length > octetsMax) throw new Failed("too large");
        return new Answer(status, fields, plain(wire, length, octetsMax, due));
    }

    private static Map<String, String> fields(Wire wire, byte[] line, long due) throws IOException {
        Map<String, String> fields = new TreeMap<>();
        int octets = 0;
        for (int i = 0; ; i++) {
            String field = line(wire, line, due);
            if (field.isEmpty()) return fields;
            octets += field.length();
            if (i == HEAD_LINES_MAX || octets > HEAD_OCTETS_MAX)
                throw new Failed("too many fields");
            int colon = field.indexOf(':');
            if (colon <= 0) throw new Failed("a field that cannot be read");
            fields.put(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).strip());
        }
    }

    private static String line(Wire wire, byte[] line, long due) throws IOException {
        patience(wire, due);
        int length = wire.readLine(line);
        return new String(line, 0, length, StandardCharsets.ISO_8859_1);
    }

    /// -1 for none.
    private static long number(String text) throws Failed {
        if (text == null) return -1;
        if (!text.matches("[0-9]{1,15}")) throw new Failed("a length that cannot be read");
        return Long.parseLong(text);
    }

    /// @param length -1: up to the end of the connection
    private static byte[] plain(Wire wire, long length, int octetsMax, long due)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] chunk = new byte[16 << 10];
        while (length < 0 || body.size() < length) {
            patience(wire, due);
            int want =
                    length < 0 ? chunk.length : (int) Math.min(chunk.length, length - body.size());
            int got;
            try {
                got = wire.read(chunk, 0, want);
            } catch (Wire.Closed end) {
                if (length < 0) break;
                throw end;
            }
            body.write(chunk, 0, got);
            if (body.size() > octetsMax) throw new Failed("too large");
        }
        return body.toByteArray();
    }

    private static byte[] chunked(Wire wire, byte[] line, int octetsMax, long due)
            throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String size = line(wire, line, due);
            int end = size.indexOf(';');
            String digits = (end < 0 ? size : size.substring(0, end)).strip();
            if (!digits.matches("[0-9A-Fa-f]{1,7}"))
                throw new Failed("a chunk that cannot be read");
            int octets = Integer.parseInt(digits, 16);
            if (octets == 0) return body.toByteArray();
            if (body.size() + octets > octetsMax) throw new Failed("too large");
            patience(wire, due);
            byte[] chunk = new byte[octets];
            wire.readFully(chunk, 0, octets);
            body.writeBytes(chunk);
            if (!line(wire, line, due).isEmpty()) throw new Failed("a chunk that cannot be read");
        }
    }

    /// True for the web's own ports at an address of the public internet.
    private static boolean isPublic(InetSocketAddress address) {
        int port = address.getPort();
        return (port == 80 || port == 443) && isPublic(address.getAddress());
    }

    static boolean isPublic(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length == 4) return isPublic4(octets, 0);
        int first = (octets[0] & 0xFF) << 8 | octets[1] & 0xFF;
        int second = (octets[2] & 0xFF) << 8 | octets[3] & 0xFF;
        // 2000::/3 is all that is handed out; in it lie these, which lead elsewhere or nowhere:
        // Teredo and other protocols (2001::/23), documentation, 6to4, segment routing.
        if ((first & 0xE000) != 0x2000) return false;
        if (first == 0x2001 && (second < 0x200 || second == 0xDB8)) return false;
        return first != 0x2002 && (first & 0xFFF0) != 0x3FF0;
    }

    /// RFC 6890 lists what is not public.
    private static boolean isPublic4(byte[] octets, int at) {
        int a = octets[at] & 0xFF;
        int b = octets[at + 1] & 0xFF;
        int c = octets[at + 2] & 0xFF;
        if (a == 0 || a == 10 || a == 127 || a >= 224) return false;
        if (a == 100 && b >= 64 && b < 128) return false;
        if (a == 169 && b == 254) return false;
        if (a == 172 && b >= 16 && b < 32) return false;
        if (a == 192 && (b == 168 || b == 0 && (c == 0 || c == 2) || b == 88 && c == 99)) {
            return false;
        }
        if (a == 198 && (b == 18 || b == 19 || b == 51 && c == 100)) return false;
        return !(a == 203 && b == 0 && c == 113);
    }
}
