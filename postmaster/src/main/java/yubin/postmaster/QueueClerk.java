package yubin.postmaster;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.QueueId;
import yubin.queue.BouncedAddresses.Bounced;
import yubin.queue.Explanation;
import yubin.queue.Intake;
import yubin.queue.Item;
import yubin.queue.Orders;
import yubin.queue.Trail;
import yubin.store.StoreTrouble;

/// The part of the clerk's work that concerns the queue: `queue …` and `trace`.
final class QueueClerk {
    /// Lines of one `queue list`.
    private static final int LIST_MAX = 10_000;

    /// Letters of one `trace`.
    private static final int TRACE_MAX = 50;

    private final Intake intake;

    QueueClerk(Intake intake) {
        this.intake = intake;
    }

    /// What each letter waits for, one row for each recipient that is not done.
    JsonNode list() throws StoreTrouble {
        ArrayNode rows = Json.list();
        for (Item item : orders().list(item -> true, LIST_MAX)) {
            for (Item.Waiting recipient : item.recipients()) {
                boolean waits = recipient.next() != null || item.held() != null;
                if (waits || item.recipients().size() == 1) rows.add(row(item, recipient));
            }
        }
        for (Item.Parked parked : orders().parked()) {
            rows.add(
                    Json.object(
                            "id",
                            parked.id(),
                            "accepted",
                            time(parked.at()),
                            "state",
                            "parked",
                            "reply",
                            parked.reason()));
        }
        return rows;
    }

    private static ObjectNode row(Item item, Item.Waiting recipient) {
        return Json.object(
                "id",
                item.id(),
                "accepted",
                time(item.accepted()),
                "octets",
                item.octets(),
                "from",
                item.from(),
                "to",
                recipient.address(),
                "state",
                item.held() != null ? "held" : recipient.state(),
                "attempts",
                recipient.attempts(),
                "next",
                time(recipient.next()),
                "reply",
                item.held() != null ? item.held() : recipient.reply());
    }

    /// @param language `ja` or `en`: how the last replies are explained; null for all of it, for
    ///     programs
    JsonNode show(String text, String language) throws StoreTrouble, Trouble {
        QueueId id = id(text);
        Item item =
                orders().show(id).orElseThrow(() -> Trouble.bad("no letter " + id + " waits here"));
        ArrayNode recipients = Json.list();
        for (Item.Waiting recipient : item.recipients()) {
            boolean explains = recipient.reply() != null && recipient.next() != null;
            boolean forPrograms = explains && language == null;
            recipients.add(
                    Json.object(
                            "address",
                            recipient.address(),
                            "state",
                            recipient.state(),
                            "attempts",
                            recipient.attempts(),
                            "last",
                            time(recipient.last()),
                            "next",
                            time(recipient.next()),
                            "host",
                            recipient.host(),
                            "reply",
                            recipient.reply(),
                            "explanation",
                            forPrograms ? Explanations.json(explain(recipient)) : null));
        }
        ObjectNode answer =
                Json.object(
                        "id",
                        item.id(),
                        "accepted",
                        time(item.accepted()),
                        "not before",
                        time(item.notBefore()),
                        "held",
                        item.held(),
                        "from",
                        item.from(),
                        "message-id",
                        item.messageId(),
                        "octets",
                        item.octets(),
                        "version",
                        item.version(),
                        "recipients",
                        recipients);
        if (language != null) {
            ObjectNode meaning = Json.object();
            for (Item.Waiting recipient : item.recipients()) {
                if (recipient.reply() == null || recipient.next() == null) continue;
                meaning.put(recipient.address(), Explanations.what(explain(recipient), language));
            }
            if (!meaning.isEmpty()) answer.set("meaning", meaning);
        }
        Optional<Trail> trail = intake.journey().trail(id);
        trail.ifPresent(found -> answer.set("journey", steps(found, language)));
        return answer;
    }

    private static Explanation explain(Item.Waiting recipient) {
        return Explanation.of(recipient.reply(), recipient.address());
    }

    /// Does `what` (retry, hold, release, bounce, drop) to the letters that an order names.
    JsonNode act(String what, ObjectNode order) throws StoreTrouble, Trouble {
        List<QueueId> ids = new ArrayList<>();
        if (order.path("all").asBoolean(false)) {
            for (Item item : orders().list(item -> true, Integer.MAX_VALUE)) ids.add(item.id());
        } else {
            for (JsonNode text : order.path("ids")) ids.add(id(text.asString("")));
        }
        int done = 0;
        List<String> missed = new ArrayList<>();
        for (QueueId id : ids) {
            if (act(what, id)) done++;
            else missed.add(id.toString());
        }
        if (!missed.isEmpty() && !order.path("all").asBoolean(false)) {
            throw Trouble.bad(
                    "nothing to %s: %s (%d done)".formatted(what, String.join(", ", missed), done));
        }
        return Json.node(done + (done == 1 ? " letter: " : " letters: ") + what);
    }

    private boolean act(String what, QueueId id) throws StoreTrouble, Trouble {
        return switch (what) {
            case "retry" -> orders().retry(id);
            case "hold" -> orders().hold(id, "held by the administrator");
            case "release" -> orders().release(id);
            case "bounce" -> orders().bounce(id);
            case "drop" -> orders().drop(id);
            default -> throw Trouble.usage("unknown order \"queue " + what + "\"");
        };
    }

