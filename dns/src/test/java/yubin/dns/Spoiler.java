package yubin.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// Makes what is signed wrong in one way, and signs what a [Scenario] writes by hand.
final class Spoiler {
    private Spoiler() {}

    /// `spoil ORIGIN WAY NAME TYPE [ARGUMENT]`.
    static void add(LittleInternet net, String[] words) {
        Name name = Name.of(words[3]);
        int type = Type.parse(words[4]);
        String how = words[2];
        UnaryOperator<RRset> change =
                set -> {
                    if (!set.owner().equals(name) || set.type() != type) return set;
                    return changed(net, words, how, set);
                };
        net.edit(
                words[1],
                sets -> {
                    List<RRset> out = new ArrayList<>(sets.size());
                    for (RRset set : sets) {
                        RRset changed = change.apply(set);
                        if (changed != null) out.add(changed);
                    }
                    return out;
                });
    }

    private static RRset changed(LittleInternet net, String[] words, String how, RRset set) {
        return switch (how) {
            case "remove" -> null;
            case "unsigned" -> new RRset(set.owner(), set.type(), set.ttl(), set.rdata());
            case "flooded" -> flooded(set, Integer.parseInt(words[5]));
            case "byte" -> byteChanged(net, words, set);
            default -> sign(net, set, "s-" + how);
        };
    }

    /// So many wrong signatures (CVE-2023-50387).
    private static RRset flooded(RRset set, int count) {
        List<byte[]> bad = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] copy = set.signatures().getFirst().clone();
            copy[copy.length - 1] ^= (byte) (1 + i);
            copy[copy.length - 2] ^= (byte) i;
            bad.add(copy);
        }
        return new RRset(set.owner(), set.type(), set.ttl(), set.rdata(), bad);
    }

    /// Octet words[5] of the first RDATA becomes words[6]; signed anew, so that only this is odd.
    private static RRset byteChanged(LittleInternet net, String[] words, RRset set) {
        List<byte[]> rdata = new ArrayList<>(set.rdata());
        byte[] first = rdata.getFirst().clone();
        first[Integer.parseInt(words[5])] = (byte) Integer.parseInt(words[6]);
        rdata.set(0, first);
        RRset other = new RRset(set.owner(), set.type(), set.ttl(), rdata);
        return net.signer(words[1]).signed(Name.of(words[1]), other);
    }

    /// @param how `s`, or `s-expired`, `s-early`, `s-broken`, `s-by=ZONE`, `s-wild=NAME`
    static RRset sign(LittleInternet net, RRset set, String how) {
        Name zone = net.signerOf(set.owner(), set.type() == Type.DS);
        if (how.startsWith("s-by=")) zone = Name.of(how.substring(5));
        ZoneSigner signer = net.signer(zone.toString());
        Duration day = Duration.ofDays(1);
        switch (how) {
            case "s-expired" ->
                    signer.valid(LittleInternet.NOW.minus(day), LittleInternet.NOW.minusSeconds(1));
            case "s-early" ->
                    signer.valid(LittleInternet.NOW.plusSeconds(60), LittleInternet.NOW.plus(day));
            case "s-soon" ->
                    signer.valid(LittleInternet.NOW.minus(day), LittleInternet.NOW.plusSeconds(40));
            default ->
                    signer.valid(
                            LittleInternet.NOW.minus(day),
                            LittleInternet.NOW.plus(Duration.ofDays(14)));
        }
        RRset from = set;
        if (how.startsWith("s-wild=")) from = set.withOwner(Name.of(how.substring(7)));
        RRset signed = signer.signed(zone, from).withOwner(set.owner());
        signer.valid(LittleInternet.NOW.minus(day), LittleInternet.NOW.plus(Duration.ofDays(14)));
        if (!how.equals("s-broken")) return signed;
        byte[] bad = signed.signatures().getFirst().clone();
        bad[bad.length - 1] ^= 1;
        return new RRset(set.owner(), set.type(), set.ttl(), set.rdata(), List.of(bad));
    }
}
