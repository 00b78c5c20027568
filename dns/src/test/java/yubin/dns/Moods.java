package yubin.dns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// How the servers of a [Scenario] behave: single answers word by word, and moods that change every
/// true answer.
final class Moods {
    private final LittleInternet net;
    private final Map<String, String[]> moods = new ConcurrentHashMap<>();
    private final Map<String, Reply> replies = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private boolean installed;

    private record Reply(Set<String> flags, List<String> records) {}

    Moods(LittleInternet net) {
        this.net = net;
    }

    /// `server ADDRESS MOOD [ARGUMENT]`; the mood `true` is none.
    void set(String[] words) {
        net.server(words[1]);
        moods.put(words[1], words);
    }

    /// `reply ADDRESS NAME TYPE [FLAG…]`; NAME and TYPE may be `*`.
    void reply(String[] words, List<String> records) {
        net.server(words[1]);
        Set<String> flags = Set.of(Arrays.copyOfRange(words, 4, words.length));
        replies.put(words[1] + " " + words[2] + " " + words[3], new Reply(flags, records));
    }

    void install() {
        if (installed) return;
        installed = true;
        net.behave(this::answer);
    }

    /// All packets that the server sends to this query; null: the true answer.
    List<byte[]> answer(String address, byte[] query, Answerer.Path path) {
        Question question = ((Message) Message.read(query, query.length)).question();
        String name = question.name().lower().toString();
        String type = Type.name(question.type());
        for (String key : List.of(name + " " + type, name + " *", "* " + type, "* *")) {
            Reply reply = replies.get(address + " " + key);
            if (reply != null) return List.of(scripted(query, question, reply));
        }
        String[] mood = moods.get(address);
        if (mood == null || mood[2].equals("true")) return null;
        return moody(address, query, question, path, mood);
    }

    // ---- word by word ------------------------------------------------------------------------

    private byte[] scripted(byte[] query, Question question, Reply reply) {
        MessageWriter out = new MessageWriter();
        int flags = Message.QR | Rdata.u16(query, 2) & Message.RD;
        for (String flag : reply.flags) {
            flags |=
                    switch (flag) {
                        case "aa" -> Message.AA;
                        case "ra" -> Message.RA;
                        case "tc" -> Message.TC;
                        case "nxdomain" -> Rcode.NXDOMAIN;
                        case "yxdomain" -> Rcode.YXDOMAIN;
                        case "servfail" -> Rcode.SERVFAIL;
                        case "refused" -> Rcode.REFUSED;
                        default -> throw new IllegalArgumentException("flag " + flag);
                    };
        }
        out.begin(Rdata.u16(query, 0), flags, 65_535);
        out.question(question);
        Map<String, List<RRset>> sections = new HashMap<>();
        for (String line : reply.records) {
            String[] words = line.split(" +", 3);
            boolean mark = words[1].equals("s") || words[1].startsWith("s-");
            String text = mark ? words[2] : line.split(" +", 2)[1];
            String real = text.replace("%q", question.name().toString());
            List<RRset> sets = LittleInternet.records(net.hashes(real), Name.ROOT);
            for (RRset set : sets) {
                RRset whole = mark ? Spoiler.sign(net, set, words[1]) : set;
                merge(sections.computeIfAbsent(words[0], _ -> new ArrayList<>()), whole);
            }
        }
        List<String> order = List.of("an", "ns", "ar");
        for (int i = 0; i < 3; i++) {
            for (RRset set : sections.getOrDefault(order.get(i), List.of())) {
                out.rrset(i + 1, set, true);
            }
        }
        if (Rdata.u16(query, 10) > 0) out.opt(new Edns(true));
        return out.copy();
    }

    /// Records of one RRset on several lines are one set: only the last is signed again.
    private void merge(List<RRset> section, RRset set) {
        RRset before = Message.find(section, set.owner(), set.type());
        if (before == null) {
            section.add(set);
            return;
        }
        List<byte[]> rdata = new ArrayList<>(before.rdata());
        rdata.addAll(set.rdata());
        RRset all = new RRset(set.owner(), set.type(), set.ttl(), rdata);
        boolean signed = !set.signatures().isEmpty();
        section.set(section.indexOf(before), signed ? Spoiler.sign(net, all, "s") : all);
    }

    // ---- moods -------------------------------------------------------------------------------

