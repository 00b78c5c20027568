package yubin.dns;

import java.net.InetSocketAddress;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// One question to the servers of one zone: which is asked, how often, and in which form.
final class Exchange {
    private final Upstream upstream;
    private final Servers servers;
    private final RecursionSettings settings;
    /// Keep what messages say beside their answers; see [Beside].
    volatile boolean beside;

    private final byte[] cookieSecret = new byte[16];

    Exchange(Upstream upstream, Servers servers, RecursionSettings settings) {
        this.upstream = upstream;
        this.servers = servers;
        this.settings = settings;
        for (int i = 0; i < cookieSecret.length; i++) cookieSecret[i] = (byte) Entropy.next();
    }

    /// The first useful answer; [Sift.Lame] when no server gave one.
    Sift ask(Delegation zone, Question question, List<InetSocketAddress> addresses, Work work)
            throws Trouble {
        String trouble = "";
        Sift weak = null;
        Servers.Server[] candidates = servers.of(addresses);
        long all = -1L >>> 64 - candidates.length;
        long useless = 0;
        int rounds = zone.hasHosts() ? 1 : settings.sending().tries();
        for (int round = 0; round < rounds; round++) {
            long tried = useless;
            int chosen;
            while ((chosen = Servers.choose(candidates, tried)) >= 0) {
                tried |= 1L << chosen;
                InetSocketAddress server = addresses.get(chosen);
                boolean last = round > 0 && round == rounds - 1;
                Servers.Server known = candidates[chosen];
                switch (send(server, known, question, zone.forward, last, work)) {
                    case Upstream.Reply.Got(var message, var nanos) -> {
                        Sift sift = Sift.of(message, question, zone, settings.port(), beside);
                        if (work.isTraced()) {
                            work.tell(Steps.said(server, zone, question, sift, nanos));
                        }
                        if (sift instanceof Sift.Told && Sift.isWeak(message, zone)) {
                            if (weak == null) weak = sift;
                            useless |= 1L << chosen;
                            continue;
                        }
                        if (!(sift instanceof Sift.Lame(var why))) return sift;
                        trouble = "the name server " + text(server) + " " + why;
                        useless |= 1L << chosen;
                    }
                    case Upstream.Reply.Garbage(var why) -> {
                        trouble = "the name server " + text(server) + " sent nonsense: " + why;
                        work.tell(Steps.failed(server, zone, question, "nonsense: " + why));
                        useless |= 1L << chosen;
                    }
                    case Upstream.Reply.Failed(var why) -> {
                        trouble = "the name server cannot be reached: " + why;
                        work.tell(Steps.failed(server, zone, question, "cannot be reached"));
                        useless |= 1L << chosen;
                    }
                    case Upstream.Reply.Silent() -> {
                        trouble = Recursion.serversOf(zone.zone) + " do not answer";
                        work.tell(Steps.failed(server, zone, question, "no answer"));
                    }
                }
            }
            if (weak != null || useless == all) break;
        }
        return weak != null ? weak : new Sift.Lame(trouble);
    }

    private Upstream.Reply send(
            InetSocketAddress address,
            Servers.Server server,
            Question question,
            boolean forward,
            boolean last,
            Work work)
            throws Trouble {
        // One that never answered may be one that does not answer EDNS (RFC 6891 §6.2.2).
        boolean plain = last && server.smoothNanos == 0;
        boolean edns = !server.withoutEdns && !plain;
        boolean mixCase = settings.case0x20() && !server.keepsNoCase;
        Upstream.Reply reply = udp(address, server, question, forward, edns, mixCase, work);
        if (reply instanceof Upstream.Reply.Silent && mixCase) {
            // Some servers answer in lower case, which does not count as an answer.
            reply = udp(address, server, question, forward, edns, false, work);
            if (reply instanceof Upstream.Reply.Got) server.keepsNoCase = true;
        }
        if (plain && reply instanceof Upstream.Reply.Got) server.withoutEdns = true;
        if (reply instanceof Upstream.Reply.Got(var message, _)) {
            int rcode = message.rcode();
            boolean dislikesEdns =
                    edns
                            && (rcode == Rcode.FORMERR || rcode == Rcode.NOTIMP)
                            && message.answer().isEmpty();
            if (rcode == Rcode.BADCOOKIE) {
                reply = udp(address, server, question, forward, true, mixCase, work);
            } else if (dislikesEdns || rcode == Rcode.BADVERS) {
                reply = udp(address, server, question, forward, false, mixCase, work);
                if (reply instanceof Upstream.Reply.Got(var unadorned, _)
                        && (unadorned.rcode() == Rcode.NOERROR
                                || unadorned.rcode() == Rcode.NXDOMAIN)) {
                    server.withoutEdns = true;
                    edns = false;
                }
            }
        }
        if (reply instanceof Upstream.Reply.Got(var message, _) && message.has(Message.TC)) {
            work.query();
            byte[] query = query(address, server, question, forward, edns, false);
            return upstream.askTcp(address, query, Math.min(work.left(), 3_000_000_000L));
        }
        return reply;
    }

