package yubin.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// The recursive resolver: from the root down, zone by zone, to the servers that know.
/// RFC 1034 §5.3.3, RFC 9156.
///
/// The work for one question is written as if it were alone; it blocks its virtual thread. Equal
/// exchanges with the same zone at the same time are one (an exchange waits for the network and for
/// nothing else, so joining cannot dead-lock). What is learned goes to two caches: links (answers)
/// and delegations.
final class Recursion implements AutoCloseable {
    /// Zone cuts, aliases and probes on the way to one answer.
    private static final int STEPS_MAX = 64;

    private static final int ALIASES_MAX = 16;

    /// RFC 8767 §4: how long old data may help, and the TTL it goes out with.
    private static final int STALE_SECONDS = 86_400;

    private static final int STALE_TTL = 30;

    /// RFC 8914 §4.4.
    private static final int EDE_STALE = 3;

    /// RFC 9156 §2.3.
    private static final int MINIMISE_COUNT_MAX = 10;

    /// RFC 5011: not more often than each hour.
    private static final long LOOK_AGAIN_SECONDS = 3600;

    private static final System.Logger LOG = System.getLogger("yubin.dns.Recursion");

    /// The key of a name that does not exist, whatever the type asked.
    private static final int NO_NAME = 0;

    final RecursionSettings settings;
    private final Upstream upstream;
    private final Servers servers;
    private final Exchange exchange;
    final Cache<Link> links;
    private final Cache<Delegation> cuts;
    final Validator validator;

    /// Null when proofs answer for their own question only.
    private final Absences absences;

    private final SpecialNames specialNames;
    private final Delegation root;
    private volatile boolean primed;

    /// Null when the anchors stay as they are.
    private final TrustAnchors anchors;

    /// Second of the next look at the keys of each anchored zone.
    private final Map<Name, Long> looks = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<Asked, CompletableFuture<Sift>> exchanges =
            new ConcurrentHashMap<>();

    private record Asked(Name zone, Question question) {}

    Recursion(RecursionSettings settings) throws IOException {
        this.settings = settings;
        this.upstream = new Upstream(settings.sending());
        this.servers = new Servers(settings.sending().firstWait());
        this.exchange = new Exchange(upstream, servers, settings);
        this.links = new Cache<>(settings.clock(), settings.cacheOctets(), Link::octets);
        this.cuts = new Cache<>(settings.clock(), settings.cacheOctets() / 4, Delegation::octets);
        this.absences =
                settings.aggressive() ? new Absences(links, settings.cacheOctets() / 8) : null;
        this.validator = new Validator(this, absences);
        boolean follow = settings.anchorsFile() != null && !settings.anchors().isEmpty();
        this.anchors =
                follow
                        ? new TrustAnchors(
                                settings.anchorsFile(),
                                settings.anchors(),
                                settings.oldAlgorithms())
                        : null;
        if (anchors != null) validator.trust(anchors.trusted());
        this.specialNames = new SpecialNames(settings);
        this.root = new Delegation(Name.ROOT, false, Integer.MAX_VALUE);
        for (RecursionSettings.Hint hint : settings.rootHints()) root.address(hint.address());
        this.primed = !settings.prime();
    }

    /// Forgets everything learned.
    void clear() {
        links.clear();
        cuts.clear();
        validator.clear();
        if (absences != null) absences.clear();
        servers.clear();
    }

    /// Forgets what is known at and below a name; the trust in its zones too.
    int clear(Name name) {
        if (absences != null) absences.clear(name);
        return links.removeUnder(name) + cuts.removeUnder(name) + validator.clear(name);
    }

    /// Whether the recursive servers configured for everything hand DNSSEC on to us; without it
    /// every signed domain would count as forged. From now on nothing is validated if they do not.
    ///
    /// @throws Trouble when they do not answer
    boolean seesSignatures(Work work) throws Trouble {
        if (!settings.forwards().containsKey(Name.ROOT) || !validator.anchorsRoot()) return true;
        // The keys of the root: they exist and are signed, whoever asks.
        Link keys = iterate(new Question(Name.ROOT, Type.DNSKEY), work);
        boolean sees =
                keys.kind == Link.Kind.RECORDS && !keys.answer.getFirst().signatures().isEmpty();
        validator.blind(!sees);
        if (!sees) links.remove(Name.ROOT, Type.DNSKEY);
        return sees;
    }

