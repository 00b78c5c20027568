package yubin.zones;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import yubin.dns.Lookup;
import yubin.dns.Name;
import yubin.dns.RRset;
import yubin.dns.Resolver;
import yubin.dns.Type;
import yubin.dns.ZoneText;
import yubin.mail.Domain;

/// Compares what the world sees of a domain with what ought to be there, line by line.
final class Comparison {
    /// Questions at once.
    private static final int AT_ONCE = 8;

    private static final int CONNECT_MILLIS = 5_000;

    private final World world;
    private final ZoneSettings settings;
    private final Domain domain;

    /// The zone of ours that has it; null when it lies elsewhere.
    private final Domain zone;

    Comparison(World world, ZoneSettings settings, Domain domain, Domain zone) {
        this.world = world;
        this.settings = settings;
        this.domain = domain;
        this.zone = zone;
    }

    private interface Question {
        Finding ask() throws IOException;
    }

    List<Finding> run(List<Wanted> wanted) throws IOException {
        List<Question> questions = new ArrayList<>();
        questions.add(this::delegation);
        questions.add(this::signed);
        record Place(Name owner, int type) {}
        Map<Place, List<Wanted>> places = new LinkedHashMap<>();
        for (Wanted each : wanted) {
            places.computeIfAbsent(
                            new Place(each.set().owner(), each.set().type()),
                            _ -> new ArrayList<>())
                    .add(each);
        }
        places.forEach((place, all) -> questions.add(() -> compare(place.owner, place.type, all)));
        for (InetAddress address : settings.addresses()) {
            questions.add(() -> reverse(address));
            questions.add(() -> port25(address));
        }
        List<Finding> findings = ask(questions);
        if (!settings.mtaSts().equals("none") && settings.mtaStsObstacle() != null) {
            findings.add(
                    new Finding(
                            Finding.Verdict.HINT,
                            "_mta-sts." + domain.ascii() + ". TXT",
                            "is not published, although dns.mta-sts is \"%s\": %s"
                                    .formatted(settings.mtaSts(), settings.mtaStsObstacle())));
        }
        if (settings.addresses().isEmpty()) {
            findings.add(
                    new Finding(
                            Finding.Verdict.HINT,
                            "dns.addresses",
                            "is empty, so neither addresses nor their names (PTR) were looked at"));
        }
        return findings;
    }

