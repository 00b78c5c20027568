package yubin.dns;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Trust anchors that follow the keys of their zones: a new key is believed when it has stood there
/// for thirty days, signed by one that is believed; one that revokes itself is never believed
/// again. RFC 5011
///
/// The states of a key, and who moves it:
///
/// | state | what | goes to |
/// | --- | --- | --- |
/// | `pending` | seen, not believed | `valid` after the hold-down; forgotten when it goes away |
/// | `valid` | believed | `missing` when it goes away, `revoked` |
/// | `missing` | believed, though not shown | `valid` when it comes back, `revoked` |
/// | `revoked` | it said so itself | nowhere |
///
/// Anchors that were configured are believed as long as no key that they name is `revoked`. When
/// all of a zone are, the zone counts as having no anchor. The file is text, one line a key, with a
/// digest of the configured anchors on top: others begin a new file.
final class TrustAnchors {
    private static final long DAY = 86_400;

    /// RFC 5011: the add hold-down time.
    private static final long HOLD_DOWN_SECONDS = 30 * DAY;

    /// Keys remembered of one zone; more new ones are not looked at.
    private static final int KEYS_MAX = 32;

    private static final int SIGNATURES_MAX = 8;

    private static final String HEAD = "yubin trust anchors 1 ";

    private static final System.Logger LOG = System.getLogger("yubin.dns.TrustAnchors");

    enum State {
        PENDING,
        VALID,
        MISSING,
        REVOKED
    }

    /// @param dnskey RDATA without the REVOKE bit
    /// @param since second at which it came into this state
    private record Key(byte[] dnskey, State state, long since) {
        Key now(State next, long second) {
            return new Key(dnskey, next, second);
        }

        boolean believed() {
            return state == State.VALID || state == State.MISSING;
        }
    }

    /// What looking at a zone's keys came to.
    ///
    /// @param believed an anchor signed them
    /// @param nextSeconds until the next look
    record Look(boolean believed, long nextSeconds) {}

    private final Path file;
    private final List<RRset> configured;
    private final boolean old;
    private final Map<Name, List<Key>> zones = new TreeMap<>();

    /// Reads the file; without one, or with one for other anchors, begins anew.
    ///
    /// @throws IOException when it cannot be read or is damaged, with the line
    TrustAnchors(Path file, List<RRset> configured, boolean old) throws IOException {
        this.file = file;
        this.configured = List.copyOf(configured);
        this.old = old;
        if (Files.exists(file)) read();
    }

    /// Zones that have anchors.
    Set<Name> zones() {
        Set<Name> names = new LinkedHashSet<>();
        for (RRset set : configured) names.add(set.owner());
        return names;
    }

    /// What is believed now, by zone: DNSKEY sets of known keys, and what was configured.
    synchronized Map<Name, List<RRset>> trusted() {
        Map<Name, List<RRset>> trusted = new HashMap<>();
        for (RRset set : configured) {
            List<byte[]> left = new ArrayList<>(set.rdata());
            left.removeIf(each -> isRevoked(set.owner(), set.type(), each));
            if (left.isEmpty()) continue;
            trusted.computeIfAbsent(set.owner(), _ -> new ArrayList<>(2))
                    .add(new RRset(set.owner(), set.type(), set.ttl(), left));
        }
        zones.forEach(
                (zone, keys) -> {
                    List<byte[]> believed =
                            keys.stream().filter(Key::believed).map(Key::dnskey).toList();
                    if (believed.isEmpty()) return;
                    trusted.computeIfAbsent(zone, _ -> new ArrayList<>(2))
                            .add(new RRset(zone, Type.DNSKEY, 3600, believed));
                });
        return trusted;
    }

    private boolean isRevoked(Name zone, int type, byte[] anchor) {
        for (Key key : zones.getOrDefault(zone, List.of())) {
            if (key.state == State.REVOKED && names(zone, type, anchor, key.dnskey)) return true;
        }
        return false;
    }

    /// True when an anchor is this key, or a DS of it.
    private static boolean names(Name zone, int type, byte[] anchor, byte[] dnskey) {
        if (type == Type.DNSKEY) return Arrays.equals(anchor, dnskey);
        boolean like =
                anchor.length > 4
                        && Rdata.u16(anchor, 0) == Signatures.tag(dnskey)
                        && anchor[2] == dnskey[3];
        if (!like) return false;
        byte[] digest = Signatures.digest(anchor[3] & 0xff, zone, dnskey);
        return digest != null && Arrays.equals(digest, 0, digest.length, anchor, 4, anchor.length);
    }

