package yubin.dns;

/// Zones for tests.
final class Zones {
    private Zones() {}

    static final String EXAMPLE =
            """
            $TTL 3600
            @ IN SOA ns1 hostmaster 1 7200 3600 1209600 300
            @ NS ns1
            @ NS ns.other.test.
            ns1 A 192.0.2.1
            ns1 AAAA 2001:db8::1
            @ MX 10 mx
            @ MX 20 mx2.other.test.
            @ TXT "v=spf1 mx -all"
            mx A 192.0.2.3
            mx AAAA 2001:db8::3
            _25._tcp.mx TLSA 3 1 1 abababababababababababababababababababababababababababababababab
            www CNAME mx
            chain CNAME www
            out CNAME host.other.test.
            loop1 CNAME loop2
            loop2 CNAME loop1
            lost CNAME nothing
            *.wild A 192.0.2.5
            *.wild MX 5 mx
            x.y.wild TXT "below a wildcard"
            *.alias CNAME mx
            a.b.ent A 192.0.2.6
            sub NS ns.sub
            sub NS ns.far.test.
            ns.sub A 192.0.2.8
            old DNAME new
            www.new A 192.0.2.9
            _imaps._tcp SRV 0 1 993 mx
            big TXT "%s"
            big TXT "%s"
            big TXT "%s"
            big TXT "%s"
            big TXT "%s"
            big TXT "%s"
            big TXT "%s"
            """
                    .formatted(
                            "1" + "x".repeat(250),
                            "2" + "x".repeat(250),
                            "3" + "x".repeat(250),
                            "4" + "x".repeat(250),
                            "5" + "x".repeat(250),
                            "6" + "x".repeat(250),
                            "7" + "x".repeat(250));

    static final String[] NAMES = {
        "example.com",
        "mx.example.com",
        "www.example.com",
        "nothing.example.com",
        "q.wild.example.com",
        "a.sub.example.com",
        "big.example.com",
        "x.old.example.com",
        "_imaps._tcp.example.com"
    };
}
