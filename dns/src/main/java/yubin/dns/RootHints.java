package yubin.dns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The root servers and the root's keys as IANA publishes them (named.root of 2024, root-anchors of
/// 2024: KSK-2017 and KSK-2024).
public final class RootHints {
    public static final List<RecursionSettings.Hint> BUILT_IN = builtIn();

    private RootHints() {}

    private static List<RecursionSettings.Hint> builtIn() {
        String table =
                "a 198.41.0.4 2001:503:ba3e::2:30 b 170.247.170.2 2801:1b8:10::b"
                        + " c 192.33.4.12 2001:500:2::c d 199.7.91.13 2001:500:2d::d"
                        + " e 192.203.230.10 2001:500:a8::e f 192.5.5.241 2001:500:2f::f"
                        + " g 192.112.36.4 2001:500:12::d0d h 198.97.190.53 2001:500:1::53"
                        + " i 192.36.148.17 2001:7fe::53 j 192.58.128.30 2001:503:c27::2:30"
                        + " k 193.0.14.129 2001:7fd::1 l 199.7.83.42 2001:500:9f::42"
                        + " m 202.12.27.33 2001:dc3::35";
        List<RecursionSettings.Hint> hints = new ArrayList<>();
        String[] words = table.split(" ");
        for (int i = 0; i < words.length; i += 3) {
            Name name = Name.of(words[i] + ".root-servers.net.");
            for (int j = 1; j < 3; j++) {
                InetAddress address = InetAddress.ofLiteral(words[i + j]);
                hints.add(new RecursionSettings.Hint(name, new InetSocketAddress(address, 53)));
            }
        }
        return List.copyOf(hints);
    }

    public static List<RRset> anchors() {
        return parse(
                ". DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n"
                        + ". DS 38696 8 2"
                        + " 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16\n");
    }

    /// A file like IANA's named.root: NS records of the root and the addresses of their hosts.
    ///
    /// @throws IOException when it cannot be read or names no address, with the line and the reason
    public static List<RecursionSettings.Hint> read(Path file) throws IOException {
        List<RecursionSettings.Hint> hints = new ArrayList<>();
        switch (ZoneFile.read(file, Name.ROOT)) {
            case ZoneFile.Malformed bad -> throw new IOException(file + ", " + bad);
            case ZoneFile.Records(var sets) -> {
                for (RRset set : sets) {
                    if (set.type() != Type.A && set.type() != Type.AAAA) continue;
                    for (byte[] rdata : set.rdata()) {
                        InetAddress address = InetAddress.getByAddress(rdata);
                        InetSocketAddress at = new InetSocketAddress(address, 53);
                        hints.add(new RecursionSettings.Hint(set.owner(), at));
                    }
                }
            }
        }
        if (hints.isEmpty()) throw new IOException(file + ": no address of a root server in it");
        return List.copyOf(hints);
    }

    /// The same as [#parse] from a file.
    ///
    /// @throws IOException with the line and the reason
    public static List<RRset> readAnchors(Path file) throws IOException {
        try {
            return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /// Anchors as DS or DNSKEY lines, with or without TTL and class.
    ///
    /// @throws IllegalArgumentException with the line and the reason
    public static List<RRset> parse(String text) {
        return switch (ZoneFile.parse(text, Name.ROOT)) {
            case ZoneFile.Malformed bad ->
                    throw new IllegalArgumentException("trust anchor, " + bad);
            case ZoneFile.Records(var sets) -> {
                for (RRset set : sets) {
                    if (set.type() != Type.DS && set.type() != Type.DNSKEY) {
                        throw new IllegalArgumentException("trust anchor: DS or DNSKEY expected");
                    }
                }
                yield sets;
            }
        };
    }
}
