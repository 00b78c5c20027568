package yubin.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import yubin.ledger.Counters;

/// Plays one scenario: a little internet, servers that behave in some way, questions, and the
/// answers that must come. The words of a scenario file, one statement a line, its indented lines
/// below it:
///
/// | statement | what it does |
/// | --- | --- |
/// | `== title` | begins a scenario; what stands before the first is set up for each |
/// | `zone ORIGIN ADDRESS [signed [ALG] [nsec3 ITERATIONS SALT [optout]]]`, records | a zone |
/// | `ready ORIGIN ADDRESS FILE` | a zone that is served as its file (in `zones/`) has it |
/// | `sign ORIGIN [ALG] [nsec3 …]` | signs a zone that was plain |
/// | `now DATE` | the clock, as the dates of signatures are written |
/// | `add ORIGIN`, records | more records of it |
/// | `anchor ORIGIN…`, `insecure NAME`, `set WORD…` | the resolver ([LittleInternet#set]) |
/// | `spoil ORIGIN WAY NAME TYPE` | changes a record after signing ([Spoiler]) |
/// | `server ADDRESS MOOD` | how it answers ([Moods]) |
/// | `reply ADDRESS NAME TYPE [FLAG…]`, records | one answer of its, word by word |
/// | `wait SECONDS` | the clock |
/// | `ask NAME TYPE [do] [cd] [ad] [nord]`, expectations | a question to the resolver |
/// | `query ADDRESS NAME TYPE`, expectations | one with DO to that server itself |
///
/// ALG is an algorithm's number, or `13x10` for ten keys of it. Records of a reply begin with
/// `an`, `ns` or `ar` and perhaps `s` (signed by its zone), `s-expired`, `s-early`, `s-broken`,
/// `s-by=ZONE` or `s-wild=NAME`. Expectations: first the rcode and flags (`ad`, `aa`, `ede=N`),
/// then records as they must be in a section (`an -`: none), or `asked ADDRESS NAME TYPE`,
/// `unasked …`, `questions < N`, `checks < N`. TTLs count when written as `ttl=N` behind the
/// section.
final class Scenario {
    record Line(int number, String text, List<String> block) {
        String[] words() {
            return text.split(" +");
        }
    }

    private final Path file;
    private final String title;
    private final List<Line> lines;
    private final LittleInternet net = new LittleInternet();
    private final Moods moods = new Moods(net);
    private Front front;
    private long checks;
    private int asked;

    private Scenario(Path file, String title, List<Line> lines) {
        this.file = file;
        this.title = title;
        this.lines = lines;
    }

    static Map<String, Scenario> read(Path file) throws IOException {
        Map<String, List<Line>> all = new java.util.LinkedHashMap<>();
        List<Line> before = new ArrayList<>();
        List<Line> now = before;
        int number = 0;
        for (String raw : Files.readAllLines(file)) {
            number++;
            String line = raw.stripTrailing();
            if (line.isEmpty() || line.startsWith("#")) continue;
            if (line.startsWith("== ")) {
                now = new ArrayList<>(before);
                List<Line> twice = all.put(line.substring(3), now);
                assertEquals(null, twice, "two scenarios named " + line);
            } else if (line.startsWith("  ")) {
                now.getLast().block.add(line.strip());
            } else {
                now.add(new Line(number, line, new ArrayList<>()));
            }
        }
        Map<String, Scenario> out = new java.util.LinkedHashMap<>();
        all.forEach((title, lines) -> out.put(title, new Scenario(file, title, lines)));
        return out;
    }

    void play() {
        try (net) {
            for (Line line : lines) {
                try {
                    obey(line, line.words());
                } catch (RuntimeException | AssertionError e) {
                    String at = title + ", line " + line.number + ": " + line.text;
                    throw new AssertionError(at + "\n" + e.getMessage() + "\n" + net.asked, e);
                }
            }
        }
    }

