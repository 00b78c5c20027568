package yubin.delivery;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import yubin.directory.Directory;
import yubin.directory.Route;
import yubin.dns.Lookup;
import yubin.dns.Mx;
import yubin.dns.Tlsa;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.ReversePath;
import yubin.mime.Message;
import yubin.queue.Inspector;
import yubin.queue.Intake;
import yubin.queue.Item;
import yubin.queue.Job;
import yubin.queue.Letter;
import yubin.queue.Origin;
import yubin.queue.RetryTimes;
import yubin.queue.Submitted;
import yubin.queue.Trail;
import yubin.store.Store;
import yubin.store.Upload;

/// A post office for tests that only sends: a real queue, a DNS made of a map, a clock set by hand.
/// Every host is on loopback, so that two names can stand for two ports only by routes.
final class Town implements AutoCloseable {
    static final Timeouts QUICK =
            new Timeouts(
                    Duration.ofMillis(500),
                    Duration.ofMillis(700),
                    Duration.ofMillis(700),
                    Duration.ofMillis(700),
                    Duration.ofMillis(700),
                    Duration.ofMillis(200));

    static final String TEXT =
            "Subject: hello\r\nMessage-ID: <m1@example.com>\r\n\r\nA letter.\r\n";

    /// For servers that do answer, however busy this machine is.
    static final Timeouts PATIENT =
            new Timeouts(
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(20));

    Timeouts timeouts = PATIENT;
    final Store store;
    final Directory directory;
    final Intake intake;
    final Map<String, Lookup<List<Mx>>> mx = new HashMap<>();
    final Map<String, String> addresses = new HashMap<>();
    final Map<String, Route> routes = new HashMap<>();
    final List<String> transcript = new CopyOnWriteArrayList<>();

    /// The hosts' addresses are proven by DNSSEC.
    boolean signed;

    Function<String, Lookup<List<Tlsa>>> tlsa =
            name -> {
                throw new AssertionError("asked for the TLSA records of an unsigned host");
            };
    private final int port;
    private Instant now = Instant.parse("2026-11-25T01:00:00Z");

    /// @param port where the hosts that the DNS names listen
    Town(Path folder, int port) throws IOException {
        this.port = port;
        InstantSource clock = () -> now;
        store = Store.open(folder.resolve("data"), clock);
        Domain hostname = Domain.of("mail.example.com");
        directory = Directory.open(store, clock, Directory.Settings.of(hostname));
        intake =
                Intake.open(
                        store,
                        directory,
                        Inspector.PASS_ALL,
                        hostname,
                        clock,
                        RetryTimes.standard());
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /// `domain` has one MX, `mx.DOMAIN`, on loopback.
    Town host(String domain) {
        mx.put(domain, answer(List.of(new Mx(10, "mx." + domain))));
        addresses.put("mx." + domain, "127.0.0.1");
        return this;
    }

    /// What the DNS says of names that have no part in DANE.
    static Routes.Names names(
            Function<Domain, Lookup<List<Mx>>> mx,
            Function<String, Lookup<List<InetAddress>>> addresses) {
        return new Routes.Names(
                mx,
                addresses,
                Town::answer,
                Town::answer,
                host -> new Lookup.NoData<>(false),
                name -> new Lookup.NoData<>(false));
    }

    static <T> Lookup<T> answer(T value) {
        return new Lookup.Answer<>(value, false, Duration.ofMinutes(5));
    }

    QueueId send(String text, Envelope envelope) throws IOException {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        try (Upload upload = store.blobs().upload(0)) {
            upload.write(octets, 0, octets.length);
            upload.finish();
            QueueId id = intake.nextId();
            Submitted submitted =
                    intake.submit(
                            Letter.now(id, envelope, upload, Message.parse(octets), Origin.OFFICE));
            if (submitted instanceof Submitted.Accepted) return id;
            throw new AssertionError(submitted.toString());
        }
    }

    QueueId send(String text, String... to) throws IOException {
        List<Recipient> recipients = new ArrayList<>();
        for (String address : to) recipients.add(Recipient.of(Address.of(address)));
        // No return address: what fails is dropped, and no bounce is in the way of the test.
        return send(text, Envelope.of(ReversePath.NULL, recipients));
    }

    Carrier carrier() {
        Routes.Names names =
                new Routes.Names(
                        domain -> mx.getOrDefault(domain.ascii(), new Lookup.NxDomain<>(false)),
                        host ->
                                addresses.containsKey(host)
                                        ? answer(
                                                List.of(InetAddress.ofLiteral(addresses.get(host))))
                                        : new Lookup.NxDomain<>(false),
                        Town::answer,
                        host -> new Lookup.Answer<>(host, signed, Duration.ofMinutes(5)),
                        host -> new Lookup.NoData<>(signed),
                        tlsa);
        Domain hostname = Domain.of("mail.example.com");
        Carrier.Settings settings =
                Carrier.Settings.of(hostname, at -> false)
                        .withPort(port)
                        .withTimeouts(timeouts)
                        .withTranscript((host, line) -> transcript.add(line));
        Routes found =
                new Routes(
                        names,
                        domain -> Optional.ofNullable(routes.get(domain.ascii())),
                        hostname,
                        port,
                        settings.isOurs(),
                        new Random(1));
        return new Carrier(intake.shelf(), store.blobs(), found, settings);
    }

    /// Carries everything that is due.
    void carry() throws InterruptedException {
        Carrier carrier = carrier();
        for (Job job; (job = intake.shelf().take(Duration.ZERO)) != null; ) carrier.visit(job);
    }

    /// State, host and reply of the only recipient that is left on the shelf.
    Item.Waiting left(QueueId id) throws IOException {
        return intake.shelf().orders().show(id).orElseThrow().recipients().getFirst();
    }

    boolean isGone(QueueId id) throws IOException {
        return intake.shelf().orders().show(id).isEmpty();
    }

    /// `WHAT text` of each step but the first two.
    List<String> steps(QueueId id) throws IOException {
        List<Trail.Step> steps = intake.journey().trail(id).orElseThrow().steps();
        return steps.stream()
                .filter(s -> s.what() != Trail.What.ACCEPTED && s.what() != Trail.What.SHELVED)
                .map(s -> s.what() + " " + s.text())
                .toList();
    }

    @Override
    public void close() throws IOException {
        intake.close();
        directory.close();
        store.close();
    }
}
