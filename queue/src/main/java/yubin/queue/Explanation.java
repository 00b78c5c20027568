package yubin.queue;

import java.util.List;
import java.util.Locale;
import yubin.mail.Address;
import yubin.mail.EnhancedStatus;
import yubin.mail.Reply;

/// A reply in the words of people. RFC 3463 gives the meaning of the status codes; where a server
/// sends none, or one that says little, its text decides.
///
/// @param expired the letter was tried until its time was over; `cause` is what stood in the way
public record Explanation(
        Cause cause,
        boolean expired,
        String whatJapanese,
        String adviceJapanese,
        String whatEnglish,
        String adviceEnglish) {
    private static final String EXPIRED = "delivery time expired; the last answer was: ";

    /// What stands in the way of a recipient.
    ///
    /// @param host who spoke; null when no host was reached
    public static Explanation of(Reply reply, String host, Address address) {
        String text = String.join(" ", reply.lines());
        boolean expired = text.startsWith(EXPIRED);
        Reply last = expired ? lastAnswer(text.substring(EXPIRED.length())) : reply;
        Cause cause = cause(last, host);
        String who = host == null ? address.domain().unicode() : host;
        String adviceJapanese = cause.adviceJapanese();
        String adviceEnglish = cause.adviceEnglish();
        if (expired && isHarmless(cause)) {
            adviceJapanese = "急ぐ場合はほかの方法で相手の方に連絡し、後でもう一度送ってください。";
            adviceEnglish =
                    "If it is urgent, reach the recipient in another way; else send it again later.";
        }
        return new Explanation(
                cause,
                expired,
                fill(cause.whatJapanese(), address, who),
                fill(adviceJapanese, address, who),
                fill(cause.whatEnglish(), address, who),
                fill(adviceEnglish, address, who));
    }

    /// The final reply for a letter whose time is over: it keeps what was said last.
    static Reply expired(Reply last) {
        boolean full = cause(last, null) == Cause.FULL;
        return Reply.of(full ? 552 : 554, full ? "5.2.2" : "5.4.7", EXPIRED + last);
    }

    private static boolean isHarmless(Cause cause) {
        return cause == Cause.GREYLISTED || cause == Cause.TEMPORARY;
    }

    /// Reads `451 4.4.3 text` again; total.
    private static Reply lastAnswer(String text) {
        String[] words = text.split(" ", 3);
        try {
            int code = Integer.parseInt(words[0]);
            if (words.length == 3) {
                var status = EnhancedStatus.parse(words[1]);
                if (status.isPresent()) return new Reply(code, status.get(), List.of(words[2]));
            }
            return Reply.of(code, text.substring(words[0].length()));
        } catch (IllegalArgumentException e) {
            return Reply.of(451, text);
        }
    }

    private static String fill(String sentence, Address address, String host) {
        return sentence.replace("{address}", address.local() + "@" + address.domain().unicode())
                .replace("{domain}", address.domain().unicode())
                .replace("{host}", host);
    }

    static Cause cause(Reply reply, String host) {
        String text = String.join(" ", reply.lines()).toLowerCase(Locale.ROOT);
        Cause byStatus = byStatus(reply, text);
        if (byStatus != null) return byStatus;
        Cause byText = byText(reply, text);
        if (byText != null) return byText;
        return reply.isPermanent() ? Cause.REFUSED : Cause.TEMPORARY;
    }

    /// Codes that say enough by themselves.
    private static Cause byStatus(Reply reply, String text) {
        EnhancedStatus status = reply.status();
        if (status == null) return null;
        return switch (status.subject() * 1000 + status.detail()) {
            case 1_001, 1_006 -> Cause.UNKNOWN_USER;
            case 1_002 -> Cause.UNKNOWN_HOST;
            case 1_010 -> Cause.NULL_MX;
            case 2_001 -> has(text, "unknown", "no such") ? Cause.UNKNOWN_USER : Cause.DISABLED;
            case 2_002 -> Cause.FULL;
            case 2_003, 3_004 -> Cause.TOO_LARGE;
            case 4_001 -> has(text, "refused") ? Cause.CONNECTION_REFUSED : Cause.HOST_SILENT;
            case 4_002 -> Cause.CONNECTION_BROKEN;
            case 4_003 -> has(text, "dnssec") ? Cause.DNS_BOGUS : Cause.DNS_SILENT;
            case 4_004 -> Cause.NO_HOST;
            case 4_006 -> Cause.LOOP;
            case 6_007, 6_009 -> Cause.NO_SMTPUTF8;
            case 7_004, 7_005, 7_010, 7_011 -> Cause.TLS;
            case 7_008, 7_009 -> Cause.NOT_AUTHENTICATED;
            default -> null;
        };
    }

    private static Cause byText(Reply reply, String text) {
        int subject = reply.status() == null ? 0 : reply.status().subject();
        if (has(text, "returned by the operator")) return Cause.RETURNED;
        if (has(text, "relaying", "relay access", "not permitted to relay", "unable to relay")) {
            return Cause.RELAYING_DENIED;
        }
        if (reply.code() == 530 || reply.code() == 534 || reply.code() == 535) {
            return has(text, "starttls") ? Cause.TLS : Cause.NOT_AUTHENTICATED;
        }
        if (has(text, "greylist", "graylist", "grey-list", "postgrey")) return Cause.GREYLISTED;
        if (has(text, "too many hops", "mail loop", "loops back", "too many received")) {
            return Cause.LOOP;
        }
        if (has(text, "quota", "mailbox full", "mailbox is full", "insufficient storage")) {
            return Cause.FULL;
        }
        if (has(text, "too large", "too big", "size limit", "maximum size", "message size")) {
            return Cause.TOO_LARGE;
        }
        if (reply.isPermanent()
                && has(
                        text,
                        "user unknown",
                        "unknown user",
                        "no such user",
                        "no such mailbox",
                        "no such recipient",
                        "unknown recipient",
                        "recipient unknown",
                        "does not exist",
                        "doesn't exist",
                        "no mailbox here",
                        "invalid recipient",
                        "unrouteable address",
                        "not found")) {
            return Cause.UNKNOWN_USER;
        }
        if (has(text, "spam", "block", "blacklist", "dnsbl", "rbl", "reputation", "listed at")) {
            return reply.isPermanent() ? Cause.BLOCKED : Cause.GREYLISTED;
        }
        if (has(text, "starttls", "tls required", "certificate")) return Cause.TLS;
        if (reply.code() == 552) return Cause.TOO_LARGE;
        if (subject == 7 && reply.isPermanent()) return Cause.BLOCKED;
        if (subject == 7) return Cause.GREYLISTED;
        if (subject == 6) return Cause.CONTENT;
        if (reply.code() == 550 && subject == 0 && has(text, "mailbox unavailable")) {
            return Cause.UNKNOWN_USER;
        }
        return null;
    }

    private static boolean has(String text, String... words) {
        for (String word : words) if (text.contains(word)) return true;
        return false;
    }
}
