package yubin.postmaster;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.directory.Outcome;
import yubin.dns.Name;
import yubin.dns.Resolver;
import yubin.dns.Type;
import yubin.dns.ZoneText;
import yubin.mail.Domain;
import yubin.zones.Finding;
import yubin.zones.Orders;
import yubin.zones.Reports;
import yubin.zones.Wanted;
import yubin.zones.World;

/// Carries out the orders whose verb begins with `dns`.
final class DnsClerk {
    private final Office office;
    private final Config config;

    /// What runs beside the open folder; null when this is one command on a folder at rest.
    private final MapRoom running;

    DnsClerk(Office office, Config config, MapRoom running) {
        this.office = office;
        this.config = config;
        this.running = running;
    }

    JsonNode obey(String verb, ObjectNode order, Consumer<String> progress)
            throws Trouble, IOException {
        return switch (verb) {
            case "dns flush" -> flush(order.path("name").asString(""));
            case "dns stats" -> stats();
            case "dns zone add" -> DirectClerk.done(add(order));
            case "dns zone remove" ->
                    DirectClerk.done(office.zones().orders().remove(domain(order)));
            case "dns zone list" -> list();
            case "dns zone show" ->
                    zone(order, office.zones().reports().show(domain(order)).orElse(null));
            case "dns zone export" ->
                    zone(order, office.zones().reports().export(domain(order)).orElse(null));
            case "dns zone import" -> imported(order);
            case "dns keys" -> keys(domain(order));
            case "dns keys roll" -> DirectClerk.done(office.zones().orders().roll(domain(order)));
            case "dns records" -> records(mailDomain(order));
            case "dns check" -> check(mailDomain(order));
            default -> throw Trouble.usage("unknown order \"" + verb + "\"");
        };
    }

    /// The open map room.
    private MapRoom running() throws Trouble {
        if (running == null) throw Trouble.server("no post office runs on " + office.folder());
        return running;
    }

    private JsonNode flush(String text) throws Trouble {
        Name name =
                Name.parse(text)
                        .orElseThrow(() -> Trouble.usage("\"" + text + "\" is no domain name"));
        int forgotten = running().flush(name);
        return Json.node("forgot " + forgotten + " entries at and below " + name);
    }

    private JsonNode stats() throws Trouble {
        ObjectNode answer = Json.object();
        running().stats().forEach(answer::put);
        return answer;
    }

    private static String domain(ObjectNode order) throws Trouble {
        return DirectClerk.text(order, "domain");
    }

    /// A mail domain of ours.
    private Domain mailDomain(ObjectNode order) throws Trouble, IOException {
        String text = domain(order);
        Domain domain = Domain.parse(text).orElse(null);
        if (domain != null && office.directory().isLocal(domain)) return domain;
        throw Trouble.bad(text + " is no mail domain of ours: yubin domain add " + text);
    }

    // ---- zones -------------------------------------------------------------------------------

    private Outcome add(ObjectNode order) throws Trouble {
        Orders.Choice usual = Orders.Choice.USUAL;
        String chain = DirectClerk.optional(order, "chain");
        String algorithm = DirectClerk.optional(order, "algorithm");
        return office.zones()
                .orders()
                .add(
                        domain(order),
                        new Orders.Choice(
                                chain == null ? usual.chain() : chain,
                                algorithm == null ? usual.algorithm() : algorithm,
                                DirectClerk.optional(order, "primary"),
                                DirectClerk.optional(order, "key")));
    }

    private JsonNode list() {
        ArrayNode list = Json.list();
        for (Reports.Summary zone : office.zones().reports().list()) {
            list.add(
                    Json.object(
                            "zone",
                            zone.name().unicode(),
                            "kind",
                            zone.kind(),
                            "signed",
                            zone.chain().isEmpty() ? null : zone.chain(),
                            "serial",
                            zone.serial(),
                            "records",
                            zone.records(),
                            "signatures-until",
                            zone.signedUntil(),
                            "state",
                            zone.state()));
        }
        return list;
    }

    private static JsonNode zone(ObjectNode order, String text) throws Trouble {
        if (text == null) throw Trouble.bad("we do not serve a zone " + domain(order));
        return Json.object("zone", domain(order), "text", text);
    }

    private JsonNode imported(ObjectNode order) throws Trouble {
        String text = DirectClerk.text(order, "text");
        Orders.Imported[] taken = new Orders.Imported[1];
        Outcome outcome =
                office.zones().orders().importRecords(domain(order), text, done -> taken[0] = done);
        JsonNode said = DirectClerk.done(outcome);
        return Json.object("done", said, "records", taken[0].records(), "notes", taken[0].notes());
    }

    // ---- the world ---------------------------------------------------------------------------

    private interface Asking<T> {
        T ask(World world) throws IOException, Trouble;
    }

    /// Asks through the resolver of the running post office, or one of our own for this command.
    private <T> T asking(Asking<T> asking) throws IOException, Trouble {
        if (running != null) return asking.ask(running.resolver()::rrset);
        try (Resolver resolver = new Resolver(config.resolver().settings())) {
            return asking.ask(resolver::rrset);
        }
    }

    private JsonNode keys(String domain) throws IOException, Trouble {
        Optional<List<Reports.KeyInfo>> keys =
                asking(world -> office.zones().reports().keys(domain, world));
        if (keys.isEmpty()) {
            throw Trouble.bad(domain + " is neither a zone nor a mail domain of ours");
        }
        ArrayNode list = Json.list();
        for (Reports.KeyInfo key : keys.get()) {
            list.add(
                    Json.object(
                            "use",
                            key.use(),
                            "key",
                            key.name(),
                            "algorithm",
                            key.algorithm(),
                            "state",
                            key.state(),
                            "since",
                            key.since(),
                            "record",
                            key.record(),
                            "words",
                            key.words()));
        }
        return list;
    }

    private JsonNode records(Domain domain) throws IOException {
        ArrayNode list = Json.list();
        for (Wanted wanted : office.zones().reports().records(domain)) {
            for (byte[] rdata : wanted.set().rdata()) {
                int type = wanted.set().type();
                list.add(
                        Json.object(
                                "name",
                                wanted.set().owner(),
                                "ttl",
                                wanted.set().ttl(),
                                "type",
                                Type.name(type),
                                "value",
                                ZoneText.rdata(type, rdata),
                                "text",
                                type == Type.TXT ? Wanted.text(rdata) : null,
                                "purpose",
                                wanted.purpose()));
            }
        }
        return list;
    }

    private JsonNode check(Domain domain) throws IOException, Trouble {
        ArrayNode list = Json.list();
        for (Finding finding : asking(world -> office.zones().reports().check(domain, world))) {
            list.add(
                    Json.object(
                            "verdict",
                            finding.verdict().name().toLowerCase(java.util.Locale.ROOT),
                            "what",
                            finding.what(),
                            "words",
                            finding.words()));
        }
        return list;
    }
}
