package yubin.assist;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Decides status, reply, reason and hardness from all that was said of one recipient.
final class Verdict {
    final String status;
    final String reply;
    final String command;
    final String topic;
    final boolean hard;
    private final String diagnostic;

    /// The rules, and what they found in texts that belong to several recipients of one message.
    record Hearing(Rules rules, Map<String, Rules.Said> heard, Map<String, String> commands) {
        static Hearing of(Rules rules) {
            return new Hearing(rules, new HashMap<>(), new HashMap<>());
        }

        String command(String text) {
            return commands.computeIfAbsent(text, Codes::command);
        }

        Rules.Said said(String text) {
            return heard.computeIfAbsent(text, rules::said);
        }
    }

    /// @param diagnostic what the refusing server said
    /// @param around the words of the notice; asked only when the diagnostic says nothing
    /// @param given status that the notice states, or empty, or just a class as `4`
    /// @param facts who spoke: hosts and headers
    Verdict(
            Hearing hearing,
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
        if (order.isEmpty()) order = hearing.command(around);
        command = order;
        String low = (facts + " " + diagnostic).toLowerCase(Locale.ROOT);
        topic = topic(hearing, around, low);
        hard = Reasons.entry(topic).hard() && !status.startsWith("4");
    }

    private String topic(Hearing hearing, String around, String facts) {
        Rules.Case what = new Rules.Case(facts, command, reply, status);
        Rules rules = hearing.rules();
        Rules.Said said = hearing.said(diagnostic);
        Rules.Rule rule = rules.match(said, what, false);
        if (rule == null) rule = rules.match(hearing.said(around), what, false);
        if (rule == null) rule = rules.match(said, what, true);
        if (rule != null) return rule.topic();
        return diagnostic.isEmpty() && around.isBlank() ? "undefined" : "onhold";
    }

    Bounce bounce(String recipient, String original, boolean delayed, String source) {
        return new Bounce(
                recipient,
                original,
                status,
                reply,
                command,
                diagnostic,
                topic,
                hard,
                delayed,
                source);
    }
}
