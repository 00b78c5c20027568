package yubin.jmap;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.assist.Reasons;
import yubin.mail.AccountId;
import yubin.mail.Address;
import yubin.mail.QueueId;
import yubin.queue.BouncedAddresses.Bounced;
import yubin.queue.Explanation;
import yubin.queue.Trail;
import yubin.store.Boxes;

/// Where the letters that somebody sent are now, and which addresses failed for good when they
/// wrote there. `docs/jmap.md`.
final class TraceMethods {
    /// Letters with one Message-ID that are shown.
    private static final int TRAILS_MAX = 10;

    private final Office office;

    TraceMethods(Office office) {
        this.office = office;
    }

    Map<String, Method> all() {
        return Map.of(
                "Journey/get",
                this::get,
                "BouncedAddress/get",
                this::bounced,
                "BouncedAddress/forget",
                this::forget);
    }

    private ObjectNode get(Context context, ObjectNode arguments) throws MethodError, IOException {
        Args args = new Args(arguments);
        Boxes boxes = context.boxes(args);
        List<String> emailIds = args.idsOrNull("emailIds", Session.GET_MAX);
        List<String> submissionIds = args.idsOrNull("submissionIds", Session.GET_MAX);
        String language = args.stringOrNull("language");
        args.end();
        if (emailIds == null && submissionIds == null) {
            throw Args.invalid("\"emailIds\" or \"submissionIds\" is wanted");
        }
        boolean japanese = japanese(context, language);
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(boxes.account()));
        ArrayNode list = answer.putArray("list");
        ArrayNode notFound = answer.putArray("notFound");
        for (String id : emailIds == null ? List.<String>of() : emailIds) {
            List<Trail> trails = ofEmail(context, boxes, id);
            if (trails == null) notFound.add(id);
            else list.add(json(id, trails, japanese));
        }
        for (String id : submissionIds == null ? List.<String>of() : submissionIds) {
            ObjectNode known =
                    Objects.one(boxes, Objects.SUBMISSION, Ids.number('s', context.resolve(id)));
            if (known == null) {
                notFound.add(id);
                continue;
            }
            QueueId queueId = new QueueId(known.get("queueId").longValue());
            Optional<Trail> trail = office.intake().journey().trail(queueId);
            list.add(json(id, trail.stream().toList(), japanese));
        }
        return answer;
    }

    private static boolean japanese(Context context, String language) throws MethodError {
        String chosen = language == null ? context.login().language() : language;
        if (!Set.of("ja", "en").contains(chosen)) {
            throw Args.invalid("\"language\" is \"ja\" or \"en\"");
        }
        return chosen.equals("ja");
    }

    /// Of the addresses asked about those that failed; of all when none are named.
    private ObjectNode bounced(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        AccountId account = context.boxes(args).account();
        List<String> asked = args.idsOrNull("addresses", Session.GET_MAX);
        boolean japanese = japanese(context, args.stringOrNull("language"));
        args.end();
        List<Bounced> found = new ArrayList<>();
        if (asked == null) found.addAll(office.intake().bounced().list(account));
        for (String text : asked == null ? List.<String>of() : asked) {
            Optional<Address> address = Address.parse(text);
            if (address.isEmpty()) continue;
            office.intake().bounced().find(account, address.get()).ifPresent(found::add);
        }
        ObjectNode answer = Api.JSON.createObjectNode();
        answer.put("accountId", Ids.account(account));
        ArrayNode list = answer.putArray("list");
        for (Bounced bounced : found) {
            ObjectNode json = list.addObject();
            json.put("address", bounced.address());
            json.put("firstAt", Dates.utc(bounced.first()));
            json.put("lastAt", Dates.utc(bounced.last()));
            json.put("count", bounced.count());
            json.put("status", bounced.status());
            json.put("text", bounced.said());
            json.set("explanation", explanation(bounced.explanation(), japanese));
        }
        return answer;
    }

    /// The person says that an address is right after all.
    private ObjectNode forget(Context context, ObjectNode arguments)
            throws MethodError, IOException {
        Args args = new Args(arguments);
        AccountId account = context.boxes(args).account();
        String text = args.string("address");
        args.end();
        Optional<Address> address = Address.parse(text);
        if (address.isEmpty()) throw Args.invalid("\"address\" is no address");
        boolean forgotten = office.intake().bounced().forget(account, address.get());
        ObjectNode answer = Api.JSON.createObjectNode();
        return answer.put("accountId", Ids.account(account)).put("forgotten", forgotten);
    }

    /// The letters with the Message-ID of an email that this account handed in; null for no email.
    private List<Trail> ofEmail(Context context, Boxes boxes, String id) throws IOException {
        Letter letter = Letter.find(boxes, Ids.number('e', context.resolve(id)));
        if (letter == null) return null;
        String messageId = letter.message().messageId();
        if (messageId == null) return List.of();
        List<Trail> own = new ArrayList<>();
        String asked = "<" + messageId + ">";
        for (Trail trail : office.intake().journey().find(asked, TRAILS_MAX)) {
            if (boxes.account().equals(trail.origin().login())) own.add(trail);
        }
        return own;
    }

    private static ObjectNode json(String id, List<Trail> trails, boolean japanese) {
        ObjectNode json = Api.JSON.createObjectNode().put("id", id);
        ArrayNode letters = json.putArray("letters");
        for (Trail trail : trails) {
            ObjectNode letter = letters.addObject();
            letter.put("queueId", trail.id().toString());
            letter.put("acceptedAt", Dates.utc(trail.accepted()));
            letter.put("from", trail.from());
            letter.put("messageId", trail.messageId());
            letter.put("size", trail.octets());
            ArrayNode recipients = letter.putArray("recipients");
            trail.recipients().forEach(recipients::add);
            ArrayNode steps = letter.putArray("steps");
            for (Trail.Step step : trail.steps()) steps.add(step(step, japanese));
        }
        return json;
    }

    private static ObjectNode step(Trail.Step step, boolean japanese) {
        ObjectNode json = Api.JSON.createObjectNode();
        json.put("at", Dates.utc(step.at()));
        json.put("what", camel(step.what().name()));
        json.put("recipient", step.recipient());
        json.put("host", step.host());
        json.put("text", step.text());
        Optional<Explanation> explanation = Explanation.of(step);
        if (explanation.isEmpty()) {
            json.putNull("explanation");
            return json;
        }
        json.set("explanation", explanation(explanation.get(), japanese));
        return json;
    }

    private static ObjectNode explanation(Explanation why, boolean japanese) {
        Reasons.Words words = japanese ? why.japanese() : why.english();
        ObjectNode plain = Api.JSON.createObjectNode();
        plain.put("topic", why.topic()).put("nextStep", why.nextStep().toString());
        plain.put("happened", words.happened()).put("whose", words.whose());
        ArrayNode next = plain.putArray("next");
        words.next().forEach(next::add);
        return plain;
    }

    /// `CAME_BACK` → `cameBack`.
    private static String camel(String name) {
        StringBuilder camel = new StringBuilder();
        for (String word : name.toLowerCase(Locale.ROOT).split("_")) {
            camel.append(
                    camel.isEmpty()
                            ? word
                            : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return camel.toString();
    }
}
