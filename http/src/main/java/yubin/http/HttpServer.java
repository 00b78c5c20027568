package yubin.http;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.context.Context;
import io.helidon.common.mapper.DefaultMapperProvider__ServiceDescriptor;
import io.helidon.common.mapper.MappersFactory__ServiceDescriptor;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.encoding.ContentEncodingContext;
import io.helidon.http.media.MediaContext;
import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ListenerConfig;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.http2.Http2Config;
import io.helidon.webserver.http2.Http2ConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.helidon.webserver.websocket.WsConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import yubin.directory.Directory;
import yubin.dns.DnsOverHttps;
import yubin.dns.Resolver;
import yubin.jmap.Jmap;
import yubin.ledger.Counters;
import yubin.wire.Listener;
import yubin.wire.Wire;
import yubin.zones.ClientSettings;

/// Serves HTTP on connections that a [Listener] accepted: HTTP/2 where TLS agreed on it by ALPN,
/// else HTTP/1.1.
///
/// Bounds, besides those of time in [HttpConnection] and those of connections in the listener:
///
/// ```
/// request line          8 KiB            HTTP/1.1
/// header fields        16 KiB            of one request, both
/// body                 the setting       routes that take little say less
/// requests in work     the setting       of one peer address; 503 beyond. An EventSource or
///                                        WebSocket is a session of its account instead
/// streams             128                of one HTTP/2 connection
/// ```
public final class HttpServer implements Listener.Session, AutoCloseable {
    static final int REQUEST_LINE_OCTETS_MAX = 8 << 10;
    static final int HEADER_OCTETS_MAX = 16 << 10;
    private static final int STREAMS_MAX = 128;

    /// How long requests that are in work have to end when the connection does.
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger("yubin.http");
    private static final Counters.Counter REQUESTS = Counters.of("http.requests");
    private static final Counters.Counter CROWDED = Counters.of("http.requests-refused");
    private static final Counters.Counter FAILED = Counters.of("http.requests-failed");

    /// Helidon looks for services of its own all over the class path, for a third of a second. Only
    /// these two are needed here: they turn text into values.
    static {
        GlobalServiceRegistry.registry(
                ServiceRegistryManager.create(
                                ServiceRegistryConfig.builder()
                                        .discoverServices(false)
                                        .discoverServicesFromServiceLoader(false)
                                        .addServiceDescriptor(
                                                MappersFactory__ServiceDescriptor.INSTANCE)
                                        .addServiceDescriptor(
                                                DefaultMapperProvider__ServiceDescriptor.INSTANCE)
                                        .build())
                        .registry());
    }

    private final ListenerContext listener;
    private final Router router;
    private final ServerConnectionSelector http1;
    private final ServerConnectionSelector http2;
    private final Limit noLimit = FixedLimit.create();
    private final Shares shares;
    private final Waiting waiting;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final ExecutorService streams = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread watcher;
    private volatile boolean closing;

    /// Ties the rooms together; opens nothing.
    ///
    /// @param resolver for the names in letters
    /// @param overHttps answers DNS questions
    /// @param clients how mail programs are set up
    public HttpServer(
            HttpSettings settings,
            Directory directory,
            Jmap jmap,
            Resolver resolver,
            DnsOverHttps overHttps,
            ClientSettings clients,
            InstantSource clock) {
        this(
                settings,
                directory,
                jmap,
                new Outside(Outside.names(resolver)),
                overHttps,
                clients,
                clock);
    }

    HttpServer(
            HttpSettings settings,
            Directory directory,
            Jmap jmap,
            Outside outside,
            DnsOverHttps overHttps,
            ClientSettings clients,
            InstantSource clock) {
        this.shares = new Shares(settings.requestsPerAddressMax());
        this.listener = listenerContext(settings, streams);
        this.waiting = new Waiting(directory);
        Site site = new Site(settings.url());
        Cookies cookies = new Cookies(settings.url());
        Askers askers = new Askers(settings, site, directory, cookies, clock);
        Upgrades upgrades = new Upgrades(askers, jmap, waiting);
        jmap.transport(
                "urn:ietf:params:jmap:websocket",
                base ->
                        Bodies.JSON
                                .createObjectNode()
                                .put("url", "ws" + base.substring(4) + Upgrades.PATH)
                                .put("supportsPush", true));
        HttpRouting.Builder routes = HttpRouting.builder();
        routes.addFilter(this::around);
        routes.error(Problem.class, (request, response, problem) -> problem.send(response));
        routes.error(
                HttpException.class,
                (request, response, refusal) -> Problem.of(refusal.status()).send(response));
        routes.error(IOException.class, (request, response, trouble) -> fail(response, trouble));
        routes.error(RuntimeException.class, (request, response, bug) -> fail(response, bug));
        routes.register(() -> new JmapRoutes(site, askers, jmap));
        LoginRoutes door = new LoginRoutes(askers, cookies, directory, jmap, waiting);
        routes.register(() -> door);
        routes.register(() -> new PasskeyRoutes(settings, site, askers, door, directory));
        routes.register(() -> new PersonRoutes(settings, askers, cookies, directory, waiting));
        ImageProxy proxy = new ImageProxy(askers, outside, directory.key("images"));
        routes.register(() -> proxy);
        routes.register(() -> new LetterView(askers, jmap, proxy));
        routes.register(() -> new Unsubscribing(askers, jmap, outside));
        if (overHttps != null) routes.register(() -> new DnsRoutes(overHttps)); // tests have none
        routes.register(() -> new ClientSettingsRoutes(clients));
        routes.register(() -> new Events(askers, jmap, waiting));
        routes.register(() -> new StaticFiles(settings.web())); // everything else
        this.router = Router.builder().addRouting(routes).build();
        Http1Config config =
                Http1Config.builder()
                        .maxPrologueLength(REQUEST_LINE_OCTETS_MAX)
                        .maxHeadersSize(HEADER_OCTETS_MAX)
                        .sendKeepAliveHeader(false)
                        .addReceiveListener(new HttpConnection.Steps())
                        .addSendListener(new HttpConnection.Answers())
                        .build();
        this.http1 = Http1ConnectionSelector.builder().config(config).addUpgrader(upgrades).build();
        this.http2 =
                Http2ConnectionSelector.builder()
                        .http2Config(
                                Http2Config.builder()
                                        .maxConcurrentStreams(STREAMS_MAX)
                                        .maxHeaderListSize(HEADER_OCTETS_MAX)
                                        .build())
                        .build();
        this.watcher = Thread.ofVirtual().name("http-watcher").start(this::watch);
    }

