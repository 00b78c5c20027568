package yubin.delivery;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import yubin.delivery.Dialler.Dialled;
import yubin.directory.Directory;
import yubin.dns.Resolver;
import yubin.ledger.Counters;
import yubin.mail.Domain;
import yubin.mail.Reply;
import yubin.queue.Job;
import yubin.queue.Outcome;
import yubin.queue.Shelf;
import yubin.store.Blobs;

/// The carrier: takes letters off the shelf when their time has come, carries each to a host of its
/// destination, and writes down what came of it.
///
/// One virtual thread per destination visit, at most [Settings#parallel] at once, and at most
/// [Shelf#PER_DESTINATION] to one destination. A visit that finds a connection open takes the next
/// letters for the same destination along.
public final class Carrier implements AutoCloseable {
    /// Letters over one connection.
    private static final int LETTERS_MAX = 100;

    private static final System.Logger LOG = System.getLogger("yubin.delivery");
    private static final Counters.Counter ATTEMPTS = Counters.of("delivery.attempts");
    private static final Counters.Counter SENT = Counters.of("delivery.sent");
    private static final Counters.Counter CONNECTIONS = Counters.of("delivery.connections");

    /// @param hostname what we call ourselves in EHLO
    /// @param port of the hosts that the DNS names; 25 but for tests and closed networks
    /// @param isOurs true for an address where we listen ourselves, so that no letter is carried in
    ///     a circle
    /// @param parallel visits at once
    public record Settings(
            Domain hostname,
            int port,
            Predicate<InetSocketAddress> isOurs,
            int parallel,
            Timeouts timeouts,
            Transcript transcript) {
        public static Settings of(Domain hostname, Predicate<InetSocketAddress> isOurs) {
            return new Settings(hostname, 25, isOurs, 200, Timeouts.STANDARD, Transcript.NONE);
        }

        public Settings withPort(int other) {
            return new Settings(hostname, other, isOurs, parallel, timeouts, transcript);
        }

        public Settings withTimeouts(Timeouts other) {
            return new Settings(hostname, port, isOurs, parallel, other, transcript);
        }

        public Settings withTranscript(Transcript other) {
            return new Settings(hostname, port, isOurs, parallel, timeouts, other);
        }
    }

    private final Shelf shelf;
    private final Blobs blobs;
    private final Routes routes;
    private final Dialler dialler;
    private final Settings settings;
    private final Semaphore visits;
    private final Set<SmtpClient> open = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean closing;

    Carrier(Shelf shelf, Blobs blobs, Routes routes, Settings settings) {
        this.shelf = shelf;
        this.blobs = blobs;
        this.routes = routes;
        this.settings = settings;
        this.dialler =
                new Dialler(
                        settings.hostname().ascii(),
                        settings.timeouts(),
                        settings.transcript(),
                        routes::dane,
                        InstantSource.system());
        this.visits = new Semaphore(settings.parallel());
        this.thread = Thread.ofVirtual().name("carrier").unstarted(this::run);
    }

    /// Begins to carry.
    public static Carrier start(
            Shelf shelf, Blobs blobs, Resolver resolver, Directory directory, Settings settings) {
        Routes routes =
                Routes.of(
                        resolver,
                        directory,
                        settings.hostname(),
                        settings.port(),
                        settings.isOurs());
        Carrier carrier = new Carrier(shelf, blobs, routes, settings);
        carrier.begin();
        return carrier;
    }

    void begin() {
        thread.start();
    }

