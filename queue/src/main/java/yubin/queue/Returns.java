package yubin.queue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import yubin.assist.Bounce;
import yubin.assist.BounceReader;
import yubin.assist.Reading;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.QueueId;
import yubin.mail.ReversePath;
import yubin.queue.Trail.Returned;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;
import yubin.store.Batch;
import yubin.store.StoreTrouble;

/// Ties an error mail that comes in to the letter that went out from here.
///
/// Anybody can write an error mail, so it is believed only as far as our own journeys bear it out.
/// The letter is found by what came back of it: our queue id in its Received fields, its ENVID, its
/// Message-ID. It counts as ours when an account handed it in, when the error mail comes to that
/// account or to the letter's reverse-path, and when a host took the letter from us. What the mail
/// then says of a recipient becomes a step of the letter's journey. It may name an address that
/// we never wrote to, since people forward their mail: then the step says so.
///
/// Each thing is told once for each recipient, and of addresses behind them a few for a letter, so
/// that a flood of forged mails fills no journey.
final class Returns {
    /// Octets of an error mail that are read: what it says stands before what it returns.
    private static final int HEAD_OCTETS_MAX = 1 << 20;

    /// Letters with the same Message-ID that are looked at.
    private static final int CANDIDATES_MAX = 20;

    /// Addresses behind our recipients that the journey of one letter names.
    private static final int FORWARDED_MAX = 20;

    private static final System.Logger LOG = System.getLogger("yubin.queue");
    private static final Counters.Counter TIED = Counters.of("queue.bounces-tied");
    private static final Counters.Counter UNTIED = Counters.of("queue.bounces-untied");

    /// An error mail and the letter that it is about.
    ///
    /// @param sender who handed the letter in
    /// @param news what its journey does not know yet
    record Tie(QueueId letter, AccountId sender, List<Step> news) {
        /// The step in the journey of the error mail.
        Step about() {
            return Journey.step(What.ABOUT, null, null, letter.toString());
        }
    }

    private final Journey journey;
    private final BouncedAddresses bounced;

    Returns(Journey journey, BouncedAddresses bounced) {
        this.journey = journey;
        this.bounced = bounced;
    }