    /// The journeys of the letters that `what` names: a queue id, an address or a Message-ID.
    ///
    /// @param language `ja` or `en`: how failures are explained; null for all of it, for programs
    JsonNode trace(String what, String language) throws StoreTrouble, Trouble {
        List<Trail> trails = new ArrayList<>();
        Optional<QueueId> id = QueueId.parse(what);
        if (id.isPresent()) intake.journey().trail(id.get()).ifPresent(trails::add);
        if (trails.isEmpty()) trails.addAll(intake.journey().find(what, TRACE_MAX));
        if (trails.isEmpty()) throw Trouble.bad("no letter of the last 30 days has " + what);
        ArrayNode letters = Json.list();
        for (Trail trail : trails) {
            ObjectNode letter =
                    Json.object(
                            "id",
                            trail.id(),
                            "accepted",
                            time(trail.accepted()),
                            "from",
                            trail.from().isEmpty() ? "<>" : trail.from(),
                            "to",
                            trail.recipients(),
                            "message-id",
                            trail.messageId(),
                            "octets",
                            trail.octets(),
                            "protocol",
                            trail.origin().protocol().name().toLowerCase(java.util.Locale.ROOT),
                            "client",
                            trail.origin().client(),
                            "login",
                            trail.origin().loginName(),
                            "tls",
                            trail.origin().tls(),
                            "steps",
                            steps(trail, language));
            ObjectNode meaning = language == null ? Json.object() : meaning(trail, language);
            if (!meaning.isEmpty()) letter.set("meaning", meaning);
            ArrayNode bounced = bounced(trail, language);
            if (!bounced.isEmpty()) letter.set("bounced", bounced);
            letters.add(letter);
        }
        return letters;
    }

    /// What the last trouble of each recipient means, with advice; nothing for those who have the
    /// letter.
    private static ObjectNode meaning(Trail trail, String language) {
        ObjectNode meaning = Json.object();
        for (Trail.Step step : trail.steps()) {
            String recipient = step.recipient() == null ? "" : step.recipient();
            if (step.what() == Trail.What.SENT || step.what() == Trail.What.STORED) {
                meaning.remove(recipient);
            }
            Explanation.of(step)
                    .ifPresent(
                            why ->
                                    meaning.put(
                                            recipient.isEmpty()
                                                    ? why.read().recipient()
                                                    : recipient,
                                            Explanations.all(why, language)));
        }
        return meaning;
    }

    private static ArrayNode steps(Trail trail, String language) {
        ArrayNode steps = Json.list();
        for (Trail.Step step : trail.steps()) {
            ObjectNode shown =
                    Json.object(
                            "time",
                            time(step.at()),
                            "what",
                            step.what().name().toLowerCase(java.util.Locale.ROOT),
                            "recipient",
                            step.recipient(),
                            "where",
                            step.host(),
                            "said",
                            step.text());
            if (step.returned() != null) {
                shown.put("letter", step.returned().letter().toString());
                if (step.returned().forwarded()) {
                    shown.put("behind", step.returned().bounce().recipient());
                }
            }
            if (language == null) {
                Explanation.of(step)
                        .ifPresent(why -> shown.set("explanation", Explanations.json(why)));
            }
            steps.add(shown);
        }
        return steps;
    }

    /// The addresses that failed when an account wrote to them.
    ///
    /// @param forget the one that is right after all; null: they are listed
    /// @param language as in [#trace]
    JsonNode bounced(AccountId account, String forget, String language)
            throws StoreTrouble, Trouble {
        if (forget != null) {
            Address address =
                    Address.parse(forget)
                            .orElseThrow(() -> Trouble.usage("\"" + forget + "\" is no address"));
            if (!intake.bounced().forget(account, address)) {
                throw Trouble.bad("nothing is known against " + forget);
            }
            return Json.node("forgotten: " + forget);
        }
        ArrayNode rows = Json.list();
        for (Bounced bounced : intake.bounced().list(account)) rows.add(row(bounced, language));
        return rows;
    }

    private static ObjectNode row(Bounced bounced, String language) {
        ObjectNode row =
                Json.object(
                        "address",
                        bounced.address(),
                        "first",
                        time(bounced.first()),
                        "last",
                        time(bounced.last()),
                        "count",
                        bounced.count(),
                        "reason",
                        bounced.explanation().read().reason(),
                        "status",
                        bounced.status(),
                        "said",
                        bounced.said());
        if (language == null) row.set("explanation", Explanations.json(bounced.explanation()));
        else row.put("meaning", Explanations.what(bounced.explanation(), language));
        return row;
    }

    /// The recipients of a letter that are marked now.
    private ArrayNode bounced(Trail trail, String language) throws StoreTrouble {
        ArrayNode rows = Json.list();
        if (trail.origin().login() == null) return rows;
        for (String recipient : trail.recipients()) {
            Optional<Address> address = Address.parse(recipient);
            if (address.isEmpty()) continue;
            intake.bounced()
                    .find(trail.origin().login(), address.get())
                    .ifPresent(bounced -> rows.add(row(bounced, language)));
        }
        return rows;
    }

    private static QueueId id(String text) throws Trouble {
        return QueueId.parse(text)
                .orElseThrow(() -> Trouble.usage("\"" + text + "\" is no queue id"));
    }

    /// Null stays null.
    private static String time(Instant instant) {
        return instant == null
                ? null
                : instant.truncatedTo(java.time.temporal.ChronoUnit.MILLIS).toString();
    }

    private Orders orders() {
        return intake.shelf().orders();
    }
}
