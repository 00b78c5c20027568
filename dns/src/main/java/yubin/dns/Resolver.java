package yubin.dns;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import yubin.mail.Domain;

/// Asks the DNS for the rooms. Safe for many threads; blocks the calling one until its deadline.
public final class Resolver implements AutoCloseable {
    public Resolver(ResolverSettings settings, InstantSource clock) {}

    /// Reads `address[:port]`, `[v6]:port` texts; an empty list means the system's servers
    /// (/etc/resolv.conf).
    ///
    /// @throws IllegalArgumentException naming the text that is no address
    public static List<InetSocketAddress> servers(List<String> texts) {
        if (true) throw new UnsupportedOperationException();
        return null;
    }

    /// Mail exchangers of a domain, sorted by preference; [Mx#isNull] may be among them.
    public Lookup<List<Mx>> mx(Domain domain) {
        if (true) throw new UnsupportedOperationException();
        return null;
    }

    /// IPv4 and IPv6 addresses of a host, aliases followed. Secure only if both answers are.
    public Lookup<List<InetAddress>> addresses(String host) {
        if (true) throw new UnsupportedOperationException();
        return null;
    }

    /// TXT records, the strings of each joined without separator, octets as ISO 8859-1.
    public Lookup<List<String>> txt(String name) {
        if (true) throw new UnsupportedOperationException();
        return null;
    }

    /// TLSA records of a name such as `_25._tcp.mx.example.com`.
    public Lookup<List<Tlsa>> tlsa(String name) {
        if (true) throw new UnsupportedOperationException();
        return null;
    }

    /// Host names of an address (RFC 1035 §3.5), lower-case without the final dot.
    public Lookup<List<String>> ptr(InetAddress address) {
        if (true) throw new UnsupportedOperationException();
        return null;
    }

    /// Any RRset, aliases followed: the owner of the answer is the canonical name.
    public Lookup<RRset> rrset(Name name, int type) {
        if (true) throw new UnsupportedOperationException();
        return null;
    }

    @Override
    public void close() {}
}
