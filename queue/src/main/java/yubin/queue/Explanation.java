package yubin.queue;

import java.util.List;
import java.util.Optional;
import yubin.assist.Bounce;
import yubin.assist.NextStep;
import yubin.assist.Reasons;
import yubin.assist.ReplyReader;
import yubin.mail.Address;
import yubin.mail.EnhancedStatus;
import yubin.mail.Reply;

/// A refusal in the words of people, which the clerk (room `assist`) knows.
///
/// @param read what the clerk made of it
/// @param expired the letter was tried until its time was over; `read` is what stood in the way
public record Explanation(
        Bounce read, boolean expired, Reasons.Words japanese, Reasons.Words english) {
    private static final String EXPIRED = "delivery time expired; the last answer was: ";
    private static final String AGAIN_JAPANESE = "急ぐときはほかの方法で相手の方に連絡し、後でもう一度送ってください。";
    private static final String AGAIN_ENGLISH =
            "If it is urgent, reach the recipient in another way; else send it again later.";

    /// What a step of a journey means; empty when nothing went wrong in it.
    public static Optional<Explanation> of(Trail.Step step) {
        String recipient = step.recipient() == null ? "" : shown(step.recipient());
        return switch (step.what()) {
            case CAME_BACK, LATE -> Optional.of(of(step.returned().bounce()));
            case FAILED, DEFERRED, UNCERTAIN -> Optional.of(of(step.text(), recipient));
            default -> Optional.empty();
        };
    }

    /// What stands in the way of a recipient.
    static Explanation of(Reply reply, Address address) {
        return of(reply.toString(), shown(address));
    }

    /// @param said a reply as [Reply#toString] writes it
    /// @param recipient as people write it; empty for nobody
    public static Explanation of(String said, String recipient) {
        String text = said == null ? "" : said;
        int expired = text.indexOf(EXPIRED);
        String last = expired < 0 ? text : text.substring(expired + EXPIRED.length());
        return of(ReplyReader.read(last, "", recipient), expired >= 0);
    }

    static Explanation of(Bounce read) {
        return of(read, false);
    }

    private static Explanation of(Bounce read, boolean expired) {
        Reasons.Words japanese = Reasons.explain(read, true);
        Reasons.Words english = Reasons.explain(read, false);
        if (expired && read.topic().equals("blocked:greylist")) {
            japanese = japanese.with(AGAIN_JAPANESE);
            english = english.with(AGAIN_ENGLISH);
        }
        return new Explanation(read, expired, japanese, english);
    }

    /// What the clerk took it for, as `userunknown` or `blocked:greylist`.
    public String topic() {
        return read.topic();
    }

    /// What the sender can do best.
    public NextStep nextStep() {
        return read.delayed() ? NextStep.WAIT : NextStep.of(read.topic());
    }

    String whatJapanese() {
        return japanese.happened() + japanese.whose();
    }

    String adviceJapanese() {
        return String.join("", japanese.next());
    }

    String whatEnglish() {
        return english.happened() + " " + english.whose();
    }

    String adviceEnglish() {
        return String.join(" ", english.next());
    }

    private static String shown(String address) {
        return Address.parse(address).map(Explanation::shown).orElse(address);
    }

    private static String shown(Address address) {
        return address.local() + "@" + address.domain().unicode();
    }

    /// The final reply for a letter whose time is over: it keeps what was said last.
    static Reply expired(Reply last) {
        String reason = ReplyReader.read(last.toString(), "").reason();
        boolean full = reason.equals("mailboxfull");
        return new Reply(
                full ? 552 : 554,
                EnhancedStatus.of(full ? "5.2.2" : "5.4.7"),
                List.of(EXPIRED + last));
    }
}
