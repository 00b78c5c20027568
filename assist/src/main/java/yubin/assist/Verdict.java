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

    /// The rules, and what was found in the texts of one message: several recipients may share one.
    record Hearing(Rules rules, Map<String, Heard> texts) {
        static Hearing of(Rules rules) {
            return new Hearing(rules, new HashMap<>());
        }

        Heard heard(String text) {
            return texts.computeIfAbsent(text, words -> new Heard(rules, words));
        }
    }

    /// What one text says, found when it is first asked for.
    static final class Heard {
        private final Rules rules;
        private final String text;
        private String status;
        private String reply;
        private String command;
        private Rules.Said said;

        private Heard(Rules rules, String text) {
            this.rules = rules;
            this.text = text;
        }

        String status() {
            if (status == null) status = Codes.status(text);
            return status;
        }

        String reply() {
            if (reply == null) reply = Codes.reply(text);
            return reply;
        }

        String command() {
            if (command == null) command = Codes.command(text);
            return command;
        }

        Rules.Said said() {
            if (said == null) said = rules.said(text);
            return said;
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
        this.diagnostic = oneLine(diagnostic);
        Heard own = hearing.heard(this.diagnostic);
        Heard wide = hearing.heard(around);
        String said = own.status();
        String stated = given.length() == 1 ? "" : given;
        if (Codes.isVague(stated) && !said.isEmpty()) stated = said;
        if (Codes.isVague(stated)) {
            String code = wide.status();
            if (!code.isEmpty() && (stated.isEmpty() || code.charAt(0) == stated.charAt(0))) {
                stated = code;
            }
        }
        String heard = own.reply();
        if (heard.isEmpty()) heard = wide.reply();
        if (stated.isEmpty()) {
            if (given.length() == 1) stated = given + ".0.0";
            else stated = (heard.startsWith("4") ? "4" : "5") + ".0.0";
        }
        status = stated;
        reply = heard;
        String order = givenCommand;
        if (order.isEmpty()) order = own.command();
        if (order.isEmpty()) order = wide.command();
        command = order;
        String low = (facts + " " + diagnostic).toLowerCase(Locale.ROOT);
        topic = topic(hearing.rules(), own, wide, low);
        hard = Reasons.entry(topic).hard() && !status.startsWith("4");
    }

    /// Each run of white space becomes one space.
    private static String oneLine(String text) {
        String bare = text.strip();
        StringBuilder out = new StringBuilder(bare.length());
        boolean space = false;
        for (int i = 0; i < bare.length(); i++) {
            char c = bare.charAt(i);
            boolean white = c == ' ' || c >= '\t' && c <= '\r';
            if (!white) out.append(c);
            else if (!space) out.append(' ');
            space = white;
        }
        return out.toString();
    }

    private String topic(Rules rules, Heard own, Heard wide, String facts) {
        Rules.Case what = new Rules.Case(facts, command, reply, status);
        Rules.Rule rule = rules.match(own.said(), what, false);
        if (rule == null) rule = rules.match(wide.said(), what, false);
        if (rule == null) rule = rules.match(own.said(), what, true);
        if (rule != null) return rule.topic();
        return diagnostic.isEmpty() && wide.text.isBlank() ? "undefined" : "onhold";
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
