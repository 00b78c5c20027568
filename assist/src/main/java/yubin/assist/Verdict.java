package yubin.assist;

import java.util.Locale;

/// Decides status, reply, reason and hardness from all that was said of one recipient.
final class Verdict {
    final String status;
    final String reply;
    final String command;
    final String topic;
    final boolean hard;
    private final String diagnostic;

    /// @param diagnostic what the refusing server said
    /// @param around the words of the notice; asked only when the diagnostic says nothing
    /// @param given status that the notice states, or empty, or just a class as `4`
    /// @param facts who spoke: hosts and headers
    Verdict(
            Rules rules,
            String diagnostic,
            String around,
            String given,
            String facts,
            String givenCommand) {
        this.diagnostic = diagnostic.strip().replaceAll("\\s+", " ");
        String said = Codes.status(this.diagnostic);
        String stated = given.length() == 1 ? "" : given;
        if (Codes.isVague(stated) && !said.isEmpty()) stated = said;
        if (Codes.isVague(stated)) {
            String code = Codes.status(around);
            if (!code.isEmpty() && (stated.isEmpty() || code.charAt(0) == stated.charAt(0))) {
                stated = code;
            }
        }
        String heard = Codes.reply(this.diagnostic);
        if (heard.isEmpty()) heard = Codes.reply(around);
        if (stated.isEmpty()) {
            if (given.length() == 1) stated = given + ".0.0";
            else stated = (heard.startsWith("4") ? "4" : "5") + ".0.0";
        }
        status = stated;
        reply = heard;
        String order = givenCommand;
        if (order.isEmpty()) order = Codes.command(this.diagnostic);
        if (order.isEmpty()) order = Codes.command(around);
        command = order;
        String low = (facts + " " + diagnostic).toLowerCase(Locale.ROOT);
        topic = topic(rules, around, low);
        hard = Reasons.entry(topic).hard() && !status.startsWith("4");
    }

    private String topic(Rules rules, String around, String facts) {
        Rules.Rule rule =
                rules.match(new Rules.Case(diagnostic, facts, command, reply, status), true);
        if (rule == null) {
            rule = rules.match(new Rules.Case(around, facts, command, reply, status), true);
        }
        if (rule == null) {
            rule = rules.match(new Rules.Case("", facts, command, reply, status), false);
        }
        return rule == null ? "undefined" : rule.topic();
    }

    Bounce bounce(String recipient, String original, String source) {
        return new Bounce(
                recipient, original, status, reply, command, diagnostic, topic, hard, source);
    }
}