    /// Looks at the keys of the anchored zones whose time has come, and follows them (RFC 5011).
    /// Returns the seconds until the next look; 0 when there is nothing to follow.
    long followAnchors() {
        if (anchors == null) return 0;
        long soonest = Long.MAX_VALUE;
        for (Name zone : anchors.zones()) {
            long now = links.now();
            // A clock that went back must not put the look off.
            long due = looks.getOrDefault(zone, now);
            if (due <= now || due - now > 16 * 86_400) due = now + look(zone, now);
            looks.put(zone, due);
            soonest = Math.min(soonest, due - now);
        }
        return soonest == Long.MAX_VALUE ? 0 : soonest;
    }

    private long look(Name zone, long now) {
        try {
            long end = System.nanoTime() + settings.deadline().toNanos();
            Link link = iterate(new Question(zone, Type.DNSKEY), new Work(end));
            if (link.kind != Link.Kind.RECORDS) return LOOK_AGAIN_SECONDS;
            TrustAnchors.Look look = anchors.look(zone, link.answer.getFirst(), now);
            validator.trust(anchors.trusted());
            if (!look.believed()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the keys of {0} are not signed by its trust anchor",
                        zone);
            }
            return look.nextSeconds();
        } catch (Trouble e) {
            LOG.log(System.Logger.Level.DEBUG, "keys of {0}: {1}", zone, e.getMessage());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "trust anchors cannot be kept", e);
        }
        return LOOK_AGAIN_SECONDS;
    }

    long cacheOctets() {
        long proofs = absences == null ? 0 : absences.octets();
        return links.octets() + cuts.octets() + validator.cacheOctets() + proofs;
    }

    long cacheEntries() {
        return links.size() + cuts.size();
    }

    @Override
    public void close() {
        upstream.close();
    }

    /// Answers a question with aliases followed. Never throws.
    ///
    /// @param checkingDisabled give bogus data too (RFC 4035 §3.2.2)
    Resolution resolve(Question question, boolean checkingDisabled, Work work) {
        try {
            return follow(question, checkingDisabled, work, false);
        } catch (Trouble e) {
            return Resolution.failed(sentence(question, e.getMessage()), 30, e.extendedError);
        }
    }

    /// Why a name could not be looked up, for a person.
    static String sentence(Question question, String why) {
        return question.name().host() + " cannot be looked up: " + why;
    }

    static String serversOf(Name zone) {
        return zone.isRoot() ? "the root name servers" : "the name servers of " + zone.host();
    }

    /// The same from what is known already; null when that is not enough.
    Resolution known(Question question, boolean checkingDisabled) {
        try {
            return follow(question, checkingDisabled, new Work(System.nanoTime()), true);
        } catch (Trouble e) {
            return null;
        }
    }

    private Resolution follow(
            Question question, boolean checkingDisabled, Work work, boolean cacheOnly)
            throws Trouble {
        List<RRset> answer = new ArrayList<>(2);
        List<RRset> authority = new ArrayList<>(2);
        Set<Name> seen = new HashSet<>(4);
        Name name = question.name();
        int ttl = Cache.TTL_MAX;
        boolean secure = true;
        while (seen.add(name)) {
            if (seen.size() > ALIASES_MAX) throw new Trouble("too many aliases", -1);
            Question now = new Question(name, question.type());
            Cache.Entry<Link> entry = cached(now);
            if (entry == null && cacheOnly) return null;
            int age = entry == null ? 0 : entry.age(links.now());
            Link link = entry == null ? iterate(now, work) : entry.value();
            Link.Verdict verdict = link.verdict();
            if (!checkingDisabled && verdict.is(Link.Security.UNCHECKED)) {
                if (cacheOnly) return null;
                verdict = validator.check(link, work);
            }
            if (verdict.is(Link.Security.BOGUS) && !checkingDisabled) {
                return new Resolution(
                        Resolution.Kind.BOGUS,
                        List.of(),
                        List.of(),
                        false,
                        30,
                        verdict.why(),
                        verdict.extendedError());
            }
            secure &= verdict.is(Link.Security.SECURE);
            if (link.isTooLong()) {
                answer.addAll(Cache.aged(link.answer, age));
                String why = "the name that " + link.answer.getFirst().owner() + " makes of it";
                return new Resolution(
                        Resolution.Kind.FAILED,
                        answer,
                        List.of(),
                        secure,
                        link.ttl,
                        why + " would be too long",
                        -1);
            }
            ttl = Math.max(0, Math.min(ttl, link.ttl - age));
            if (link.validUntil != Long.MAX_VALUE) {
                ttl = (int) Math.max(0, Math.min(ttl, link.validUntil - links.now()));
            }
            answer.addAll(Cache.aged(link.answer, age));
            boolean end = link.kind != Link.Kind.ALIAS || question.type() == Type.CNAME;
            if (end || !link.authority.isEmpty()) addProofs(authority, link, age);
            if (end) {
                List<RRset> additional = List.of();
                if (exchange.beside && !(link.servers.isEmpty() && link.additional.isEmpty())) {
                    boolean judge = verdict.is(Link.Security.SECURE) && !checkingDisabled;
                    if (judge && link.unproven == null && cacheOnly) return null;
                    additional = beside(link, judge, authority, age, work);
                }
                Resolution.Kind kind =
                        switch (link.kind) {
                            case RECORDS, ALIAS -> Resolution.Kind.ANSWER;
                            case NODATA -> Resolution.Kind.NODATA;
                            case NXDOMAIN -> Resolution.Kind.NXDOMAIN;
                        };
                return new Resolution(kind, answer, authority, additional, secure, ttl, "", -1);
            }
            name = link.target();
        }
        throw new Trouble("its aliases run in a circle", -1);
    }

    /// Adds the NS of a link to `authority` and returns its additional records. Of a secure link,
    /// only what is secure too.
    private List<RRset> beside(
            Link link, boolean judge, List<RRset> authority, int age, Work work) {
        List<RRset> unproven = List.of();
        if (judge) {
            unproven = link.unproven;
            if (unproven == null) {
                unproven = validator.unproven(link, work);
                link.unproven = unproven;
            }
        }
        for (RRset set : link.servers) {
            // An NS set that nobody signed may be a forger's, and so may what goes with it.
            if (unproven.contains(set)) return List.of();
            if (Message.find(authority, set.owner(), Type.NS) == null) {
                authority.add(set.withTtl(Math.max(0, set.ttl() - age)));
            }
        }
        List<RRset> additional = new ArrayList<>(link.additional);
        additional.removeAll(unproven);
        return Cache.aged(additional, age);
    }

    /// Keeps what messages say beside their answers, for clients that want whole answers.
    void keepBeside() {
        exchange.beside = true;
    }

    /// A negative answer shows its SOA and proofs; a positive one only the proofs for a wildcard.
    private void addProofs(List<RRset> authority, Link link, int age) {
        boolean negative = link.kind == Link.Kind.NODATA || link.kind == Link.Kind.NXDOMAIN;
        boolean all = exchange.beside && link.kind == Link.Kind.RECORDS;
        for (RRset set : Cache.aged(link.authority, age)) {
            boolean show = negative || all || set.type() != Type.SOA && link.wildcard;
            if (show && Message.find(authority, set.owner(), set.type()) == null) {
                authority.add(set);
            }
        }
    }

    /// The link for a question, from the cache or the network.
    Link link(Question question, Work work) throws Trouble {
        Cache.Entry<Link> entry = cached(question);
        return entry != null ? entry.value() : iterate(question, work);
    }

    /// A fresh link that answers the question; null when there is none.
    Cache.Entry<Link> cached(Question question) {
        Cache.Entry<Link> entry = unended(question);
        return entry == null || entry.value().validUntil > links.now() ? entry : null;
    }

    private Cache.Entry<Link> unended(Question question) {
        Name name = question.name();
        Cache.Entry<Link> entry = links.fresh(name, question.type());
        if (entry != null) return entry;
        Link special = specialNames.link(question);
        if (special != null) return new Cache.Entry<>(special, links.now(), special.ttl);
        entry = links.fresh(name, Type.CNAME);
        if (entry != null && entry.value().kind == Link.Kind.ALIAS) return entry;
        entry = links.fresh(name, NO_NAME);
        if (entry != null && question.type() != Type.DS) return entry;
        // RFC 8020 §2: nothing exists below a name that does not exist, if that is proven.
        Name local = localAbove(question);
        for (Name above = name; !above.equals(local) && !above.isRoot(); ) {
            above = above.parent();
            Cache.Entry<Link> none = links.fresh(above, NO_NAME);
            if (none != null && none.value().verdict().is(Link.Security.SECURE)) return none;
        }
        Link proven = absences == null ? null : absences.link(question, local);
        return proven == null ? null : new Cache.Entry<>(proven, links.now(), proven.ttl);
    }

    /// The closest zone that the operator set, or said to be insecure, at or above a question:
    /// nothing that others prove above it denies what lies below. The root when there is none.
    private Name localAbove(Question question) {
        boolean none =
                settings.stubs().isEmpty()
                        && settings.forwards().isEmpty()
                        && settings.insecure().isEmpty();
        if (none) return Name.ROOT;
        boolean parents = question.type() == Type.DS;
        Name at = parents ? question.name().parent() : question.name();
        for (; !at.isRoot(); at = at.parent()) {
            boolean ours =
                    settings.stubs().containsKey(at)
                            || settings.forwards().containsKey(at)
                            || settings.insecure().contains(at);
            if (ours) return at;
        }
        return Name.ROOT;
    }

    /// The NS set of the deepest zone on the way to a question that we were referred to; null when
    /// none is known. RFC 1034 §4.3.2.
    RRset referral(Question question) {
        Name at = question.name();
        if (question.type() == Type.DS && !at.isRoot()) at = at.parent();
        for (; !at.isRoot(); at = at.parent()) {
            Cache.Entry<Delegation> entry = cuts.fresh(at, Type.NS);
            if (entry == null) continue;
            List<byte[]> hosts = entry.value().named().stream().map(Name::wire).toList();
            if (hosts.isEmpty()) continue;
            return new RRset(at, Type.NS, (int) entry.left(links.now()), hosts);
        }
        return null;
    }

    /// A link in the last tenth of its life, of those that live for a minute at least.
    boolean isNearlyOld(Question question) {
        Cache.Entry<Link> entry = links.entry(question.name(), question.type());
        if (entry == null || entry.ttl() < 60) return false;
        long left = entry.left(links.now());
        return left > 0 && left < entry.ttl() / 10;
    }

    /// Asks again though the answer is known. When that fails the old one serves until its end.
    void refresh(Question question, Work work) {
        try {
            validator.check(iterate(question, work), work);
        } catch (Trouble e) {
            LOG.log(System.Logger.Level.DEBUG, "refresh {0}: {1}", question, e.getMessage());
        }
    }

    /// What was known up to a day ago, when nobody can say better. Never what was bogus.
    /// RFC 8767 §5.
    Resolution stale(Question question) {
        List<RRset> answer = new ArrayList<>(2);
        Name name = question.name();
        boolean secure = true;
        for (int i = 0; i < ALIASES_MAX; i++) {
            Cache.Entry<Link> entry = links.entry(name, question.type());
            if (entry == null) entry = links.entry(name, Type.CNAME);
            if (entry == null || links.now() - entry.at() > entry.ttl() + STALE_SECONDS)
                return null;
            Link link = entry.value();
            boolean known =
                    link.verdict().is(Link.Security.SECURE)
                            || link.verdict().is(Link.Security.INSECURE);
            if (!known || link.kind == Link.Kind.NXDOMAIN || link.kind == Link.Kind.NODATA) {
                return null;
            }
            secure &= link.verdict().is(Link.Security.SECURE);
            for (RRset set : link.answer) answer.add(set.withTtl(STALE_TTL));
            if (link.kind == Link.Kind.RECORDS) {
                return new Resolution(
                        Resolution.Kind.ANSWER,
                        answer,
                        List.of(),
                        secure,
                        STALE_TTL,
                        "",
                        EDE_STALE);
            }
            name = link.target();
        }
        return null;
    }

    private void keep(Link link) {
        int type =
                switch (link.kind) {
                    case RECORDS, NODATA -> link.question.type();
                    case ALIAS -> Type.CNAME;
                    case NXDOMAIN -> NO_NAME;
                };
        links.put(link.question.name(), type, link, link.ttl);
    }

    /// RFC 4035 §4.7: what is bogus is kept for a short time only.
    void keepBogus(Link link, int seconds) {
        int type =
                switch (link.kind) {
                    case RECORDS, NODATA -> link.question.type();
                    case ALIAS -> Type.CNAME;
                    case NXDOMAIN -> NO_NAME;
                };
        Cache.Entry<Link> entry = links.fresh(link.question.name(), type);
        if (entry != null && entry.value() == link) {
            links.put(link.question.name(), type, link, Math.min(link.ttl, seconds));
        }
    }

    // ---- from zone to zone -------------------------------------------------------------------

    private Link iterate(Question question, Work work) throws Trouble {
        prime(work);
        Name name = question.name();
        Delegation zone = closest(question);
        Set<Name> refreshed = new HashSet<>(2);
        Set<Name> hostsTried = new HashSet<>(4);
        int known = zone.zone.labels();
        int probes = 0;
        for (int step = 0; step < STEPS_MAX; step++) {
            Question now = probe(question, zone, known, probes);
            boolean whole = now.name().labels() == name.labels() && now.type() == question.type();
            if (!whole) {
                Cache.Entry<Link> before = cached(now);
                if (before != null && before.value().kind != Link.Kind.NXDOMAIN) {
                    known = now.name().labels();
                    continue;
                }
            }
            Sift sift = ask(zone, now, work, hostsTried);
            switch (sift) {
                case Sift.Told(var link, var more) -> {
                    keep(link);
                    for (Link other : more) keep(other);
                    if (whole || link.kind == Link.Kind.NXDOMAIN && isProven(link, work)) {
                        return link;
                    }
                    probes++;
                    // RFC 9156 §4 in reverse: some servers deny a name that has others below it, so
                    // the whole question decides.
                    known = link.kind == Link.Kind.NXDOMAIN ? name.labels() : now.name().labels();
                }
                case Sift.Referral(var child, var ds) -> {
                    cuts.put(child.zone, Type.NS, child, child.ttl);
                    if (ds != null && links.fresh(child.zone, Type.DS) == null) keep(ds);
                    zone = child;
                    known = child.zone.labels();
                    hostsTried.clear();
                }
                case Sift.Lame(var why) -> {
                    // The delegation may be an old one: the parent is asked again, once.
                    Delegation cached = zone;
                    boolean learned = zone != root && zone.ttl != Integer.MAX_VALUE;
                    if (!learned || !refreshed.add(zone.zone)) throw new Trouble(why, 22);
                    cuts.remove(cached.zone, Type.NS);
                    zone = closest(new Question(cached.zone.parent(), Type.NS));
                    known = zone.zone.labels();
                    hostsTried.clear();
                }
            }
        }
        throw new Trouble("too many zone cuts", 22);
    }

    /// RFC 8020 §2: nothing lies below a name that does not exist, if that is secure.
    private boolean isProven(Link link, Work work) {
        try {
            return validator.check(link, work).is(Link.Security.SECURE);
        } catch (Trouble e) {
            // Then the whole question shows whether the answer can be had.
            return false;
        }
    }

    /// What to ask this zone: no more of the name than it needs. RFC 9156 §2.3.
    private Question probe(Question question, Delegation zone, int known, int probes) {
        Name name = question.name();
        int total = name.labels();
        if (!settings.minimise() || zone.forward || probes >= MINIMISE_COUNT_MAX) return question;
        int next = known + 1;
        // Names with underscores are no zone cuts in practice (RFC 9156 §2.3).
        while (next < total && name.suffix(next).wire()[1] == '_') next++;
        if (next < total) return new Question(name.suffix(next), Type.A);
        // A name right below a top-level zone is nearly always a cut: asked for the same type by
        // all, those questions become one.
        boolean likelyCut =
                next == total
                        && zone.zone.labels() <= 1
                        && zone.zone.labels() == total - 1
                        && question.type() != Type.DS
                        && !zone.zone.isRoot();
        return likelyCut && known < total && probes == 0 ? new Question(name, Type.A) : question;
    }

    /// The deepest known servers for a question; the DS of a zone is asked above it.
    private Delegation closest(Question question) {
        Name at = question.name();
        if (question.type() == Type.DS && !at.isRoot()) at = at.parent();
        for (; ; at = at.parent()) {
            Delegation set = configured(at);
            if (set != null) return set;
            Cache.Entry<Delegation> entry = cuts.fresh(at, Type.NS);
            if (entry != null) return entry.value();
            if (at.isRoot()) return root;
        }
    }

    private final Map<Name, Delegation> configured = new ConcurrentHashMap<>();

    /// A stub or forward zone of the operator; null when there is none at this name.
    private Delegation configured(Name name) {
        boolean forward = settings.forwards().containsKey(name);
        if (!forward && !settings.stubs().containsKey(name)) return null;
        return configured.computeIfAbsent(
                name,
                _ -> {
                    Delegation made = new Delegation(name, forward, Integer.MAX_VALUE);
                    for (InetSocketAddress address :
                            (forward ? settings.forwards() : settings.stubs()).get(name)) {
                        made.address(address);
                    }
                    return made;
                });
    }

    /// Asks the hints once for the current root servers (RFC 8109).
    private void prime(Work work) throws Trouble {
        if (primed) return;
        primed = true;
        Question question = new Question(Name.ROOT, Type.NS);
        if (ask(root, question, work, new HashSet<>()) instanceof Sift.Told(var link, _))
            keep(link);
    }

    // ---- one zone ----------------------------------------------------------------------------

    /// Asks a zone's servers until one gives a useful answer; looks up addresses as needed.
    private Sift ask(Delegation zone, Question question, Work work, Set<Name> hostsTried)
            throws Trouble {
        Sift.Lame last = null;
        while (true) {
            List<InetSocketAddress> addresses = usable(zone);
            if (!addresses.isEmpty()) {
                Sift sift = joined(zone, question, addresses, work);
                if (!(sift instanceof Sift.Lame lame)) return sift;
                last = lame;
            }
            if (!moreAddresses(zone, work, hostsTried)) {
                if (last != null) return last;
                return new Sift.Lame(serversOf(zone.zone) + " have no usable address");
            }
        }
    }

    private Sift joined(
            Delegation zone, Question question, List<InetSocketAddress> addresses, Work work)
            throws Trouble {
        work.asking(zone.zone);
        Asked key = new Asked(zone.zone, question);
        CompletableFuture<Sift> mine = new CompletableFuture<>();
        CompletableFuture<Sift> running = exchanges.putIfAbsent(key, mine);
        if (running == null) {
            try {
                Sift sift = exchange.ask(zone, question, addresses, work);
                mine.complete(sift);
                return sift;
            } finally {
                exchanges.remove(key, mine);
                // Nobody waits for one that ended in trouble.
                mine.complete(new Sift.Lame(serversOf(zone.zone) + " do not answer"));
            }
        }
        try {
            return running.get(Math.max(0, work.left()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Trouble(serversOf(zone.zone) + " do not answer", 22);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Trouble("interrupted", -1);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean moreAddresses(Delegation zone, Work work, Set<Name> hostsTried) throws Trouble {
        while (true) {
            Name host = zone.nextHost(hostsTried);
            if (host == null) return false;
            hostsTried.add(host);
            // Its servers would have to be known to find them.
            if (host.isUnder(zone.zone) && zone.addresses().isEmpty() && !zone.zone.isRoot()) {
                continue;
            }
            if (!work.enter(host)) continue;
            boolean found = false;
            try {
                if (settings.ipv4()) found = addresses(zone, host, Type.A, work);
                if (settings.ipv6() && !found) found = addresses(zone, host, Type.AAAA, work);
            } finally {
                work.leave();
            }
            if (found) {
                zone.found(host);
                return true;
            }
        }
    }

    private boolean addresses(Delegation zone, Name host, int type, Work work) throws Trouble {
        try {
            Link link = link(new Question(host, type), work);
            if (link.kind != Link.Kind.RECORDS) return false;
            zone.glue(link.answer.getFirst(), settings.port());
            return true;
        } catch (Trouble e) {
            if (work.left() <= 0) throw e;
            return false;
        }
    }

    /// Answers that send us to our own networks are rebinding, not name servers; what the operator
    /// set may lie anywhere.
    private List<InetSocketAddress> usable(Delegation zone) {
        boolean anywhere = settings.allowPrivate() || zone.ttl == Integer.MAX_VALUE;
        List<InetSocketAddress> addresses = zone.addresses();
        addresses.removeIf(each -> !usable(each.getAddress(), anywhere));
        return addresses;
    }

    private boolean usable(InetAddress address, boolean anywhere) {
        if (address instanceof Inet4Address ? !settings.ipv4() : !settings.ipv6()) return false;
        if (anywhere) return !address.isAnyLocalAddress();
        return !RecursionSettings.Hint.isPrivate(address);
    }
}
