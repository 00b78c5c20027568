package yubin.jmap;

import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Directory;
import yubin.directory.Login;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.mail.Domain;
import yubin.queue.Intake;
import yubin.search.Catalogue;
import yubin.store.Boxes;
import yubin.store.Store;
import yubin.store.StoreTrouble;
import yubin.store.Upload;
import yubin.store.Uploads;

/// The face of this room: everything that a window which speaks HTTP needs. RFC 8620.
///
/// ```
/// GET  /.well-known/jmap              → session
/// POST apiUrl                         → answer
/// POST uploadUrl, GET downloadUrl     → upload, download
/// EventSource, WebSocket, web push    → watch
/// ```
/// All methods block; call them on a virtual thread.
public final class Jmap {
    /// Requests and uploads of one account at the same time.
    static final int CONCURRENT_REQUESTS_MAX = 16;

    static final int CONCURRENT_UPLOADS_MAX = 8;

    private static final Counters.Counter REQUESTS = Counters.of("jmap.requests");
    private static final Counters.Counter REFUSED = Counters.of("jmap.refused");

    private final Office office;
    private final Api api;
    private final Session session;
    private final Map<String, Function<String, ObjectNode>> transports = new ConcurrentHashMap<>();
    private final Map<AccountId, Semaphore> requests = new ConcurrentHashMap<>();
    private final Map<AccountId, Semaphore> uploads = new ConcurrentHashMap<>();

    /// @param hostname that Received fields and Message-IDs name
    /// @param messageOctetsMax of a letter that is sent or stored
    /// @param uploadOctetsMax of one upload
    public record Settings(Domain hostname, long messageOctetsMax, long uploadOctetsMax) {
        public static Settings of(Domain hostname) {
            return new Settings(hostname, 50L << 20, 50L << 20);
        }
    }

    public Jmap(
            Store store,
            Directory directory,
            Intake intake,
            InstantSource clock,
            Settings settings) {
        this(store, directory, intake, clock, settings, null);
    }

    /// @param catalogue finds words; null: messages are read one by one
    public Jmap(
            Store store,
            Directory directory,
            Intake intake,
            InstantSource clock,
            Settings settings,
            Catalogue catalogue) {
        office =
                new Office(
                        store,
                        directory,
                        intake,
                        clock,
                        settings,
                        new Blobs(store),
                        new Catalog.Shelf(),
                        new PushSubscriptions(store, clock),
                        catalogue);
        Map<String, Map<String, Method>> methods = Methods.all(office);
        session = new Session(office, methods.keySet(), transports);
        Map<String, Map<String, Method>> all = new LinkedHashMap<>(methods);
        all.put(Api.CORE, Methods.core(office));
        api = new Api(all, transports.keySet());
    }

    /// Announces a capability that is a matter of the transport, such as WebSocket.
    ///
    /// @param urn such as `urn:ietf:params:jmap:websocket`
    /// @param capability its object in the session, made from the base URL
    public void transport(String urn, Function<String, ObjectNode> capability) {
        transports.put(urn, capability);
    }

    /// The session resource. RFC 8620 §2.
    ///
    /// @param base such as `https://mail.example.com:8443`, without a slash at the end
    public ObjectNode session(Login login, String base) throws IOException {
        return session.of(login, base);
    }

    /// The `state` of the session resource, and `sessionState` of every response.
    public String sessionState(Login login) {
        return session.state(login);
    }

    /// Carries out a request. RFC 8620 §3.3. Total.
    ///
    /// @param body of the POST, or of a WebSocket message
    public Response answer(Login login, byte[] body) {
        REQUESTS.increment();
        Semaphore free = free(requests, login, CONCURRENT_REQUESTS_MAX);
        if (!free.tryAcquire()) {
            REFUSED.increment();
            return Response.problem(
                    RequestError.limit("maxConcurrentRequests", "too many requests at once"));
        }
        try {
            Boxes boxes = office.store().boxes(login.account());
            Context context = new Context(login, boxes);
            return Response.json(200, api.run(context, body, session.state(login)));
        } catch (RequestError e) {
            REFUSED.increment();
            return Response.problem(e);
        } catch (IOException e) {
            REFUSED.increment();
            return trouble(e);
        } finally {
            free.release();
        }
    }

    /// Takes octets to be used later. RFC 8620 §6.1.
    ///
    /// @param accountId as it stands in the URL
    /// @param type the Content-Type of the request; null for none
    /// @param length its Content-Length, -1 where it says none
    /// @param body read to its end, or no further than what is allowed
    public Response upload(
            Login login, String accountId, String type, long length, InputStream body)
            throws IOException {
        if (!accountId.equals(Ids.account(login.account()))) {
            return Response.problem(404, "this login reaches no account of this id");
        }
        long max = office.settings().uploadOctetsMax();
        if (length > max) return tooLarge(max);
        Semaphore free = free(uploads, login, CONCURRENT_UPLOADS_MAX);
        if (!free.tryAcquire()) {
            return Response.problem(
                    RequestError.limit("maxConcurrentUpload", "too many uploads at once"));
        }
        try (Upload upload = office.store().blobs().upload(login.tenant())) {
            byte[] chunk = new byte[64 << 10];
            for (int n; (n = body.read(chunk)) >= 0; ) {
                if (upload.size() + n > max) return tooLarge(max);
                upload.write(chunk, 0, n);
            }
            upload.finish();
            Uploads.Uploaded kept =
                    office.store()
                            .uploads()
                            .put(
                                    login.account(),
                                    upload,
                                    type == null ? "application/octet-stream" : type);
            return Response.json(
                    201,
                    Api.JSON
                            .createObjectNode()
                            .put("accountId", accountId)
                            .put("blobId", BlobId.upload(kept.id()).toString())
                            .put("type", kept.type())
                            .put("size", kept.blob().size()));
        } catch (StoreTrouble e) {
            return trouble(e);
        } finally {
            free.release();
        }
    }

    /// The octets of a message, a part or an upload; empty for 404. RFC 8620 §6.2.
    public Optional<Download> download(Login login, String accountId, String blobId)
            throws IOException {
        if (!accountId.equals(Ids.account(login.account()))) return Optional.empty();
        return office.blobs().find(office.store().boxes(login.account()), blobId);
    }

    /// Waits for changes of what the login reaches, from now on. Close it at the end.
    ///
    /// @param types names such as `Email`; null for all
    public Watch watch(Login login, Set<String> types) throws IOException {
        return watch(login.account(), types, null);
    }

    /// The same from a place that was known: what changed since then is told at once.
    ///
    /// @param since a [Watch#pushState]; null for now, and what is none of these tells all types
    public Watch watch(AccountId account, Set<String> types, String since) throws IOException {
        return new Watch(office.store().boxes(account), types, since);
    }

    /// The push subscriptions, for whoever sends to them.
    public PushSubscriptions pushSubscriptions() {
        return office.pushes();
    }

    private static Semaphore free(Map<AccountId, Semaphore> of, Login login, int max) {
        return of.computeIfAbsent(login.account(), account -> new Semaphore(max));
    }

    private static Response tooLarge(long max) {
        return Response.problem(413, "an upload may have " + max + " octets here");
    }

    private static Response trouble(IOException e) {
        System.getLogger("yubin.jmap").log(System.Logger.Level.WARNING, e.getMessage());
        return e instanceof StoreTrouble.DiskLow
                ? Response.problem(507, "the disk is nearly full")
                : Response.problem(503, "the store cannot answer now; try again later");
    }
}