    // ---- a look at a zone --------------------------------------------------------------------

    /// Takes in the DNSKEY set of a zone as its servers show it now, and writes down what changed.
    ///
    /// @throws IOException when that cannot be written; then nothing has changed
    synchronized Look look(Name zone, RRset set, long now) throws IOException {
        List<Key> before = zones.getOrDefault(zone, List.of());
        List<Key> keys = new ArrayList<>(before);
        revoke(zone, set, keys, now);
        boolean believed = isSigned(zone, set, keys, now);
        if (believed) {
            age(set, keys, now);
            add(zone, set, keys, now);
        }
        if (!keys.equals(before)) keep(zone, keys, before);
        return new Look(believed, next(set, believed, now));
    }

    /// A key that is or was believed and shows the REVOKE bit in a set that it signed itself.
    private void revoke(Name zone, RRset set, List<Key> keys, long now) {
        for (byte[] shown : set.rdata()) {
            if (!isKey(shown) || !revokes(shown)) continue;
            byte[] plain = withoutRevoke(shown);
            int at = find(keys, plain);
            boolean known = at >= 0 && keys.get(at).believed();
            boolean anchored = at < 0 && isConfigured(zone, plain);
            if (!known && !anchored || !signs(zone, set, shown, plain, now)) continue;
            if (at >= 0) keys.set(at, keys.get(at).now(State.REVOKED, now));
            else if (keys.size() < KEYS_MAX) keys.add(new Key(plain, State.REVOKED, now));
        }
    }

    /// A believed key, or one that was configured, signed the set.
    private boolean isSigned(Name zone, RRset set, List<Key> keys, long now) {
        for (byte[] shown : set.rdata()) {
            if (!isKey(shown) || revokes(shown)) continue;
            int at = find(keys, shown);
            boolean trusted =
                    at >= 0 && keys.get(at).state != State.PENDING
                            ? keys.get(at).believed()
                            : isConfigured(zone, shown);
            if (trusted && signs(zone, set, shown, shown, now)) return true;
        }
        return false;
    }

    private boolean isConfigured(Name zone, byte[] dnskey) {
        for (RRset anchor : configured) {
            if (!anchor.owner().equals(zone)) continue;
            for (byte[] each : anchor.rdata()) {
                if (names(zone, anchor.type(), each, dnskey)) return true;
            }
        }
        return false;
    }

    /// @param shown the key as it stands in the set, whose tag the signature has
    /// @param plain without the REVOKE bit, with which no key would be made
    private boolean signs(Name zone, RRset set, byte[] shown, byte[] plain, long now) {
        Signatures.Key key = Signatures.key(plain, old);
        if (key == null) return false;
        int looked = 0;
        for (byte[] rrsig : set.signatures()) {
            if (++looked > SIGNATURES_MAX * 4) return false;
            boolean ours =
                    Rdata.u16(rrsig, 16) == Signatures.tag(shown)
                            && (rrsig[2] & 0xff) == key.algorithm()
                            && (rrsig[3] & 0xff) == zone.labels()
                            && Rdata.nameAt(rrsig, 18).equals(zone);
            if (!ours) continue;
            boolean inTime =
                    Rdata.u32(rrsig, 8) - (int) now >= 0 && (int) now - Rdata.u32(rrsig, 12) >= 0;
            if (inTime && Signatures.verify(rrsig, set, key)) return true;
        }
        return false;
    }

    /// Known keys: those that went, came back, or have waited for long enough.
    private void age(RRset set, List<Key> keys, long now) {
        List<Key> left = new ArrayList<>(keys.size());
        for (Key key : keys) {
            boolean shown = set.rdata().stream().anyMatch(each -> Arrays.equals(each, key.dnskey));
            switch (key.state) {
                case REVOKED -> left.add(key);
                case VALID -> left.add(shown ? key : key.now(State.MISSING, now));
                case MISSING -> left.add(shown ? key.now(State.VALID, now) : key);
                case PENDING -> {
                    if (!shown) continue;
                    // RFC 5011: thirty days, or the TTL where that is longer.
                    boolean held = now - key.since >= Math.max(HOLD_DOWN_SECONDS, set.ttl());
                    left.add(held ? key.now(State.VALID, now) : key);
                }
            }
        }
        keys.clear();
        keys.addAll(left);
    }