    private Upstream.Reply udp(
            InetSocketAddress address,
            Servers.Server server,
            Question question,
            boolean forward,
            boolean edns,
            boolean mixCase,
            Work work)
            throws Trouble {
        work.query();
        byte[] query = query(address, server, question, forward, edns, mixCase);
        long wait = Math.min(server.waitNanos(), work.left());
        Upstream.Reply reply = upstream.ask(address, query, mixCase, wait);
        if (reply instanceof Upstream.Reply.Got(var message, var nanos)) {
            server.answered(nanos);
            keepCookie(address, server, message);
        } else {
            server.silent();
        }
        return reply;
    }

    private byte[] query(
            InetSocketAddress address,
            Servers.Server server,
            Question question,
            boolean forward,
            boolean edns,
            boolean mixCase) {
        MessageWriter out = MessageWriter.ofQuery();
        // A forwarder shall give us bogus data too, we judge it ourselves (RFC 4035 §3.2.2).
        out.begin(0, forward ? Message.RD | Message.CD : 0, MessageWriter.OCTETS_MAX);
        Name name = mixCase ? mixed(question.name()) : question.name();
        out.question(new Question(name, question.type()));
        if (edns) {
            List<Edns.Option> options =
                    settings.cookies()
                            ? List.of(new Edns.Option(Edns.COOKIE, cookie(address, server)))
                            : List.of();
            out.opt(new Edns(settings.sending().ednsOctets(), 0, 0, true, options));
        }
        return out.copy();
    }

    /// The letters in random case: more to guess for who forges answers.
    private static Name mixed(Name name) {
        byte[] wire = name.wire().clone();
        int bits = 0;
        for (int i = 0; i < wire.length; i++) {
            if (i % 32 == 0) bits = Entropy.next();
            byte lower = Name.lower(wire[i]);
            if (lower >= 'a' && lower <= 'z') {
                wire[i] = (bits >> i % 32 & 1) == 0 ? lower : (byte) (lower - 32);
            }
        }
        return new Name(wire);
    }

    /// Client cookie, then the server's if we have one. RFC 7873 §4.
    private byte[] cookie(InetSocketAddress address, Servers.Server server) {
        byte[] known = server.cookie;
        if (known == null) {
            known = clientCookie(address);
            server.cookie = known;
        }
        return known;
    }

    private byte[] clientCookie(InetSocketAddress address) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(cookieSecret, "HmacSHA256"));
            return Arrays.copyOf(mac.doFinal(address.getAddress().getAddress()), 8);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keepCookie(InetSocketAddress address, Servers.Server server, Message message) {
        if (!settings.cookies() || message.edns() == null) return;
        byte[] cookie = message.edns().option(Edns.COOKIE);
        if (cookie == null || cookie.length < 16 || cookie.length > 40) return;
        byte[] mine = cookie(address, server);
        if (Arrays.equals(mine, 0, 8, cookie, 0, 8)) server.cookie = cookie;
    }

    private static String text(InetSocketAddress server) {
        return server.getAddress().getHostAddress();
    }
}
