package yubin.queue;

import java.util.List;
import yubin.assist.Bounce;
import yubin.assist.Reasons;
import yubin.assist.ReplyReader;
import yubin.mail.Address;
import yubin.mail.EnhancedStatus;
import yubin.mail.Reply;

/// A reply in the words of people, which the clerk (room `assist`) knows.
///
/// @param topic what the clerk took it for, as `userunknown`
/// @param expired the letter was tried until its time was over; `topic` is what stood in the way
record Explanation(
        String topic,
        boolean expired,
        String whatJapanese,
        String adviceJapanese,
        String whatEnglish,
        String adviceEnglish) {
    private static final String EXPIRED = "delivery time expired; the last answer was: ";

    /// What stands in the way of a recipient.
    static Explanation of(Reply reply, Address address) {
        String text = String.join(" ", reply.lines());
        boolean expired = text.startsWith(EXPIRED);
        Reply last = expired ? lastAnswer(text.substring(EXPIRED.length())) : reply;
        String recipient = address.local() + "@" + address.domain().unicode();
        Bounce read = read(last, recipient);
        Reasons.Words japanese = Reasons.explain(read, true);
        Reasons.Words english = Reasons.explain(read, false);
        String adviceJapanese = String.join("", japanese.next());
        String adviceEnglish = String.join(" ", english.next());
        if (expired && read.topic().equals("blocked:greylist")) {
            adviceJapanese = "急ぐときはほかの方法で相手の方に連絡し、後でもう一度送ってください。";
            adviceEnglish =
                    "If it is urgent, reach the recipient in another way; else send it again later.";
        }
        return new Explanation(
                read.topic(),
                expired,
                japanese.happened() + japanese.whose(),
                adviceJapanese,
                english.happened() + " " + english.whose(),
                adviceEnglish);
    }

    private static Bounce read(Reply reply, String recipient) {
        String status = reply.status() == null ? "" : reply.status() + " ";
        String text = reply.code() + " " + status + String.join(" ", reply.lines());
        return ReplyReader.read(text, "", recipient);
    }

    /// The final reply for a letter whose time is over: it keeps what was said last.
    static Reply expired(Reply last) {
        boolean full = read(last, "").reason().equals("mailboxfull");
        return Reply.of(full ? 552 : 554, full ? "5.2.2" : "5.4.7", EXPIRED + last);
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
}