    private void obey(Line line, String[] words) {
        switch (words[0]) {
            case "zone" -> zone(words, String.join("\n", line.block) + "\n");
            case "ready" ->
                    net.ready(words[1], words[2], file.resolveSibling("zones").resolve(words[3]));
            case "sign" -> sign(words, 2);
            case "now" -> net.second.set(RdataText.date(words[1]));
            case "query" -> query(words, line.block);
            case "add" -> net.add(words[1], String.join("\n", line.block) + "\n");
            case "anchor" -> net.anchors(Arrays.copyOfRange(words, 1, words.length));
            case "insecure" -> net.insecure(words[1]);
            case "set" -> net.set(words);
            case "spoil" -> Spoiler.add(net, words);
            case "server" -> moods.set(words);
            case "reply" -> moods.reply(words, line.block);
            case "wait" -> net.second.addAndGet(Long.parseLong(words[1]));
            case "ask" -> ask(words, line.block);
            default -> throw new IllegalArgumentException("unknown word " + words[0]);
        }
    }

    private void zone(String[] words, String records) {
        net.zone(words[1], words[2], records);
        net.unsigned(words[1]);
        if (words.length > 3) sign(words, 4);
    }

    private void sign(String[] words, int from) {
        int at = from;
        int algorithm = Signatures.ECDSAP256;
        int keys = 1;
        if (at < words.length && Character.isDigit(words[at].charAt(0))) {
            String[] each = words[at++].split("x");
            algorithm = Integer.parseInt(each[0]);
            if (each.length > 1) keys = Integer.parseInt(each[1]);
        }
        ZoneSigner.Chain chain = new ZoneSigner.Chain.Nsec();
        if (at < words.length) {
            byte[] salt =
                    words[at + 2].equals("-")
                            ? new byte[0]
                            : java.util.HexFormat.of().parseHex(words[at + 2]);
            chain =
                    new ZoneSigner.Chain.Nsec3(
                            Integer.parseInt(words[at + 1]), salt, words.length > at + 3);
        }
        net.signed(words[1], algorithm, keys, chain);
    }

    // ---- questions ---------------------------------------------------------------------------

    private void start() {
        if (front != null) return;
        moods.install();
        net.start();
        front =
                new Front(
                        net.recursion,
                        new Inquiries(net.recursion, true),
                        null,
                        null,
                        Networks.loopback(),
                        0,
                        Front.Limited.ALL,
                        false);
    }

    private void query(String[] words, List<String> expectations) {
        start();
        MessageWriter out = new MessageWriter(new byte[512]);
        out.begin(4711, 0, 512);
        out.question(new Question(Name.of(words[2]), Type.parse(words[3])));
        out.opt(new Edns(65_535, 0, 0, true, List.of()));
        byte[] octets = net.answer(words[1], out.copy(), false);
        if (!(Message.read(octets, octets.length) instanceof Message answer)) {
            throw new AssertionError("unreadable");
        }
        header(answer, expectations.getFirst().split(" +"));
        boolean authoritative = expectations.getFirst().contains(" aa");
        assertEquals(authoritative, answer.has(Message.AA), "AA in " + show(answer));
        sections(answer, expectations, true);
    }

    private void ask(String[] words, List<String> expectations) {
        start();
        checks = Counters.of("dns.validator.checks").sum();
        asked = net.asked.size();
        List<String> flags = Arrays.asList(words).subList(3, words.length);
        Message answer = answer(Name.of(words[1]), Type.parse(words[2]), flags);
        for (int i = 0; i < expectations.size(); i++) {
            if (i == 0) header(answer, expectations.getFirst().split(" +"));
        }
        sections(answer, expectations, flags.contains("do"));
        for (String each : expectations) traffic(each.split(" +"));
    }

