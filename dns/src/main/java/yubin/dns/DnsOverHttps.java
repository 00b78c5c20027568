package yubin.dns;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// DNS over HTTPS, the part of it that is DNS: who owns the web server mounts it at `/dns-query`.
/// RFC 8484.
///
/// Whom the resolver works for is decided as at the other doors: everybody hears of our own zones,
/// and others than our clients a DNS message with REFUSED. Blocks for the resolver's deadline at
/// most, so each request needs a (virtual) thread of its own.
public final class DnsOverHttps {
    /// The media type of a question and of an answer. RFC 8484 §6.
    public static final String MEDIA_TYPE = "application/dns-message";

    /// Octets of a body that make sense; the web server need not read more than one beyond.
    public static final int BODY_OCTETS_MAX = 4096;

    /// The resolver has its own deadline, and answers then; this is for its mistakes.
    private static final int WAIT_SECONDS_MAX = 30;

    private final Answerer answerer;

    DnsOverHttps(Answerer answerer) {
        this.answerer = answerer;
    }

    /// What to send back.
    public sealed interface Response {
        /// Status 200 with this body of [#MEDIA_TYPE] and `Cache-Control: max-age=`.
        ///
        /// @param maxAge seconds, 0 for what is not to be kept
        record Answer(byte[] message, int maxAge) implements Response {}

        /// Another status, with a sentence for who reads it.
        record Refused(int status, String why) implements Response {}
    }

    /// `GET /dns-query?dns=…`. RFC 8484 §4.1.
    ///
    /// @param dns the parameter's value, base64url without padding; null when it is absent
    public Response get(String dns, InetSocketAddress client) {
        if (dns == null || dns.isEmpty()) return new Response.Refused(400, "no parameter dns");
        if (dns.length() > BODY_OCTETS_MAX * 4 / 3 + 4) {
            return new Response.Refused(414, "the question is too long");
        }
        try {
            return answer(Base64.getUrlDecoder().decode(dns), client);
        } catch (IllegalArgumentException e) {
            return new Response.Refused(400, "dns is not base64url");
        }
    }

    /// `POST /dns-query`. RFC 8484 §4.1.
    ///
    /// @param mediaType of the body, perhaps with parameters; null when nothing was said
    public Response post(String mediaType, byte[] body, InetSocketAddress client) {
        String type = mediaType == null ? "" : mediaType.split(";", 2)[0].strip();
        if (!type.toLowerCase(Locale.ROOT).equals(MEDIA_TYPE)) {
            return new Response.Refused(415, "the body must be " + MEDIA_TYPE);
        }
        return answer(body, client);
    }

    private Response answer(byte[] query, InetSocketAddress client) {
        if (query.length > BODY_OCTETS_MAX) {
            return new Response.Refused(413, "the question is too long");
        }
        boolean question =
                query.length >= Message.HEADER_OCTETS && (Rdata.u16(query, 2) & Message.QR) == 0;
        if (!question) return new Response.Refused(400, "no DNS question");
        if (!isPlain(query)) return refused(query);
        CompletableFuture<byte[]> late = new CompletableFuture<>();
        byte[] response = new byte[MessageWriter.OCTETS_MAX];
        int octets =
                answerer.answer(
                        query,
                        query.length,
                        response,
                        new Answerer.Path(client, false),
                        (message, length) -> late.complete(Arrays.copyOf(message, length)));
        if (octets > 0) return answered(Arrays.copyOf(response, octets));
        try {
            return answered(late.get(WAIT_SECONDS_MAX, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Response.Refused(503, "this server stops");
        } catch (TimeoutException e) {
            return new Response.Refused(504, "no answer");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Zone transfers take more than one message, and nobody notifies or updates through HTTP.
    private static boolean isPlain(byte[] query) {
        if ((Rdata.u16(query, 2) & Message.OPCODE) != 0) return false;
        if (!(Message.read(query, query.length) instanceof Message message)) return true;
        Question question = message.question();
        return question == null || question.type() != Type.AXFR && question.type() != Type.IXFR;
    }

    private static Response refused(byte[] query) {
        MessageWriter out = new MessageWriter(new byte[512]);
        int kept = Rdata.u16(query, 2) & (Message.OPCODE | Message.RD);
        out.begin(Rdata.u16(query, 0), Message.QR | kept | Rcode.NOTIMP, 512);
        return new Response.Answer(out.copy(), 0);
    }

    private static Response answered(byte[] octets) {
        return switch (Message.read(octets, octets.length)) {
            case Message message -> new Response.Answer(octets, maxAge(message));
            case Reading.Unreadable(var why) -> throw new IllegalStateException("we wrote " + why);
        };
    }

    /// Not longer than the shortest TTL of the answer; for a negative one as RFC 2308 §5 has it.
    /// RFC 8484 §5.1.
    private static int maxAge(Message message) {
        int rcode = message.rcode();
        if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) return 0;
        boolean ends = false;
        int age = Integer.MAX_VALUE;
        for (RRset set : message.answer()) {
            age = Math.min(age, set.ttl());
            ends |= set.type() != Type.CNAME && set.type() != Type.DNAME;
        }
        boolean negative = rcode == Rcode.NXDOMAIN || !ends;
        List<RRset> authority = message.authority();
        if (negative) age = Math.min(age, Resolution.negativeTtl(authority));
        return age;
    }
}
