package yubin.postmaster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import yubin.delivery.Carrier;
import yubin.dns.Transfers;
import yubin.http.HttpServer;
import yubin.http.HttpSettings;
import yubin.imap.ImapServer;
import yubin.imap.ImapSettings;
import yubin.jmap.Jmap;
import yubin.pop3.Pop3;
import yubin.smtp.Smtp;
import yubin.wire.Listener;
import yubin.wire.Tls;
import yubin.wire.Wire;
import yubin.zones.ClientSettings;
import yubin.zones.Zones;

/// A whole post office, running: an open data folder, its doors and windows, the cart, the hatch.
///
/// It starts from the inside out and closes from the outside in: first nobody new comes in, then
/// sessions end politely, then the cart stops, then the rooms close.
final class PostOffice implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("yubin.postmaster");

    /// How long sessions have to end by themselves when the post office closes.
    private static final Duration GRACE = Duration.ofMillis(2500);

    private static final Duration CARRIER_GRACE = Duration.ofMillis(1500);

    private final Config config;
    private final Consumer<String> say;
    private final Office office;
    private final List<Listener> listeners = new ArrayList<>();
    private final Map<Service, List<InetSocketAddress>> addresses = new EnumMap<>(Service.class);
    private Tls tls;
    private Tls webTls;
    private HttpServer http;
    private ImapServer imap;
    private Pop3 pop3;
    private Hatch hatch;
    private MapRoom maps;
    private Carrier carrier;

    /// Waits to use the next certificate; null: none comes. Guarded by this.
    private Thread reloading;

    private PostOffice(Config config, Consumer<String> say, Office office) {
        this.config = config;
        this.say = say;
        this.office = office;
    }

    /// Opens the data folder and all doors and windows.
    ///
    /// @param say is told in short lines what listens where
    /// @throws Trouble with one clear sentence; everything is closed again then
    static PostOffice open(Config config, Consumer<String> say) throws Trouble {
        return open(config, say, settings -> settings);
    }

    /// The same with other settings for the carrier, as the demo and tests want them.
    static PostOffice open(
            Config config, Consumer<String> say, UnaryOperator<Carrier.Settings> tuning)
            throws Trouble {
        PostOffice post = new PostOffice(config, say, Office.open(config));
        try {
            post.start(tuning);
            return post;
        } catch (Trouble | RuntimeException e) {
            post.close();
            throw e;
        }
    }

    private void start(UnaryOperator<Carrier.Settings> tuning) throws Trouble {
        tls = certificate();
        imap = imap();
        pop3 = pop3();
        maps = MapRoom.open(config.resolver(), config.data());
        maps.watch();
        http = http();
        publish();
        for (Service service : Service.values()) {
            if (!service.built()) continue;
            for (InetSocketAddress at : config.listen().get(service)) open(service, at);
        }
        nameWhatIsNotBuilt();
        Carrier.Settings settings = Carrier.Settings.of(config.hostname(), this::isOurs);
        carrier =
                Carrier.start(
                        office.intake().shelf(),
                        office.store().blobs(),
                        maps.resolver(),
                        office.directory(),
                        tuning.apply(settings));
        try {
            hatch = Hatch.open(config.data(), clerk());
        } catch (IOException e) {
            throw Trouble.server("the command socket cannot be opened: " + ConfigFile.reason(e));
        }
        tell();
        office.catalogue().start(); // last: nobody at the doors waits for it
    }

    /// Our zones are there before the first question can come, with the key of the certificate.
    private void publish() {
        Zones zones = office.zones();
        maps.transfers(new Transfers(config.zones().keys(), zones.policy(), office.clock()));
        zones.certificateUsed(publicKey(tls.certificates()));
        zones.start(maps.resolver()::rrset, maps::publish);
    }

    private static byte[] publicKey(List<X509Certificate> chain) {
        return chain.getFirst().getPublicKey().getEncoded();
    }

    /// True where we take letters from other post offices ourselves.
    private boolean isOurs(InetSocketAddress address) {
        for (InetSocketAddress own : addresses(Service.SMTP)) {
            boolean everywhere = own.getAddress().isAnyLocalAddress();
            if (own.getPort() != address.getPort()) continue;
            if (own.equals(address) || everywhere && isLocal(address.getAddress())) return true;
        }
        return false;
    }

    private static boolean isLocal(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    private Tls certificate() throws Trouble {
        try {
            if (config.certificate() != null) return Tls.load(config.certificate(), config.key());
            Path folder = config.data();
            boolean fresh = !Files.exists(folder.resolve("tls-cert.pem"));
            Tls made = Tls.selfSigned(folder, config.hostname().ascii());
            say.accept(
                    (fresh ? "made a self-signed certificate: " : "self-signed certificate: ")
                            + folder.resolve("tls-cert.pem"));
            return made;
        } catch (IOException e) {
            throw Trouble.server(ConfigFile.reason(e));
        }
    }

    private void open(Service service, InetSocketAddress at) throws Trouble {
        Listener.Limits limits =
                new Listener.Limits(
                        config.connectionsPerAddressMax(), Listener.Limits.DEFAULT.total());
        try {
            if (service == Service.DNS) {
                noteAddress(service, maps.listen(at));
                return;
            }
            Listener listener =
                    Listener.open(service.key(), at, tls(service), limits, session(service));
            listeners.add(listener);
            noteAddress(service, listener.address());
        } catch (IOException e) {
            boolean missingFamily =
                    config.byDefault(service)
                            && at.getAddress() instanceof java.net.Inet6Address
                            && !hasIpv6();
            if (!missingFamily) throw Trouble.server(occupied(service, at, e));
        }
    }

    private void noteAddress(Service service, InetSocketAddress at) {
        addresses.computeIfAbsent(service, s -> new ArrayList<>()).add(at);
    }

    private static String occupied(Service service, InetSocketAddress at, IOException e) {
        String reason = ConfigFile.reason(e);
        // The listener's own sentence names the place too.
        reason = reason.substring(reason.lastIndexOf(": ") + 1).strip();
        return "%s cannot listen on %s: %s"
                .formatted(service.key(), SocketAddresses.format(at), reason);
    }

    /// True when this machine has ::1.
    private static boolean hasIpv6() {
        try (var probe = new java.net.ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// What is spoken there. The windows' sessions share what lies in their server.
    private Listener.Session session(Service service) {
        return switch (service) {
            case SMTP -> door(Smtp.Kind.MX);
            case SUBMISSION, SUBMISSIONS -> door(Smtp.Kind.SUBMISSION);
            case LMTP -> door(Smtp.Kind.LMTP);
            case IMAP, IMAPS -> imap;
            case POP3, POP3S -> pop3;
            case DOT -> maps.overTls();
            case HTTP, HTTPS -> http;
            case DNS, SIEVE -> throw new IllegalStateException(service + " has no session");
        };
    }

    /// The certificate with which TLS begins there; null where it does not.
    private Tls tls(Service service) {
        if (!service.implicitTls()) return null;
        return service == Service.HTTPS ? webTls : tls;
    }

    private HttpServer http() throws Trouble {
        try {
            webTls = tls.offering("h2", "http/1.1");
        } catch (IOException e) {
            throw Trouble.server(ConfigFile.reason(e));
        }
        Jmap jmap =
                new Jmap(
                        office.store(),
                        office.directory(),
                        office.intake(),
                        office.clock(),
                        new Jmap.Settings(
                                config.hostname(),
                                config.messageOctetsMax(),
                                config.messageOctetsMax()),
                        office.catalogue());
        return new HttpServer(
                new HttpSettings(
                        config.hostname().ascii(),
                        config.http().url(),
                        this::mayHearPasswords,
                        config.messageOctetsMax(),
                        config.connectionsPerAddressMax(),
                        config.http().web()),
                office.directory(),
                jmap,
                maps.resolver(),
                maps.overHttps(),
                new ClientSettings(config.zones(), office.directory()::isLocal),
                office.clock());
    }

    private Smtp door(Smtp.Kind kind) {
        Smtp.Settings settings =
                new Smtp.Settings(
                        config.hostname(),
                        Smtp.Plaintext.valueOf(config.plaintext().name()),
                        Smtp.Sender.valueOf(config.sender().name()),
                        config.messageOctetsMax());
        return new Smtp(
                kind,
                settings,
                office.store(),
                office.directory(),
                office.intake(),
                tls,
                office.clock());
    }

    private ImapServer imap() {
        ImapSettings settings =
                new ImapSettings(
                        config.hostname().ascii(),
                        tls,
                        this::mayHearPasswords,
                        config.messageOctetsMax());
        return new ImapServer(
                settings, office.store(), office.directory(), office.catalogue(), office.clock());
    }

    private Pop3 pop3() {
        return new Pop3(
                config.hostname().ascii(),
                office.store(),
                office.directory(),
                tls,
                Pop3.Plaintext.valueOf(config.plaintext().name()));
    }

    /// Whether passwords may come over a connection without TLS.
    private boolean mayHearPasswords(Wire wire) {
        return switch (config.plaintext()) {
            case NEVER -> false;
            case ALWAYS -> true;
            case LOOPBACK -> wire.peer().getAddress().isLoopbackAddress();
        };
    }

    private void nameWhatIsNotBuilt() {
        List<String> names =
                config.named().stream()
                        .filter(service -> !service.built())
                        .sorted()
                        .map(Service::key)
                        .toList();
        if (!names.isEmpty()) {
            say.accept(
                    "not built yet, so these listen keys have no effect: "
                            + String.join(", ", names));
        }
    }

    private void tell() {
        addresses.forEach(
                (service, at) ->
                        say.accept(
                                "%-12s %s"
                                        .formatted(
                                                service.key(),
                                                String.join(
                                                        "  ",
                                                        at.stream()
                                                                .map(SocketAddresses::format)
                                                                .toList()))));
    }

    /// Where a service listens, with the real ports; empty when it is off.
    List<InetSocketAddress> addresses(Service service) {
        return List.copyOf(addresses.getOrDefault(service, List.of()));
    }

    Office office() {
        return office;
    }

    MapRoom maps() {
        return maps;
    }

    /// Carries out orders on this post office.
    DirectClerk clerk() {
        return DirectClerk.of(office, config, maps);
    }

    Config config() {
        return config;
    }

    /// Reads the certificate again: new connections get the new one. When it cannot be read the old
    /// one stays. One with another public key is used when everybody can have seen its TLSA record;
    /// until then the old one goes on.
    void reload() {
        try {
            Instant ready = office.zones().certificateComing(publicKey(tls.coming()));
            if (ready.isAfter(office.clock().instant())) {
                say.accept("the new certificate is used from " + ready + " on, after its TLSA");
                reloadAt(ready);
                return;
            }
            tls.reload();
            office.zones().certificateUsed(publicKey(tls.certificates()));
            say.accept("read the certificate again");
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "the certificate stays the old one: " + ConfigFile.reason(e));
        }
    }

    private synchronized void reloadAt(Instant when) {
        if (reloading != null) reloading.interrupt();
        reloading =
                Thread.ofVirtual()
                        .name("certificate")
                        .start(
                                () -> {
                                    try {
                                        Instant now = office.clock().instant();
                                        Thread.sleep(Duration.between(now, when));
                                        reload();
                                    } catch (InterruptedException e) {
                                        // A newer one comes, or the post office closes.
                                    }
                                });
    }

    @Override
    public void close() {
        if (hatch != null) hatch.close();
        if (maps != null) maps.closeDoors();
        synchronized (this) {
            if (reloading != null) reloading.interrupt();
        }
        if (http != null) http.close();
        office.zones().close();
        List<Thread> closing = new ArrayList<>();
        for (Listener listener : listeners) {
            closing.add(Thread.ofVirtual().start(() -> listener.close(GRACE)));
        }
        if (carrier != null) {
            closing.add(Thread.ofVirtual().start(() -> carrier.close(CARRIER_GRACE)));
        }
        for (Thread thread : closing) {
            try {
                thread.join(GRACE.plusMillis(500));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (maps != null) maps.close();
        office.close();
    }
}