    private static List<Finding> ask(List<Question> questions) throws IOException {
        Semaphore free = new Semaphore(AT_ONCE);
        List<Future<Finding>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Question question : questions) {
                answers.add(
                        threads.submit(
                                () -> {
                                    free.acquire();
                                    try {
                                        return question.ask();
                                    } finally {
                                        free.release();
                                    }
                                }));
            }
            List<Finding> findings = new ArrayList<>();
            for (Future<Finding> answer : answers) findings.add(answer.get());
            return findings;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException("a question failed: " + e.getCause(), e);
        }
    }

    private Finding compare(Name owner, int type, List<Wanted> wanted) {
        String what = owner + " " + Type.name(type);
        String purpose = wanted.getFirst().purpose();
        List<byte[]> want = new ArrayList<>();
        for (Wanted each : wanted) want.addAll(each.set().rdata());
        return switch (world.rrset(owner, type)) {
            case Lookup.Answer<RRset>(var found, _, _) -> judge(what, type, purpose, want, found);
            case Lookup.NoData<RRset> _, Lookup.NxDomain<RRset> _ ->
                    alias(owner, type, what, purpose, want);
            case Lookup.Bogus<RRset>(var why) ->
                    new Finding(
                            Finding.Verdict.BAD,
                            what,
                            "signatures do not fit, so nobody believes it: " + why);
            case Lookup.Unavailable<RRset>(var why, _) ->
                    new Finding(Finding.Verdict.UNKNOWN, what, "could not be asked: " + why);
        };
    }

    private Finding alias(Name owner, int type, String what, String purpose, List<byte[]> want) {
        return new Finding(
                Finding.Verdict.BAD,
                what,
                "is missing (" + purpose + "): add " + texts(type, want));
    }

    private static Finding judge(
            String what, int type, String purpose, List<byte[]> want, RRset found) {
        List<String> missing = new ArrayList<>();
        for (byte[] rdata : want) {
            boolean there = found.rdata().stream().anyMatch(each -> equal(type, rdata, each));
            if (!there) missing.add(text(type, rdata));
        }
        List<String> more = new ArrayList<>();
        for (byte[] rdata : found.rdata()) {
            boolean asked = want.stream().anyMatch(each -> equal(type, rdata, each));
            boolean rival =
                    type != Type.TXT
                            || want.stream()
                                    .anyMatch(
                                            each ->
                                                    OwnRecords.kind(each)
                                                            .equals(OwnRecords.kind(rdata)));
            if (!asked && rival) more.add(text(type, rdata));
        }
        if (missing.isEmpty() && more.isEmpty()) {
            return new Finding(Finding.Verdict.GOOD, what, purpose);
        }
        if (missing.isEmpty()) {
            Finding.Verdict verdict = type == Type.TXT ? Finding.Verdict.BAD : Finding.Verdict.HINT;
            return new Finding(
                    verdict, what, "is there, and beside it: " + String.join(", ", more));
        }
        String seen = more.isEmpty() ? "" : "; seen instead: " + String.join(", ", more);
        return new Finding(
                Finding.Verdict.BAD,
                what,
                "differs (" + purpose + "): add " + String.join(", ", missing) + seen);
    }

    private static String texts(int type, List<byte[]> rdata) {
        return String.join(", ", rdata.stream().map(each -> text(type, each)).toList());
    }

    private static String text(int type, byte[] rdata) {
        return ZoneText.rdata(type, rdata);
    }

    /// TXT records are equal when their strings joined are; names without regard to case.
    private static boolean equal(int type, byte[] one, byte[] other) {
        if (Arrays.equals(one, other)) return true;
        if (type == Type.TXT) return joined(one).equals(joined(other));
        return text(type, one).equalsIgnoreCase(text(type, other));
    }

    static String joined(byte[] rdata) {
        StringBuilder text = new StringBuilder(rdata.length);
        for (int at = 0; at < rdata.length; at += 1 + (rdata[at] & 0xff)) {
            int octets = Math.min(rdata[at] & 0xff, rdata.length - at - 1);
            text.append(new String(rdata, at + 1, octets, StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    /// Whether the world asks our servers for it.
    private Finding delegation() {
        if (zone == null) {
            return new Finding(
                    Finding.Verdict.GOOD,
                    domain.ascii() + ". NS",
                    "the zone lies elsewhere: paste there what `yubin dns records` prints");
        }
        Name name = Name.of(zone.ascii());
        String what = name + " NS";
        return switch (world.rrset(name, Type.NS)) {
            case Lookup.Answer<RRset>(var found, _, _) -> {
                Set<String> seen = new HashSet<>();
                for (byte[] rdata : found.rdata()) seen.add(host(rdata));
                Set<String> ours = new HashSet<>();
                for (Domain server : settings.nameServers()) ours.add(server.ascii());
                if (seen.equals(ours)) {
                    yield new Finding(Finding.Verdict.GOOD, what, "the world asks our servers");
                }
                yield new Finding(
                        Finding.Verdict.BAD,
                        what,
                        "the world asks "
                                + seen
                                + ", ours are "
                                + ours
                                + ": have the registrar delegate the zone");
            }
            case Lookup.NoData<RRset> _, Lookup.NxDomain<RRset> _ ->
                    new Finding(
                            Finding.Verdict.BAD,
                            what,
                            "the zone is not delegated: give the registrar the name servers "
                                    + settings.nameServers());
            case Lookup.Bogus<RRset>(var why) ->
                    new Finding(Finding.Verdict.BAD, what, "signatures do not fit: " + why);
            case Lookup.Unavailable<RRset>(var why, _) ->
                    new Finding(Finding.Verdict.UNKNOWN, what, "could not be asked: " + why);
        };
    }

    private static String host(byte[] rdata) {
        return Name.of(ZoneText.rdata(Type.NS, rdata)).host();
    }

    /// DNSSEC: whether the MX is proven from the root down.
    private Finding signed() {
        String what = domain.ascii() + ". DNSSEC";
        return switch (world.rrset(Name.of(domain.ascii()), Type.MX)) {
            case Lookup.Answer<RRset>(_, var secure, _) -> secure(what, secure);
            case Lookup.NoData<RRset>(var secure) -> secure(what, secure);
            case Lookup.NxDomain<RRset>(var secure) -> secure(what, secure);
            case Lookup.Bogus<RRset>(var why) ->
                    new Finding(
                            Finding.Verdict.BAD,
                            what,
                            "is broken, so careful post offices send you nothing: " + why);
            case Lookup.Unavailable<RRset>(var why, _) ->
                    new Finding(Finding.Verdict.UNKNOWN, what, "could not be asked: " + why);
        };
    }

    private Finding secure(String what, boolean secure) {
        if (secure) {
            return new Finding(Finding.Verdict.GOOD, what, "signed, and proven from the root down");
        }
        String advice =
                zone == null
                        ? "the zone is not signed or the parent has no DS: DANE cannot work"
                        : "the parent has no DS yet: `yubin dns keys "
                                + zone.ascii()
                                + "` shows the one to hand in";
        return new Finding(Finding.Verdict.HINT, what, advice);
    }

    /// The address's name must be ours, and that name must lead back (FCrDNS): many post offices
    /// take no letters otherwise.
    private Finding reverse(InetAddress address) {
        String what = address.getHostAddress() + " PTR";
        String host = settings.hostname().ascii();
        String todo = "have your provider set the reverse name of the address to " + host;
        return switch (world.rrset(Name.of(Resolver.reverse(address)), Type.PTR)) {
            case Lookup.Answer<RRset>(var found, _, _) -> {
                Set<String> names = new HashSet<>();
                for (byte[] rdata : found.rdata()) names.add(host(rdata));
                if (!names.contains(host)) {
                    yield new Finding(
                            Finding.Verdict.BAD,
                            what,
                            "the address is called " + names + ": " + todo);
                }
                yield back(what, host, address);
            }
            case Lookup.NoData<RRset> _, Lookup.NxDomain<RRset> _ ->
                    new Finding(Finding.Verdict.BAD, what, "the address has no name: " + todo);
            case Lookup.Bogus<RRset>(var why) ->
                    new Finding(Finding.Verdict.BAD, what, "signatures do not fit: " + why);
            case Lookup.Unavailable<RRset>(var why, _) ->
                    new Finding(Finding.Verdict.UNKNOWN, what, "could not be asked: " + why);
        };
    }

    private Finding back(String what, String host, InetAddress address) {
        int type = address instanceof Inet4Address ? Type.A : Type.AAAA;
        return switch (world.rrset(Name.of(host), type)) {
            case Lookup.Answer<RRset>(var found, _, _)
                    when found.rdata().stream()
                            .anyMatch(rdata -> Arrays.equals(rdata, address.getAddress())) ->
                    new Finding(Finding.Verdict.GOOD, what, "name and address lead to each other");
            case Lookup.Unavailable<RRset>(var why, _) ->
                    new Finding(Finding.Verdict.UNKNOWN, what, "could not be asked: " + why);
            default ->
                    new Finding(
                            Finding.Verdict.BAD,
                            what,
                            "the address leads to " + host + ", but not back");
        };
    }

    /// Whether somebody answers at port 25 of our own address, as far as this machine can tell.
    private Finding port25(InetAddress address) throws UnknownHostException {
        String what = address.getHostAddress() + " port 25";
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, 25), CONNECT_MILLIS);
            socket.setSoTimeout(CONNECT_MILLIS);
            byte[] greeting = socket.getInputStream().readNBytes(4);
            boolean smtp = new String(greeting, StandardCharsets.US_ASCII).startsWith("220");
            return smtp
                    ? new Finding(
                            Finding.Verdict.GOOD,
                            what,
                            "a post office answers, seen from this machine")
                    : new Finding(
                            Finding.Verdict.BAD, what, "somebody answers, but no post office");
        } catch (IOException e) {
            return new Finding(
                    Finding.Verdict.HINT,
                    what,
                    "cannot be reached from this machine ("
                            + e.getMessage()
                            + "): if the same is so from outside, a firewall or your provider"
                            + " blocks port 25, and no letters come in");
        }
    }
}