    /// Total: null for what is no error mail about a letter of ours, and when that cannot be found
    /// out, as a letter is not lost because of it.
    ///
    /// @param boxes the accounts that get the mail
    Tie tie(Letter notice, Set<AccountId> boxes) {
        if (boxes.isEmpty() || !mayBeNotice(notice)) return null;
        try {
            Reading reading = BounceReader.read(notice.upload().head(HEAD_OCTETS_MAX));
            if (reading.bounces().isEmpty()) return null;
            for (Trail letter : candidates(reading.returned())) {
                if (!isSentBy(letter, notice, boxes)) continue;
                List<String> gone = gone(letter);
                if (gone.isEmpty()) continue;
                TIED.increment();
                List<Step> news = news(letter, gone, notice.id(), reading.bounces());
                return new Tie(letter.id(), letter.origin().login(), news);
            }
            UNTIED.increment();
        } catch (StoreTrouble | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, notice.id() + " is tied to no letter: " + e);
        }
        return null;
    }

    /// Puts what is new into the batch that delivers the error mail.
    void put(Batch batch, QueueId notice, Tie tie, long nowMillis) throws StoreTrouble {
        journey.addReturned(batch, tie.letter(), notice, nowMillis, tie.news());
        bounced.learn(batch, tie.sender(), tie.news());
    }

    /// Error mails have no return address (RFC 5321 §4.5.5); some systems give one of their own.
    private static boolean mayBeNotice(Letter letter) {
        Origin origin = letter.origin();
        boolean fromOutside =
                origin.protocol() == Origin.Protocol.SMTP
                        || origin.protocol() == Origin.Protocol.LMTP;
        if (!fromOutside || origin.login() != null) return false;
        if (!(letter.envelope().from() instanceof ReversePath.Mailbox(var address))) return true;
        String local = address.local().toLowerCase(Locale.ROOT);
        return local.equals("mailer-daemon") || local.equals("postmaster");
    }

    /// The surest way first.
    private List<Trail> candidates(Reading.Returned returned) throws StoreTrouble {
        Map<QueueId, Trail> candidates = new LinkedHashMap<>();
        for (String text : returned.receivedIds()) {
            Optional<QueueId> id = QueueId.parse(text);
            if (id.isEmpty()) continue;
            journey.trail(id.get()).ifPresent(letter -> candidates.put(letter.id(), letter));
        }
        if (!returned.envelopeId().isEmpty()) {
            add(candidates, journey.withEnvelopeId(returned.envelopeId(), CANDIDATES_MAX));
        }
        if (!returned.messageId().isEmpty()) {
            add(candidates, journey.find(returned.messageId(), CANDIDATES_MAX));
        }
        return List.copyOf(candidates.values());
    }

    private static void add(Map<QueueId, Trail> candidates, List<Trail> letters) {
        for (Trail letter : letters) candidates.putIfAbsent(letter.id(), letter);
    }

    private static boolean isSentBy(Trail letter, Letter notice, Set<AccountId> boxes) {
        AccountId sender = letter.origin().login();
        if (sender == null) return false;
        if (boxes.contains(sender)) return true;
        String from = Journey.keyOf(letter.from());
        return notice.envelope().recipients().stream()
                .anyMatch(recipient -> recipient.address().key().equals(from));
    }

    /// The recipients for whom a host took the letter, or may have.
    private static List<String> gone(Trail letter) {
        Set<String> gone = new LinkedHashSet<>();
        for (Step step : letter.steps()) {
            boolean took = step.what() == What.SENT || step.what() == What.UNCERTAIN;
            if (took && step.recipient() != null) gone.add(step.recipient());
        }
        return List.copyOf(gone);
    }

    private static List<Step> news(
            Trail letter, List<String> gone, QueueId notice, List<Bounce> bounces) {
        Set<String> known = new HashSet<>();
        int forwardedKnown = 0;
        for (Step step : letter.steps()) {
            if (!step.what().isReturned()) continue;
            known.add(sign(step));
            if (step.returned().forwarded()) forwardedKnown++;
        }
        List<Step> news = new ArrayList<>();
        for (Bounce bounce : bounces) {
            Step step = step(gone, notice, bounce);
            boolean forwarded = step.returned().forwarded();
            if (forwarded && forwardedKnown >= FORWARDED_MAX || !known.add(sign(step))) continue;
            if (forwarded) forwardedKnown++;
            news.add(step);
        }
        return news;
    }

    /// What makes two steps tell the same.
    private static String sign(Step step) {
        String behind = step.returned().forwarded() ? step.returned().bounce().recipient() : "";
        return step.what() + " " + step.recipient() + " " + behind.toLowerCase(Locale.ROOT);
    }

    private static Step step(List<String> gone, QueueId notice, Bounce bounce) {
        String named = written(gone, bounce.recipient());
        String recipient = named != null ? named : written(gone, bounce.originalRecipient());
        if (recipient == null) recipient = behind(gone, bounce.recipient());
        boolean forwarded = named == null && !bounce.recipient().isEmpty();
        What what = bounce.delayed() ? What.LATE : What.CAME_BACK;
        String said = bounce.diagnostic().isEmpty() ? bounce.status() : bounce.diagnostic();
        Returned returned = new Returned(notice, bounce, forwarded);
        return new Step(null, what, recipient, null, said, returned);
    }

    /// The recipient of ours that `address` is; null when it is none.
    private static String written(List<String> gone, String address) {
        String key = Journey.keyOf(address);
        if (key.isEmpty()) return null;
        for (String recipient : gone) if (key.equals(Journey.keyOf(recipient))) return recipient;
        return null;
    }

    /// The recipient who seems to forward to `address`: the only one, or the only one at that
    /// domain; null when there are several.
    private static String behind(List<String> gone, String address) {
        if (gone.size() == 1) return gone.getFirst();
        Optional<Address> parsed = Address.parse(address);
        if (parsed.isEmpty()) return null;
        String only = null;
        for (String recipient : gone) {
            Optional<Address> ours = Address.parse(recipient);
            if (ours.isEmpty() || !ours.get().domain().equals(parsed.get().domain())) continue;
            if (only != null) return null;
            only = recipient;
        }
        return only;
    }
}
