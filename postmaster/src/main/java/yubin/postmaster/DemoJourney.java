package yubin.postmaster;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.dns.Lookup;
import yubin.dns.Mx;
import yubin.dns.Resolver;
import yubin.mail.Domain;
import yubin.mime.MessageJson;

/// The story that the demo tells: a letter from Tokyo to Osaka, an answer back, and a letter to
/// nobody. Every protocol line is the one that was on the wire.
final class DemoJourney {
    private static final DemoTown.Resident ANN = DemoTown.ANN;
    private static final DemoTown.Resident BEN = DemoTown.BEN;

    private final DemoTown town;
    private final PrintWriter story;
    private final long started = System.nanoTime();
    private final ArrayNode letters = Json.list();
    private boolean allArrived = true;
    private volatile boolean brief;

    DemoJourney(DemoTown town, PrintWriter story) {
        this.town = town;
        this.story = story;
        town.cartEar((office, host, line) -> tell("cart of " + office.replace(".test", ""), line));
    }

    /// Tells it all.
    ///
    /// @return true when every letter arrived
    boolean run() {
        title("Two post offices are open");
        line(
                "tokyo.test  mail.tokyo.test  "
                        + town.at(ANN, Service.SMTP).getAddress().getHostAddress()
                        + "  "
                        + ANN.address());
        line(
                "osaka.test  mail.osaka.test  "
                        + town.at(BEN, Service.SMTP).getAddress().getHostAddress()
                        + "  "
                        + BEN.address());
        line(
                "the root of this little internet: "
                        + SocketAddresses.format(town.dns())
                        + ", signed; each post office is the name server of its domain");
        title("How they find each other: root hints, a trust anchor, and nothing else");
        try {
            lookUp();
        } catch (IOException | RuntimeException e) {
            failed("the DNS", e);
        }
        tellOf(
                "a letter from Tokyo to Osaka",
                () -> {
                    try (Caller reader = reader(BEN)) {
                        title("Ann hands in a letter at Tokyo (submission with TLS and a login)");
                        send(ANN, BEN.address(), "会議のお知らせ", "勉さん、\n\n火曜日の三時はいかがですか。\n\nAnn\n");
                        title("Tokyo's cart takes it to Osaka, where Ben is waiting (IMAP IDLE)");
                        arrives(reader);
                        title("Ben reads it");
                        read(reader);
                        brief = true;
                        return Json.object("from", ANN.address(), "to", BEN.address());
                    }
                });
        tellOf(
                "an answer from Osaka to Tokyo",
                () -> {
                    try (Caller reader = reader(ANN)) {
                        title("Ben answers, and Osaka's cart takes it to Tokyo");
                        send(BEN, ANN.address(), "Re: 会議のお知らせ", "アンさん、\n\n三時で大丈夫です。\n\n勉\n");
                        arrives(reader);
                    }
                    title("Ann fetches it over POP3");
                    fetch(ANN);
                    return Json.object("from", BEN.address(), "to", ANN.address());
                });
        tellOf(
                "a bounce for a person who does not exist",
                () -> {
                    try (Caller reader = reader(ANN)) {
                        title("Ann writes to somebody who does not live in Osaka");
                        send(ANN, "nobody@osaka.test", "Are you there?", "Hello?\n");
                        title("Osaka refuses, and Tokyo tells Ann");
                        arrives(reader);
                        bounce(reader);
                        return Json.object("from", ANN.address(), "to", "nobody@osaka.test");
                    }
                });
        title("What Tokyo wrote down (yubin trace " + ANN.address() + ")");
        trace();
        title(
                allArrived
                        ? "All arrived, in " + millis() + " ms."
                        : "Not everything arrived: see above.");
        return allArrived;
    }

    /// What the demo found, for programs.
    ObjectNode result() {
        return Json.object("arrived", allArrived, "milliseconds", millis(), "letters", letters);
    }

    private void tellOf(String what, Callable<ObjectNode> part) {
        long begun = System.nanoTime();
        try {
            ObjectNode letter = part.call();
            letter.put("milliseconds", Duration.ofNanos(System.nanoTime() - begun).toMillis());
            letters.add(letter);
        } catch (Exception e) {
            failed(what, e);
        }
    }

    private void failed(String what, Exception e) {
        allArrived = false;
        String why = e instanceof IOException io ? ConfigFile.reason(io) : e.toString();
        title("FAILED: " + what + ": " + why);
    }

    /// The questions that the carts will ask, by the resolvers that they use: from the root to the
    /// other post office's own name server.
    private void lookUp() throws IOException {
        ask(ANN, BEN);
        ask(BEN, ANN);
    }

    private void ask(DemoTown.Resident from, DemoTown.Resident to) throws IOException {
        Resolver resolver = town.office(from).maps().resolver();
        String who = "dns of " + from.domain().replace(".test", "");
        Domain domain = Domain.of(to.domain());
        List<Mx> exchangers = found(domain + " MX", resolver.mx(domain), who, DemoJourney::texts);
        for (Mx mx : exchangers) {
            found(mx.host() + " A", resolver.addresses(mx.host()), who, DemoJourney::addresses);
        }
    }

    private <T> T found(String question, Lookup<T> lookup, String who, Function<T, String> show)
            throws IOException {
        if (!(lookup instanceof Lookup.Answer<T>(var value, var secure, _))) {
            throw new IOException(question + ": " + lookup);
        }
        String proof = secure ? "  secure" : "  NOT SECURE";
        tell(who, question + "? " + show.apply(value) + proof);
        if (!secure) throw new IOException(question + " is not proven");
        return value;
    }

