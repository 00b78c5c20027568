package yubin.postmaster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;
import yubin.dns.DnsQuery;
import yubin.dns.Name;
import yubin.dns.Resolver;
import yubin.dns.Type;

/// `yubin dns query`: asks the DNS, and shows how the answer was found.
@Command(
        name = "query",
        description = {
            "Ask the DNS as the post office would, from nothing known; needs no running server.",
            "Exit code 0 when there is an answer, 1 when there is none, 3 when nobody knows."
        },
        footer = {
            "",
            "Example:",
            "  yubin dns query example.com MX --trace",
            "  yubin dns query 192.0.2.1 PTR --server 192.0.2.53"
        })
final class DnsQueryVerb extends Verb {
    private static final int DNS_PORT = 53;

    @Parameters(index = "0", paramLabel = "NAME", description = "A name; an address for its PTR.")
    private String name;

    @Parameters(
            index = "1",
            paramLabel = "TYPE",
            arity = "0..1",
            description = "MX, TXT, TLSA, TYPE65280; without it A, or PTR for an address.")
    private String type;

    @Option(
            names = "--server",
            paramLabel = "ADDRESS[:PORT]",
            description = "Ask this server alone, and show its answer as it is.")
    private String server;

    @Option(names = "--trace", description = "Show each hop, and why each answer was believed.")
    private boolean trace;

    @Option(names = "--dnssec", description = "Show signatures and proofs.")
    private boolean dnssec;

    @Override
    public Integer call() throws Trouble {
        Optional<InetAddress> address = literal(name);
        String text = type != null ? type : address.isPresent() ? "PTR" : "A";
        int number = Type.parse(text);
        if (number < 0) throw Trouble.usage("there is no record type " + text);
        boolean reverse = address.isPresent() && number == Type.PTR;
        String asked = reverse ? Resolver.reverse(address.get()) : name;
        Name owner =
                Name.parse(asked).orElseThrow(() -> Trouble.usage(name + " is no domain name"));
        List<String> steps = new ArrayList<>();
        DnsQuery.Outcome outcome;
        try {
            if (server != null) {
                outcome = DnsQuery.ask(server(), owner, number, dnssec);
            } else {
                outcome =
                        DnsQuery.resolve(
                                config().resolver().settings(),
                                owner,
                                number,
                                dnssec,
                                step -> step(steps, step));
            }
        } catch (IOException e) {
            throw Trouble.server(ConfigFile.reason(e));
        }
        if (json) out().println(json(outcome, steps));
        else show(owner + " " + Type.name(number), outcome);
        out().flush();
        return switch (outcome.status()) {
            case "NOERROR" -> outcome.answer().isEmpty() ? Trouble.BAD : 0;
            case "NXDOMAIN" -> Trouble.BAD;
            default -> Trouble.SERVER;
        };
    }

    private static Optional<InetAddress> literal(String text) {
        return SocketAddresses.parse(text, DNS_PORT).map(InetSocketAddress::getAddress);
    }

    private InetSocketAddress server() throws Trouble {
        if (trace) throw Trouble.usage("--trace shows our own search: leave out --server");
        return SocketAddresses.parse(server, DNS_PORT)
                .orElseThrow(() -> Trouble.usage(server + " is no address[:port]"));
    }

    /// Steps are shown as they happen: the slow one is the one to look at.
    private synchronized void step(List<String> steps, String step) {
        if (!trace) return;
        steps.add(step.strip());
        if (json) return;
        out().println("; " + step);
        out().flush();
    }

    private static ObjectNode json(DnsQuery.Outcome outcome, List<String> steps) {
        ObjectNode answer =
                Json.object(
                        "status",
                        outcome.status(),
                        "proof",
                        outcome.proof(),
                        "why",
                        outcome.why(),
                        "flags",
                        outcome.flags(),
                        "answer",
                        outcome.answer(),
                        "authority",
                        outcome.authority(),
                        "additional",
                        outcome.additional(),
                        "milliseconds",
                        outcome.millis());
        if (!steps.isEmpty()) answer.set("trace", Json.node(steps));
        return answer;
    }

    private void show(String question, DnsQuery.Outcome outcome) {
        if (trace) out().println();
        StringBuilder head = new StringBuilder("; " + question + ": " + outcome.status());
        if (outcome.status().equals("NOERROR") && outcome.answer().isEmpty()) {
            head.append(", no such record");
        }
        if (!outcome.proof().isEmpty()) head.append(", ").append(outcome.proof());
        if (!outcome.flags().isEmpty()) {
            head.append(", flags ").append(String.join(" ", outcome.flags()));
        }
        out().println(head.append(", ").append(outcome.millis()).append(" ms"));
        if (!outcome.why().isEmpty()) out().println("; " + outcome.why());
        outcome.answer().forEach(out()::println);
        section("authority", outcome.authority());
        section("additional", outcome.additional());
    }

    private void section(String title, List<String> lines) {
        if (lines.isEmpty()) return;
        out().println("; " + title);
        lines.forEach(out()::println);
    }
}
