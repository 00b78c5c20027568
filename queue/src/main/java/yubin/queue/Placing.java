package yubin.queue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import yubin.directory.Directory;
import yubin.directory.Found;
import yubin.ledger.Counters;
import yubin.mail.AccountId;
import yubin.mail.Envelope;
import yubin.mail.Recipient;
import yubin.mail.Recipient.Notify;
import yubin.mail.Reply;
import yubin.mail.ReversePath;
import yubin.queue.Addressee.State;
import yubin.queue.Trail.Step;
import yubin.queue.Trail.What;
import yubin.store.Change;
import yubin.store.NewEmail;
import yubin.store.Role;
import yubin.store.StoreTrouble;

/// Finds out where the copies of a letter go, and puts those for people here into their boxes.
///
/// Two recipients that lead to the same account in one transaction give one copy; nothing is ever
/// left out because its Message-ID is known. On one machine the copies and the shelf are one
/// commit, so a delivery happens once; when accounts live on several, (queue id, recipient) is the
/// key by which a repeated one is known.
final class Placing {
    private static final Counters.Counter STORED = Counters.of("queue.stored");
    private static final Reply OK = Reply.of(250, "2.1.5", "OK");
    private static final Reply FULL = Reply.of(452, "4.2.2", "mailbox is full");

    private final Directory directory;
    private final InstantSource clock;
    private final ZoneId zone;

    Placing(Directory directory, InstantSource clock, ZoneId zone) {
        this.directory = directory;
        this.clock = clock;
        this.zone = zone;
    }

    /// What becomes of one recipient.
    private static final class Place {
        final Recipient recipient;
        List<Found.Target> targets = List.of();
        List<Recipient> onward = List.of(); // goes on from here, to the shelf
        boolean expands;
        Reply failure; // null: it is served

        Place(Recipient recipient) {
            this.recipient = recipient;
        }
    }

    /// Where all copies of one letter go.
    static final class Plan {
        private final List<Place> places = new ArrayList<>(2);
        private final Map<AccountId, Found.Target> copies = new LinkedHashMap<>(2);
        private final Set<String> onwardKeys = new HashSet<>(2);
        private final InstantSource clock;
        private final ZoneId zone;

        private Plan(InstantSource clock, ZoneId zone) {
            this.clock = clock;
            this.zone = zone;
        }

        /// The accounts that get a copy.
        Set<AccountId> accounts() {
            return copies.keySet();
        }

        /// The reply of the first recipient that is not served, a transient one before a permanent
        /// one; null when all are.
        Reply firstFailure() {
            Reply first = null;
            for (Place place : places) {
                if (place.failure == null) continue;
                if (first == null || first.isPermanent() && place.failure.isTransient()) {
                    first = place.failure;
                }
            }
            return first;
        }

        /// No recipient is served.
        boolean isEmpty() {
            for (Place place : places) if (place.failure == null) return false;
            return true;
        }

        /// One reply for each recipient, in order.
        List<Reply> replies() {
            List<Reply> replies = new ArrayList<>(places.size());
            for (Place place : places) replies.add(place.failure == null ? OK : place.failure);
            return replies;
        }

        Reply failure(int index) {
            return places.get(index).failure;
        }

        boolean expands(int index) {
            return places.get(index).expands;
        }

        List<Recipient> onward(int index) {
            return places.get(index).onward;
        }

        /// Takes out those whose box cannot hold `octets` more. A recipient with several boxes is
        /// served as long as one of them has room.
        void checkQuota(Change change, long octets) {
            for (Place place : places) {
                if (place.failure != null || place.targets.isEmpty()) continue;
                int full = 0;
                for (Found.Target target : place.targets) {
                    if (target.quotaOctets() == Long.MAX_VALUE) continue;
                    long used = change.usedOctets(target.account());
                    if (used + octets > target.quotaOctets()) full++;
                }
                if (full == place.targets.size() && place.onward.isEmpty()) {
                    place.failure = FULL;
                    for (Found.Target target : place.targets) copies.remove(target.account());
                }
            }
            for (Place place : places) {
                if (place.failure != null) continue;
                for (Found.Target target : place.targets) {
                    copies.putIfAbsent(target.account(), target);
                }
            }
        }

        /// Puts the copies into their boxes.
        void put(Change change, Letter letter, boolean junk, long now, List<Step> steps)
                throws StoreTrouble {
            if (copies.isEmpty()) return;
            int zoneMinutes =
                    zone.getRules().getOffset(Instant.ofEpochMilli(now)).getTotalSeconds() / 60;
            byte[] returnPath = line("Return-Path: <", letter.envelope().from().toString(), ">");
            for (Found.Target target : copies.values()) {
                AccountId account = target.account();
                String address = target.address().toString();
                int mailbox;
                String name;
                if (junk) {
                    mailbox = change.mailbox(account, Role.JUNK);
                    name = Role.JUNK.mailboxName();
                } else {
                    var tagged =
                            target.tag() == null || target.tag().isEmpty()
                                    ? java.util.OptionalInt.empty()
                                    : change.find(account, target.tag());
                    mailbox =
                            tagged.isPresent()
                                    ? tagged.getAsInt()
                                    : change.mailbox(account, Role.INBOX);
                    name = tagged.isPresent() ? target.tag() : Role.INBOX.mailboxName();
                }
                byte[] deliveredTo = line("Delivered-To: ", address, "");
                byte[] prefix = Arrays.copyOf(returnPath, returnPath.length + deliveredTo.length);
                System.arraycopy(deliveredTo, 0, prefix, returnPath.length, deliveredTo.length);
                Change.Placed placed =
                        change.add(
                                account,
                                mailbox,
                                new NewEmail(
                                        letter.upload(),
                                        letter.message(),
                                        prefix,
                                        0,
                                        now,
                                        zoneMinutes));
                steps.add(Journey.step(What.STORED, address, name, uid(placed)));
                STORED.increment();
            }
        }