    private void add(Name zone, RRset set, List<Key> keys, long now) {
        for (byte[] shown : set.rdata()) {
            boolean entry = isKey(shown) && (shown[1] & 1) != 0 && !revokes(shown);
            if (!entry || keys.size() >= KEYS_MAX || Signatures.key(shown, old) == null) continue;
            int at = find(keys, shown);
            boolean configured = isConfigured(zone, shown);
            if (at < 0) {
                keys.add(new Key(shown, configured ? State.VALID : State.PENDING, now));
            } else if (configured && keys.get(at).state == State.PENDING) {
                keys.set(at, keys.get(at).now(State.VALID, now));
            }
        }
    }

    private static boolean isKey(byte[] dnskey) {
        return dnskey.length > 4 && (dnskey[0] & 1) != 0 && dnskey[2] == 3;
    }

    private static boolean revokes(byte[] dnskey) {
        return (dnskey[1] & 0x80) != 0;
    }

    private static byte[] withoutRevoke(byte[] dnskey) {
        byte[] plain = dnskey.clone();
        plain[1] &= 0x7f;
        return plain;
    }

    private static int find(List<Key> keys, byte[] dnskey) {
        for (int i = 0; i < keys.size(); i++) {
            if (Arrays.equals(keys.get(i).dnskey, dnskey)) return i;
        }
        return -1;
    }

    /// RFC 5011: half of the TTL or of the life of the signatures, between an hour and 15 days;
    /// after a failure a tenth, a day at most.
    private static long next(RRset set, boolean believed, long now) {
        long life = set.ttl();
        for (byte[] rrsig : set.signatures()) {
            long left = Rdata.u32(rrsig, 8) - (int) now;
            if (left > 0) life = Math.min(life, left);
        }
        return believed ? Math.clamp(life / 2, 3600, 15 * DAY) : Math.clamp(life / 10, 3600, DAY);
    }

    // ---- the file ----------------------------------------------------------------------------

    private void keep(Name zone, List<Key> keys, List<Key> before) throws IOException {
        List<Key> earlier = zones.put(zone, List.copyOf(keys));
        try {
            write();
        } catch (IOException e) {
            if (earlier == null) zones.remove(zone);
            else zones.put(zone, earlier);
            throw e;
        }
        for (Key key : keys) {
            int at = find(before, key.dnskey);
            if (at >= 0 && before.get(at).state == key.state) continue;
            boolean bad = key.state == State.REVOKED || key.state == State.MISSING;
            LOG.log(
                    bad ? System.Logger.Level.WARNING : System.Logger.Level.INFO,
                    "trust anchor of {0}, key {1}: {2}",
                    zone,
                    Integer.toString(Signatures.tag(key.dnskey)),
                    key.state.name().toLowerCase(Locale.ROOT));
        }
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder("; ").append(HEAD).append(digest()).append('\n');
        zones.forEach(
                (zone, keys) -> {
                    for (Key key : keys) {
                        text.append(key.state.name().toLowerCase(Locale.ROOT))
                                .append(' ')
                                .append(key.since)
                                .append(' ')
                                .append(zone)
                                .append(" DNSKEY ")
                                .append(RdataText.write(Type.DNSKEY, key.dnskey))
                                .append('\n');
                    }
                });
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void read() throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        String head = lines.isEmpty() ? "" : lines.getFirst();
        if (!head.startsWith("; " + HEAD)) throw damaged(1, "is no file of trust anchors");
        if (!head.equals("; " + HEAD + digest())) {
            LOG.log(System.Logger.Level.INFO, "other trust anchors are configured: begun anew");
            return;
        }
        for (int i = 1; i < lines.size(); i++) {
            String[] words = lines.get(i).split(" ", 3);
            try {
                State state = State.valueOf(words[0].toUpperCase(Locale.ROOT));
                long since = Long.parseLong(words[1]);
                RRset set = RootHints.parse(words[2]).getFirst();
                List<Key> keys = new ArrayList<>(zones.getOrDefault(set.owner(), List.of()));
                keys.add(new Key(set.rdata().getFirst(), state, since));
                zones.put(set.owner(), keys);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw damaged(i + 1, "cannot be read");
            }
        }
    }

    private IOException damaged(int line, String why) {
        return new IOException(
                file + ", line " + line + " " + why + "; without the file it is begun anew");
    }

    /// Of the anchors that were configured.
    private String digest() {
        StringBuilder text = new StringBuilder();
        for (RRset set : configured) text.append(String.join("\n", ZoneText.lines(set)));
        try {
            byte[] octets = text.toString().getBytes(StandardCharsets.ISO_8859_1);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(octets);
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