    private static ListenerContext listenerContext(
            HttpSettings settings, ExecutorService executor) {
        MediaContext media = MediaContext.builder().mediaSupportsDiscoverServices(false).build();
        ContentEncodingContext encodings =
                ContentEncodingContext.builder().contentEncodingsDiscoverServices(false).build();
        DirectHandlers.Builder direct = DirectHandlers.builder();
        for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
            direct.addHandler(event, HttpServer::beforeRouting);
        }
        DirectHandlers handlers = direct.build();
        ListenerConfig config =
                ListenerConfig.builder()
                        .protocolsDiscoverServices(false)
                        .addProtocol(
                                WsConfig.builder()
                                        .maxFrameLength(Socket.MESSAGE_OCTETS_MAX)
                                        .build())
                        .maxPayloadSize(settings.uploadOctetsMax())
                        .mediaContext(media)
                        .contentEncoding(encodings)
                        .directHandlers(handlers)
                        .build();
        Context context = Context.create();
        return new ListenerContext() {
            @Override
            public Context context() {
                return context;
            }

            @Override
            public MediaContext mediaContext() {
                return media;
            }

            @Override
            public ContentEncodingContext contentEncodingContext() {
                return encodings;
            }

            @Override
            public DirectHandlers directHandlers() {
                return handlers;
            }

            @Override
            public ListenerConfig config() {
                return config;
            }

            @Override
            public ExecutorService executor() {
                return executor;
            }
        };
    }

    /// What could not be read far enough to be routed: too long, malformed, forbidden framing.
    private static DirectHandler.TransportResponse beforeRouting(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType event,
            io.helidon.http.Status status,
            io.helidon.http.ServerResponseHeaders headers,
            String message) {
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, "application/problem+json")
                .keepAlive(event.keepAlive())
                .entity(Problem.of(status).octets())
                .build();
    }

    @Override
    public void serve(Wire wire) throws IOException {
        HttpConnection connection = new HttpConnection(wire, listener, router, streams);
        boolean multiplexed = wire.tls() != null && wire.tls().applicationProtocol().equals("h2");
        if (multiplexed) connection.enter(HttpConnection.Phase.STREAMS);
        connections.add(connection);
        try {
            connection.speak(multiplexed ? http2 : http1, noLimit);
        } catch (CloseConnectionException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> wire.id() + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            awaitLastAnswers(connection);
            connections.remove(connection);
        }
    }

    /// Streams of HTTP/2 answer on threads of their own, and may do so after the peer's last word.
    private static void awaitLastAnswers(HttpConnection connection) {
        long due = System.nanoTime() + LAST_ANSWERS.toNanos();
        while (connection.inWork() > 0 && System.nanoTime() - due < 0) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    /// Around every request: its share, the header fields of every answer, the count.
    private void around(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        HttpConnection.Peer peer = (HttpConnection.Peer) request.remotePeer();
        InetAddress address = peer.address().getAddress();
        Guarding.headers(request.isSecure(), response);
        REQUESTS.increment();
        boolean patient = request.path().path().equals(Events.PATH);
        if (!patient && !shares.take(address)) {
            CROWDED.increment();
            Problem.of(503, "crowded", "too many requests at the same time")
                    .retryAfter(1)
                    .send(response);
            return;
        }
        peer.connection().inWork(1);
        try {
            chain.proceed();
        } finally {
            peer.connection().inWork(-1);
            if (!patient) shares.giveBack(address);
        }
    }

    /// Our own fault, or the world's: said without details, logged with them.
    private static void fail(ServerResponse response, Exception e) {
        if (e instanceof UncheckedIOException || e instanceof Wire.Trouble) {
            throw new CloseConnectionException(e.getMessage(), e);
        }
        if (e instanceof CloseConnectionException end) throw end;
        FAILED.increment();
        if (e instanceof IOException) {
            LOG.log(System.Logger.Level.WARNING, "a request failed: " + e.getMessage());
            Problem.of(503, "later", "the server cannot answer now; try again later")
                    .send(response);
        } else {
            LOG.log(System.Logger.Level.ERROR, "a request failed", e);
            Problem.of(500, "fault", "the server has a fault; its log says more").send(response);
        }
    }

    /// Once in a while ends HTTP/2 connections on which nothing is asked any more, or whose bodies
    /// only drip.
    private void watch() {
        while (!closing) {
            LockSupport.parkNanos(5_000_000_000L);
            long now = System.nanoTime();
            for (HttpConnection connection : connections) {
                if (connection.isForgotten(now)) connection.wire().farewell();
                if (connection.isDripping(now)) connection.wire().abort();
            }
        }
    }

    /// Lets nothing new begin; the listeners close the connections.
    @Override
    public void close() {
        closing = true;
        waiting.close();
        LockSupport.unpark(watcher);
        streams.shutdown();
    }
}