    private void run() {
        while (!closing) {
            try {
                visits.acquire();
                Job job = null;
                try {
                    job = shelf.take(Duration.ofSeconds(5));
                } finally {
                    if (job == null) visits.release();
                }
                if (job == null) continue;
                Job first = job;
                Thread.ofVirtual().name("carry-" + job.id()).start(() -> visitAndRelease(first));
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException bug) {
                // The carrier itself never dies of one letter.
                LOG.log(ERROR, "the carrier stumbled", bug);
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void visitAndRelease(Job job) {
        try {
            visit(job);
        } finally {
            visits.release();
        }
    }

    /// Carries one letter, then others to the same destination while the connection is good.
    void visit(Job first) {
        Job job = first;
        SmtpClient client = null;
        try {
            for (int letters = 0; job != null; letters++) {
                boolean reuse = client != null && client.isUsable() && letters < LETTERS_MAX;
                if (client != null && !reuse) {
                    hangUp(client);
                    client = null;
                }
                client = carry(job, client);
                Job settled = job;
                job = null;
                if (client != null && client.isUsable() && !closing) {
                    job = shelf.another(settled.destination());
                }
            }
        } catch (RuntimeException bug) {
            LOG.log(ERROR, "carrying stumbled", bug);
            if (job != null) {
                Reply reply = Reply.of(451, "4.3.0", "our own mistake: " + bug);
                settle(job, same(job, new Outcome.Later(null, reply, false)));
            }
        } finally {
            if (client != null) hangUp(client);
        }
    }

    /// Settles one letter; returns the connection that is open now, null for none.
    private SmtpClient carry(Job job, SmtpClient connected) {
        ATTEMPTS.increment();
        if (connected != null) {
            SmtpClient.Sent sent = connected.send(job, new Parcel(blobs, job.blob()));
            // A connection that broke, or a host that lacks something, says nothing about the
            // letter: dial as usual.
            if (!sent.elsewhere() || !mayMove(sent.outcomes())) {
                settle(job, sent.outcomes());
                return connected;
            }
            hangUp(connected);
        }
        return switch (routes.find(new Domain(job.destination()))) {
            case Way.None(var reply) -> {
                Outcome outcome =
                        reply.isPermanent()
                                ? new Outcome.Never(null, reply)
                                : new Outcome.Later(null, reply, true);
                settle(job, same(job, outcome));
                yield null;
            }
            case Way.Hosts hosts -> tryAll(job, hosts);
        };
    }

    /// Tries the hosts in order until one takes the letter or says something about it. A host that
    /// only says what it cannot carry (too large, no SMTPUTF8) is passed over like one that is
    /// down. It is the answer when all the others say the same; while one of them may still come
    /// up, the letter waits.
    private SmtpClient tryAll(Job job, Way.Hosts way) {
        List<Outcome> waits = null;
        List<Outcome> lacks = null;
        Outcome turned = null;
        for (Host host : way.hosts()) {
            if (closing && turned != null) break;
            switch (dialler.dial(host, way.route())) {
                case Dialled.Turned(var by, var reply, var reached) -> {
                    LOG.log(INFO, "{0} to {1}: {2}", job.id(), by, reply);
                    turned = better(turned, by, reply, reached);
                }
                case Dialled.Ready(var client) -> {
                    CONNECTIONS.increment();
                    open.add(client);
                    SmtpClient.Sent sent = client.send(job, new Parcel(blobs, job.blob()));
                    List<Outcome> outcomes = sent.outcomes();
                    if (!sent.elsewhere() || !mayMove(outcomes)) {
                        settle(job, outcomes);
                        return client;
                    }
                    if (outcomes.getFirst() instanceof Outcome.Later) waits = outcomes;
                    else lacks = outcomes;
                    hangUp(client);
                }
            }
        }
        if (waits != null) settle(job, waits);
        else if (lacks != null && !(turned instanceof Outcome.Later)) settle(job, lacks);
        else settle(job, same(job, turned));
        return null;
    }

    /// What is told when no host could be used: of several, the one that spoke last, and a refusal
    /// for good only if all said so.
    private static Outcome better(Outcome before, Host host, Reply reply, boolean reached) {
        if (reply.isPermanent()) {
            return before == null || before instanceof Outcome.Never
                    ? new Outcome.Never(host.name(), reply)
                    : before;
        }
        boolean others = before instanceof Outcome.Later later && !later.wholeDestination();
        return new Outcome.Later(host.name(), reply, !reached && !others);
    }

    /// Another host may still take the letter: nobody was refused or served by this one, or it
    /// lacks what the whole letter needs.
    private static boolean mayMove(List<Outcome> outcomes) {
        return outcomes.stream().allMatch(Outcome.Later.class::isInstance)
                || outcomes.stream().allMatch(Outcome.Never.class::isInstance);
    }

    private static List<Outcome> same(Job job, Outcome outcome) {
        return new ArrayList<>(
                java.util.Collections.nCopies(job.envelope().recipients().size(), outcome));
    }

    private void settle(Job job, List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Delivered) SENT.increment();
        }
        shelf.settle(job, outcomes);
    }

    private void hangUp(SmtpClient client) {
        open.remove(client);
        client.quit();
    }

    /// Stops taking letters, lets those on the way arrive for `grace`, then cuts the connections:
    /// their letters are settled as far as they came.
    public void close(Duration grace) {
        closing = true;
        thread.interrupt();
        try {
            if (!visits.tryAcquire(settings.parallel(), grace.toMillis(), TimeUnit.MILLISECONDS)) {
                open.forEach(SmtpClient::abort);
                boolean all = visits.tryAcquire(settings.parallel(), 1, TimeUnit.SECONDS);
                LOG.log(INFO, all ? "carriers were cut" : "carriers were left on the way");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(2));
    }
}