    private List<byte[]> moody(
            String address, byte[] query, Question question, Answerer.Path path, String[] mood) {
        boolean edns = Rdata.u16(query, 10) > 0;
        byte[] truth = net.answer(address, query, path.udp());
        return switch (mood[2]) {
            case "silent" -> List.of();
            case "servfail" -> List.of(rcode(truth, Rcode.SERVFAIL));
            case "refused" -> List.of(rcode(truth, Rcode.REFUSED));
            case "notauth" -> List.of(rcode(truth, Rcode.NOTAUTH));
            case "notimp" -> List.of(rcode(truth, Rcode.NOTIMP));
            case "formerr" -> List.of(rcode(truth, Rcode.FORMERR));
            case "formerr-edns" -> edns ? List.of(bare(query, Rcode.FORMERR)) : null;
            case "notimp-edns" -> edns ? List.of(bare(query, Rcode.NOTIMP)) : null;
            case "badvers-edns" -> edns ? List.of(badvers(query, question)) : null;
            case "silent-edns" -> edns ? List.of() : null;
            case "servfail-edns" -> edns ? List.of(rcode(truth, Rcode.SERVFAIL)) : null;
            case "tc" -> path.udp() ? List.of(truncated(truth)) : null;
            case "tc-notcp" -> path.udp() ? List.of(truncated(truth)) : List.of();
            case "tc-whole" -> path.udp() ? List.of(flag(truth, 2, 2)) : null;
            case "wrongid" -> List.of(flag(truth, 1, 1));
            case "wrongname" -> List.of(flag(truth, 13, 1));
            case "wrongtype" -> List.of(flag(truth, typeAt(truth), 1));
            case "uppercase" -> List.of(cased(truth));
            case "noquestion" -> List.of(bare(query, Rcode.NOERROR));
            case "query" -> List.of(query);
            case "garbage" -> List.of(garbage(truth));
            case "short" -> List.of(Arrays.copyOf(truth, 7));
            case "cut" -> List.of(Arrays.copyOf(truth, truth.length - 5));
            case "noaa" -> List.of(flag(truth, 2, 4));
            case "ra" -> List.of(flag(flag(truth, 2, 4), 3, 0x80));
            case "stripped" -> List.of(stripped(truth));
            case "otherport" -> elsewhere(path, List.of(truth));
            case "spoofed" -> spoofed(path, truth);
            case "twice" -> List.of(truth, truth);
            case "slow" -> later(Integer.parseInt(mood[3]));
            case "lossy" -> seen.add(address + question) ? List.of() : null;
            case "only" -> question.type() == Type.parse(mood[3]) ? null : List.of();
            case "noent" -> entDenied(truth);
            default -> throw new IllegalArgumentException("mood " + mood[2]);
        };
    }

    private static byte[] rcode(byte[] answer, int rcode) {
        Message m = (Message) Message.read(answer, answer.length);
        MessageWriter out = new MessageWriter();
        out.begin(m.id(), m.flags() & ~15 | rcode, 65_535);
        out.question(m.question());
        if (m.edns() != null) out.opt(new Edns(true));
        return out.copy();
    }

    private static byte[] bare(byte[] query, int rcode) {
        byte[] out = Arrays.copyOf(query, 12);
        out[2] |= (byte) 0x80;
        out[3] = (byte) rcode;
        Arrays.fill(out, 4, 12, (byte) 0);
        return out;
    }

    private static byte[] badvers(byte[] query, Question question) {
        MessageWriter out = new MessageWriter();
        out.begin(Rdata.u16(query, 0), Message.QR, 512);
        out.question(question);
        out.opt(new Edns(1232, 1, 0, true, List.of()));
        return out.copy();
    }

    private static byte[] truncated(byte[] answer) {
        byte[] out = rcode(answer, 0);
        out[2] |= 2;
        return out;
    }

    private static byte[] flag(byte[] answer, int at, int bits) {
        byte[] out = answer.clone();
        out[at] ^= (byte) bits;
        return out;
    }

    private static int typeAt(byte[] answer) {
        return 12 + Rdata.nameOctets(answer, 12, answer.length) + 1;
    }

    private static byte[] cased(byte[] answer) {
        byte[] out = answer.clone();
        int end = typeAt(answer) - 1;
        for (int i = 12; i < end; i++) {
            if (out[i] >= 'a' && out[i] <= 'z') out[i] -= 32;
        }
        return out;
    }

    private static byte[] garbage(byte[] answer) {
        byte[] out = answer.clone();
        for (int i = typeAt(answer) + 3; i < out.length; i++) out[i] = (byte) 0xc0;
        return out;
    }

    private static byte[] stripped(byte[] answer) {
        Message m = (Message) Message.read(answer, answer.length);
        MessageWriter out = new MessageWriter();
        out.begin(m.id(), m.flags(), 65_535);
        out.question(m.question());
        List<List<RRset>> sections = List.of(m.answer(), m.authority(), m.additional());
        for (int i = 0; i < 3; i++) {
            for (RRset set : sections.get(i)) {
                boolean dnssec = set.type() == Type.NSEC || set.type() == Type.NSEC3;
                if (!dnssec && !set.rdata().isEmpty()) out.rrset(i + 1, set, false);
            }
        }
        if (m.edns() != null) out.opt(new Edns(true));
        return out.copy();
    }

    private static List<byte[]> entDenied(byte[] truth) {
        Message m = (Message) Message.read(truth, truth.length);
        boolean empty = m.answer().isEmpty() && m.rcode() == Rcode.NOERROR;
        boolean negative = empty && Message.find(m.authority(), Type.SOA) != null;
        return negative ? List.of(flag(truth, 3, Rcode.NXDOMAIN)) : null;
    }

    private static List<byte[]> elsewhere(Answerer.Path path, List<byte[]> packets) {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.66"))) {
            for (byte[] packet : packets) {
                other.send(new DatagramPacket(packet, packet.length, path.client()));
            }
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A hundred forged answers that come before the true one, with ids that are not the right one.
    private static List<byte[]> spoofed(Answerer.Path path, byte[] truth) {
        if (!path.udp()) return List.of(truth);
        List<byte[]> forged = new ArrayList<>();
        for (int i = 1; i <= 100; i++) {
            byte[] one = truth.clone();
            one[0] ^= (byte) i;
            one[one.length - 12] ^= 1;
            forged.add(one);
        }
        elsewhere(path, forged);
        forged.add(truth);
        return forged;
    }

    private static List<byte[]> later(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return null;
    }
}