    private static String texts(List<Mx> exchangers) {
        return exchangers.stream()
                .map(mx -> mx.preference() + " " + mx.host())
                .collect(Collectors.joining(", "));
    }

    private static String addresses(List<InetAddress> addresses) {
        return addresses.stream()
                .map(InetAddress::getHostAddress)
                .collect(Collectors.joining(", "));
    }

    private Caller.Ear ear(String who) {
        return line -> tell(who, line);
    }

    private void send(DemoTown.Resident from, String to, String subject, String text)
            throws IOException {
        String who = from == ANN ? "ann" : "ben";
        String sender = from == ANN ? "Ann <" + ANN.address() + ">" : BEN.address();
        try (Caller door = Caller.connect(town.at(from, Service.SUBMISSION), false, ear(who))) {
            door.smtp(null, "220");
            door.smtp("EHLO laptop." + from.domain(), "250");
            door.smtp("STARTTLS", "220");
            door.startTls();
            door.smtp("EHLO laptop." + from.domain(), "250");
            door.smtp("AUTH PLAIN " + Caller.plain(from.address(), from.password()), "235");
            door.smtp("MAIL FROM:<" + from.address() + ">", "250");
            door.smtp("RCPT TO:<" + to + ">", "250");
            door.smtp("DATA", "354");
            door.data(Letters.plain(sender, to, subject, text));
            door.smtp("QUIT", "221");
        }
    }

    /// Opens the inbox and waits in it. What happens before the wait is not told.
    private Caller reader(DemoTown.Resident resident) throws IOException {
        String who = resident == ANN ? "ann" : "ben";
        boolean[] quiet = {true};
        Caller reader =
                Caller.connect(
                        town.at(resident, Service.IMAPS),
                        true,
                        line -> {
                            if (!quiet[0]) tell(who, line);
                        });
        reader.imapGreeting();
        reader.imap("LOGIN " + resident.address() + " " + resident.password());
        reader.imap("SELECT INBOX");
        quiet[0] = false;
        return reader;
    }

    private static void arrives(Caller reader) throws IOException {
        reader.imapIdle(line -> line.startsWith("* ") && line.endsWith(" EXISTS"));
    }

    private void read(Caller reader) throws IOException {
        List<String> answers = reader.imap("FETCH * (FLAGS INTERNALDATE BODY[])");
        reader.imap("LOGOUT");
        decoded(answers.getFirst());
    }

    private void fetch(DemoTown.Resident resident) throws IOException {
        try (Caller window = Caller.connect(town.at(resident, Service.POP3S), true, ear("ann"))) {
            window.pop3(null, false);
            window.pop3("USER " + resident.address(), false);
            window.pop3("PASS " + resident.password(), false);
            window.pop3("UIDL", true);
            window.pop3("RETR 1", true);
            window.pop3("QUIT", false);
        }
    }

    private void bounce(Caller reader) throws IOException {
        JsonNode json = decoded(reader.quietly().imap("FETCH * BODY[]").getFirst());
        if (!json.path("parts").toString().contains("message/delivery-status")) {
            throw new IOException("what came is no bounce");
        }
    }

    /// Shows what a person reads of a fetched message: its subject and first text.
    private JsonNode decoded(String fetched) {
        String message = fetched.substring(fetched.indexOf("\r\n") + 2, fetched.lastIndexOf(')'));
        JsonNode json = Json.read(MessageJson.of(message.getBytes(StandardCharsets.UTF_8)));
        line("| Subject: " + json.path("subject").asString(""));
        line("|");
        for (JsonNode part : json.path("parts")) {
            if (!part.has("text")) continue;
            part.path("text").asString("").lines().forEach(text -> line("| " + text));
            break;
        }
        return json;
    }

    private void trace() {
        try {
            JsonNode answer =
                    town.office(ANN).clerk().obey(OrderVerb.order("trace", "what", ANN.address()));
            for (JsonNode letter : answer) {
                line(
                        "%s  %s → %s"
                                .formatted(
                                        letter.path("id").asString(),
                                        letter.path("from").asString(),
                                        letter.path("to").path(0).asString()));
                for (JsonNode step : letter.path("steps")) {
                    line(
                            "    %s  %-9s %s"
                                    .formatted(
                                            step.path("time").asString("").substring(11),
                                            step.path("what").asString(),
                                            String.join(
                                                            "  ",
                                                            List.of(
                                                                    step.path("recipient")
                                                                            .asString(""),
                                                                    step.path("where").asString(""),
                                                                    step.path("said").asString("")))
                                                    .strip()));
                }
            }
        } catch (Trouble e) {
            failed("the journey", e);
        }
    }

    private long millis() {
        return Duration.ofNanos(System.nanoTime() - started).toMillis();
    }

    private synchronized void title(String text) {
        story.println();
        story.println(text);
        story.flush();
    }

    private synchronized void line(String text) {
        story.println("  " + text);
        story.flush();
    }

    /// What a server offers is told once; later only the end of a reply of many lines.
    private synchronized void tell(String who, String text) {
        if (brief && text.startsWith("S: 250-")) return;
        story.printf("  %6d ms  %-13s %s%n", millis(), who, text);
        story.flush();
    }
}
