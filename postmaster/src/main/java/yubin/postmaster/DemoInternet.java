package yubin.postmaster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import yubin.dns.Authority;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.SigningKey;
import yubin.dns.Type;
import yubin.dns.Zone;
import yubin.dns.ZoneFile;
import yubin.dns.ZoneSigner;

/// The closed internet of the demo: a root and the top-level domain `test` on one address. Below
/// them lie the domains of the post offices, each served by its post office itself. All signed: the
/// root's key is the trust anchor.
final class DemoInternet implements AutoCloseable {
    private static final Name TEST = Name.of("test");
    private static final int TTL = 300;

    /// Of one domain: its name server, where that is, and the DS (null: not signed).
    private record Delegation(String server, InetAddress at, String ds) {}

    private final InetAddress at;
    private final SigningKey rootKey = SigningKey.generate(SigningKey.ECDSAP256);
    private final SigningKey testKey = SigningKey.generate(SigningKey.ECDSAP256);
    private final Map<String, Delegation> domains = new LinkedHashMap<>();
    private Authority authority;

    /// @param at the address of the root and of `test`
    DemoInternet(InetAddress at) {
        this.at = at;
    }

    /// Opens the root and `test`.
    void open(int port) throws IOException {
        authority = Authority.open(new InetSocketAddress(at, port), zones());
    }

    /// Delegates `domain` to the name server `server` at `address`, now; what somebody has asked of
    /// it before may be remembered for a while.
    ///
    /// @param ds a DS record as a line, which `yubin dns keys` shows; null: it is not signed
    void delegate(String domain, String server, InetAddress address, String ds) {
        domains.put(domain, new Delegation(server, address, ds));
        authority.replace(zones());
    }

    private List<Zone> zones() {
        StringBuilder test = new StringBuilder("@ IN NS ns\nns IN A " + at.getHostAddress() + "\n");
        domains.forEach(
                (name, delegation) -> {
                    String address = delegation.at.getHostAddress();
                    test.append("%s. IN NS %s.\n".formatted(name, delegation.server));
                    test.append("%s. IN A %s\n".formatted(delegation.server, address));
                    if (delegation.ds != null) test.append(delegation.ds).append('\n');
                });
        String root =
                """
                @        IN NS ns.root.test.
                ns.root.test. IN A %1$s
                test     IN NS ns.test.
                ns.test. IN A %1$s
                """
                        .formatted(at.getHostAddress());
        return List.of(
                signed(Name.ROOT, rootKey, root, List.of(ds(TEST, testKey))),
                signed(TEST, testKey, test.toString(), List.of()));
    }

    private static RRset ds(Name zone, SigningKey key) {
        return new RRset(zone, Type.DS, TTL, List.of(key.ds(zone)));
    }

    private static Zone signed(Name origin, SigningKey key, String records, List<RRset> more) {
        String text =
                "$TTL "
                        + TTL
                        + "\n@ IN SOA ns.root.test. postmaster.root.test. 1 3600 600 86400 300\n"
                        + records;
        List<RRset> sets = new ArrayList<>(more);
        switch (ZoneFile.parse(text, origin)) {
            case ZoneFile.Records(var parsed) -> sets.addAll(parsed);
            case ZoneFile.Malformed bad -> throw new IllegalStateException(origin + ": " + bad);
        }
        Instant now = Instant.now();
        ZoneSigner signer = new ZoneSigner(List.of(key));
        signer.valid(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(14)));
        return Zone.of(origin, signer.sign(origin, sets, new ZoneSigner.Chain.Nsec()));
    }

    /// What a post office needs to know: `[resolver]` of its yubin.toml, root hints and trust
    /// anchor, nothing else.
    String resolver() {
        byte[] ds = rootKey.ds(Name.ROOT);
        int tag = (ds[0] & 0xff) << 8 | ds[1] & 0xff;
        String digest = HexFormat.of().withUpperCase().formatHex(ds, 4, ds.length);
        return """
        [resolver]
        root-hints = ["ns.root.test %s"]
        trust-anchors = [". DS %d %d %d %s"]
        """
                .formatted(SocketAddresses.format(address()), tag, ds[2], ds[3], digest);
    }

    /// Where the root is.
    InetSocketAddress address() {
        return authority.address();
    }

    @Override
    public void close() {
        if (authority != null) authority.close();
    }
}