    private Message answer(Name name, int type, List<String> flags) {
        MessageWriter out = new MessageWriter(new byte[512]);
        int bits =
                (flags.contains("nord") ? 0 : Message.RD)
                        | (flags.contains("cd") ? Message.CD : 0)
                        | (flags.contains("ad") ? Message.AD : 0);
        out.begin(4711, bits, 512);
        out.question(new Question(name, type));
        out.opt(new Edns(65_535, 0, 0, flags.contains("do"), List.of()));
        byte[] query = out.copy();
        byte[] response = new byte[65_535];
        CompletableFuture<byte[]> late = new CompletableFuture<>();
        int octets =
                front.answer(
                        query,
                        query.length,
                        response,
                        new Answerer.Path(null, false),
                        (octet, length) -> late.complete(Arrays.copyOf(octet, length)));
        try {
            byte[] got =
                    octets > 0 ? Arrays.copyOf(response, octets) : late.get(9, TimeUnit.SECONDS);
            return switch (Message.read(got, got.length)) {
                case Message message -> message;
                case Reading.Unreadable(var why) -> throw new AssertionError("we sent " + why);
            };
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    private static void header(Message answer, String[] words) {
        String seen = Rcode.name(answer.rcode()) + " " + show(answer);
        assertEquals(words[0], Rcode.name(answer.rcode()), seen);
        List<String> rest = Arrays.asList(words).subList(1, words.length);
        assertEquals(rest.contains("ad"), answer.has(Message.AD), "AD in " + seen);
        for (String word : rest) {
            if (!word.startsWith("ede=")) continue;
            byte[] option = answer.edns().option(Edns.EXTENDED_ERROR);
            assertEquals(word, "ede=" + (option == null ? -1 : Rdata.u16(option, 0)), seen);
        }
        boolean failed = answer.rcode() == Rcode.SERVFAIL;
        if (failed) assertTrue(answer.answer().isEmpty() && answer.authority().isEmpty());
    }

    private static void sections(Message answer, List<String> expectations, boolean dnssec) {
        Map<String, List<RRset>> actual =
                Map.of(
                        "an", answer.answer(),
                        "ns", answer.authority(),
                        "ar", answer.additional());
        Map<String, TreeSet<String>> wanted = new HashMap<>();
        for (String each : expectations.subList(1, expectations.size())) {
            String[] words = each.split(" +", 2);
            if (!actual.containsKey(words[0])) continue;
            TreeSet<String> want = wanted.computeIfAbsent(words[0], _ -> new TreeSet<>());
            if (words[1].equals("-")) continue;
            String text = words[1];
            if (text.startsWith("ttl=")) {
                int ttl = Integer.parseInt(text.substring(4, text.indexOf(' ')));
                text = text.substring(text.indexOf(' ') + 1);
                RRset set = LittleInternet.records(text, Name.ROOT).getFirst();
                RRset found = Message.find(actual.get(words[0]), set.owner(), set.type());
                assertEquals(ttl, found == null ? -1 : found.ttl(), text);
            }
            want.addAll(show(LittleInternet.records(text, Name.ROOT)));
        }
        wanted.forEach(
                (section, want) ->
                        assertEquals(
                                String.join("\n", want),
                                String.join("\n", new TreeSet<>(show(actual.get(section)))),
                                section));
        if (dnssec) return;
        for (List<RRset> section : actual.values()) {
            for (RRset set : section) assertTrue(set.signatures().isEmpty(), "signatures unasked");
        }
    }

    private static String show(Message message) {
        return show(message.answer())
                + " | "
                + show(message.authority())
                + " | "
                + show(message.additional());
    }

    /// A line for each record, without TTL and signatures; NSEC3 owners by number only.
    static List<String> show(List<RRset> sets) {
        List<String> out = new ArrayList<>();
        for (RRset set : sets) {
            for (byte[] rdata : set.rdata()) {
                String data = RdataText.write(set.type(), rdata);
                out.add(set.owner().lower() + " " + Type.name(set.type()) + " " + data);
            }
        }
        return out;
    }

    private void traffic(String[] words) {
        String what = words.length > 3 ? words[1] + " " + words[2] + " " + words[3] : "";
        List<String> since = List.copyOf(net.asked.subList(asked, net.asked.size()));
        switch (words[0]) {
            case "asked" -> assertTrue(since.contains(what), what + " not asked");
            case "unasked" -> assertFalse(since.contains(what), what + " asked");
            case "questions" -> {
                int most = Integer.parseInt(words[2]);
                assertTrue(since.size() < most, since.size() + " questions");
            }
            case "checks" -> {
                long made = Counters.of("dns.validator.checks").sum() - checks;
                assertTrue(made < Integer.parseInt(words[2]), made + " checks");
            }
            default -> {
                // The header and the sections were looked at before.
            }
        }
    }
}