        /// The recipients that the shelf has to care for: those for elsewhere, those that are
        /// bounced, and those whose sender wants to hear of success.
        List<Addressee> addressees(Letter letter, long nextMillis, long now) {
            boolean canTell = letter.envelope().from() instanceof ReversePath.Mailbox;
            boolean repliesSingly = letter.origin().protocol() == Origin.Protocol.LMTP;
            List<Addressee> addressees = new ArrayList<>(0);
            for (Place place : places) {
                if (place.failure != null) {
                    if (repliesSingly) continue;
                    addressees.add(
                            Addressee.settled(place.recipient, State.FAILED, now, place.failure));
                    continue;
                }
                for (Recipient onward : place.onward) {
                    addressees.add(Addressee.waiting(onward, nextMillis));
                }
                boolean ends = !place.targets.isEmpty() || place.expands;
                if (ends && canTell && place.recipient.wantsSuccess()) {
                    State state = place.expands ? State.EXPANDED : State.DELIVERED;
                    addressees.add(Addressee.settled(place.recipient, state, now, OK));
                }
            }
            return addressees;
        }

        private static String uid(Change.Placed placed) {
            return "UID " + Integer.toUnsignedString(placed.uid());
        }

        private static byte[] line(String before, String text, String after) {
            return (before + text + after + "\r\n").getBytes(StandardCharsets.UTF_8);
        }
    }

    /// Asks the directory for each recipient.
    Plan plan(List<Recipient> recipients) {
        Plan plan = new Plan(clock, zone);
        for (Recipient recipient : recipients) plan.places.add(place(plan, recipient));
        return plan;
    }

    /// Everything goes onto the shelf as it is: it is looked up when its time comes.
    Plan shelveAll(Envelope envelope) {
        Plan plan = new Plan(clock, zone);
        for (Recipient recipient : envelope.recipients()) {
            Place place = new Place(recipient);
            place.onward = List.of(recipient);
            plan.places.add(place);
        }
        return plan;
    }

    private Place place(Plan plan, Recipient recipient) {
        Place place = new Place(recipient);
        switch (directory.find(recipient.address())) {
            case Found.Local(var targets, var elsewhere) -> {
                place.targets = targets;
                for (Found.Target target : targets) {
                    plan.copies.putIfAbsent(target.account(), target);
                }
                place.expands = targets.size() + elsewhere.size() > 1;
                if (elsewhere.isEmpty()) break;
                List<Recipient> onward = new ArrayList<>(elsewhere.size());
                for (yubin.mail.Address address : elsewhere) {
                    if (!plan.onwardKeys.add(address.key())) continue;
                    onward.add(forwarded(recipient, address, place.expands));
                }
                place.onward = onward;
            }
            case Found.Remote() -> {
                if (plan.onwardKeys.add(recipient.address().key())) {
                    place.onward = List.of(recipient);
                }
            }
            case Found.Unknown() ->
                    place.failure =
                            Reply.of(550, "5.1.1", "no such mailbox: " + recipient.address());
            case Found.Disabled() ->
                    place.failure =
                            Reply.of(550, "5.2.1", "mailbox is disabled: " + recipient.address());
            case Found.Asleep(var why) -> {
                System.getLogger("yubin.queue")
                        .log(System.Logger.Level.WARNING, "directory: " + why);
                place.failure = Reply.of(451, "4.3.0", "directory is not available; try again");
            }
        }
        return place;
    }

    /// An alias with one target hands the sender's wishes on (RFC 3461 §5.2.7.2); one with several
    /// hands them on without SUCCESS, which is answered here as "expanded" (RFC 3461 §5.2.7.3).
    static Recipient forwarded(Recipient recipient, yubin.mail.Address to, boolean expands) {
        String original = recipient.originalRecipient();
        if (original == null) {
            boolean utf8 = recipient.address().needsSmtpUtf8();
            original = (utf8 ? "utf-8;" : "rfc822;") + recipient.address();
        }
        Set<Notify> notices = recipient.notices();
        if (expands && notices.contains(Notify.SUCCESS)) {
            EnumSet<Notify> rest = EnumSet.copyOf(notices);
            rest.remove(Notify.SUCCESS);
            notices = rest.isEmpty() ? Set.of(Notify.NEVER) : rest;
        }
        return new Recipient(to, notices, original);
    }
}
