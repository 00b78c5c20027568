package yubin.postmaster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Account;
import yubin.directory.Administration;
import yubin.directory.Alias;
import yubin.directory.Found;
import yubin.directory.Outcome;
import yubin.directory.Route;
import yubin.mail.AccountId;
import yubin.mail.Address;

/// Carries out orders on an open data folder.
final class DirectClerk implements Clerk {
    private final Office office;
    private final QueueClerk queue;
    private final DnsClerk dns;
    private final boolean owned;

    private DirectClerk(Office office, Config config, MapRoom running, boolean owned) {
        this.office = office;
        this.dns = new DnsClerk(office, config, running);
        this.queue = new QueueClerk(office.intake());
        this.owned = owned;
    }

    /// Opens the data folder for one command.
    static DirectClerk open(Config config) throws Trouble {
        return new DirectClerk(Office.open(config), config, null, true);
    }

    /// The clerk of a running server, which closes its office itself.
    static DirectClerk of(Office office, Config config, MapRoom running) {
        return new DirectClerk(office, config, running, false);
    }

    @Override
    public JsonNode obey(ObjectNode order, Consumer<String> progress) throws Trouble {
        Administration admin = office.directory().administration();
        String verb = text(order, "verb");
        try {
            return switch (verb) {
                case "domain add" -> published(admin.addDomain(text(order, "domain")));
                case "domain remove" -> published(admin.removeDomain(text(order, "domain")));
                case "domain list" -> domains(admin);
                case "account add" -> done(admin.addAccount(newAccount(order)));
                case "account import" -> importAccounts(admin, order, progress);
                case "account list" -> accounts(admin);
                case "account set" -> done(admin.edit(text(order, "address"), edit(order)));
                case "account passwd" ->
                        done(admin.setPassword(text(order, "address"), text(order, "password")));
                case "account disable" -> done(admin.setEnabled(text(order, "address"), false));
                case "account enable" -> done(admin.setEnabled(text(order, "address"), true));
                case "account bounced" ->
                        queue.bounced(
                                account(text(order, "address")),
                                optional(order, "forget"),
                                optional(order, "lang"));
                case "account remove" -> done(admin.removeAccount(text(order, "address")));
                case "alias add" -> done(admin.addAlias(text(order, "alias"), targets(order)));
                case "alias remove" -> done(admin.removeAlias(text(order, "alias")));
                case "alias list" -> aliases(admin);
                case "route add" ->
                        done(
                                admin.addRoute(
                                        text(order, "domain"),
                                        text(order, "host"),
                                        optional(order, "user"),
                                        optional(order, "password")));
                case "route remove" -> done(admin.removeRoute(text(order, "domain")));
                case "route list" -> routes();
                case "queue list" -> queue.list();
                case "queue show" -> queue.show(text(order, "id"), optional(order, "lang"));
                case "queue retry", "queue hold", "queue release", "queue bounce", "queue drop" ->
                        queue.act(verb.substring("queue ".length()), order);
                case "search status" -> SearchVerbs.status(office.catalogue());
                case "search rebuild" -> SearchVerbs.rebuild(office.catalogue());
                case "verify" -> VerifyVerb.report(office.store());
                case "trace" -> queue.trace(text(order, "what"), optional(order, "lang"));
                default -> dns.obey(verb, order, progress);
            };
        } catch (IOException e) {
            throw Trouble.server(ConfigFile.reason(e));
        }
    }

    /// A domain that comes or goes changes our zones.
    private JsonNode published(Outcome outcome) throws Trouble {
        JsonNode answer = done(outcome);
        office.zones().refresh();
        return answer;
    }

    private AccountId account(String text) throws Trouble {
        Optional<Address> address = Address.parse(text);
        if (address.isPresent()
                && office.directory().find(address.get()) instanceof Found.Local(var targets, _)
                && targets.size() == 1) {
            return targets.getFirst().account();
        }
        throw Trouble.bad("there is no account " + text);
    }

    static JsonNode done(Outcome outcome) throws Trouble {
        return switch (outcome) {
            case Outcome.Ok(var text) -> Json.node(text);
            case Outcome.Refused(var why, var text) ->
                    throw why == Outcome.Why.TROUBLE ? Trouble.server(text) : Trouble.bad(text);
        };
    }

    private static JsonNode domains(Administration admin) throws IOException {
        ArrayNode list = Json.list();
        for (Administration.DomainEntry entry : admin.domains()) {
            list.add(
                    Json.object(
                            "domain",
                            entry.domain().unicode(),
                            "accounts",
                            entry.accounts(),
                            "aliases",
                            entry.aliases()));
        }
        return list;
    }

    private static Administration.NewAccount newAccount(ObjectNode order) {
        return new Administration.NewAccount(
                order.path("address").asString(""),
                optional(order, "password"),
                optional(order, "name"),
                order.path("quota").asLong(Long.MAX_VALUE),
                order.path("admin").asBoolean(false),
                Account.Type.PERSON,
                null,
                new Account.Limits(
                        order.path("sessions").asInt(0),
                        order.path("message").asLong(0),
                        order.path("recipients-per-day").asInt(0)));
    }

    private static Administration.Edit edit(ObjectNode order) {
        return new Administration.Edit(
                optional(order, "name"),
                order.has("quota") ? order.path("quota").asLong() : null,
                optional(order, "language"),
                order.has("sessions") ? order.path("sessions").asInt() : null,
                order.has("message") ? order.path("message").asLong() : null,
                order.has("recipients-per-day") ? order.path("recipients-per-day").asInt() : null);
    }

    private static JsonNode importAccounts(
            Administration admin, ObjectNode order, Consumer<String> progress)
            throws IOException, Trouble {
        ArrayNode problems = Json.list();
        Administration.Progress end =
                admin.importAccounts(
                        new BufferedReader(new StringReader(text(order, "csv"))),
                        order.path("update").asBoolean(false),
                        bad -> problems.add(Json.object("line", bad.line(), "problem", bad.text())),
                        state -> progress.accept(Integer.toString(state.lines())));
        return Json.object("added", end.added(), "updated", end.updated(), "problems", problems);
    }

    private JsonNode accounts(Administration admin) throws IOException {
        ArrayNode list = Json.list();
        for (Administration.AccountEntry entry : admin.accounts(null)) {
            Account account = entry.account();
            Account.Limits limits = account.limits();
            ObjectNode row =
                    Json.object(
                            "address",
                            account.address(),
                            "name",
                            account.name(),
                            "quota",
                            account.quotaOctets() == Long.MAX_VALUE
                                    ? null
                                    : Octets.format(account.quotaOctets()),
                            "message",
                            limits.messageOctets() == 0
                                    ? null
                                    : Octets.format(limits.messageOctets()),
                            "recipients-per-day",
                            limits.recipientsPerDay() == 0 ? null : limits.recipientsPerDay(),
                            "sessions",
                            limits.sessions() == 0 ? null : limits.sessions(),
                            "admin",
                            !entry.roles().isEmpty(),
                            "login",
                            entry.hasPassword(),
                            "enabled",
                            account.enabled());
            list.add(row);
        }
        return list;
    }

    private static JsonNode aliases(Administration admin) throws IOException {
        ArrayNode list = Json.list();
        for (Alias alias : admin.aliases()) {
            list.add(Json.object("alias", alias.text(), "targets", alias.targets()));
        }
        return list;
    }

    private JsonNode routes() throws IOException {
        ArrayNode list = Json.list();
        for (Route route : office.directory().routes()) {
            list.add(
                    Json.object(
                            "domain",
                            route.domain() == null ? "*" : route.domain(),
                            "host",
                            route.host(),
                            "port",
                            route.port(),
                            "user",
                            route.user()));
        }
        return list;
    }

    private static List<String> targets(ObjectNode order) {
        List<String> targets = new ArrayList<>();
        order.path("targets").forEach(target -> targets.add(target.asString("")));
        return targets;
    }

    static String text(ObjectNode order, String name) throws Trouble {
        JsonNode value = order.path(name);
        if (!value.isString()) throw Trouble.usage("the order lacks " + name);
        return value.stringValue();
    }

    /// Null when absent.
    static String optional(ObjectNode order, String name) {
        JsonNode value = order.path(name);
        return value.isString() ? value.stringValue() : null;
    }

    @Override
    public void close() {
        if (owned) office.close();
    }
}
