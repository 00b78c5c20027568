package yubin.queue;

import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import yubin.mail.Address;
import yubin.mail.Domain;
import yubin.mail.EnhancedStatus;
import yubin.mail.Envelope;
import yubin.mail.QueueId;
import yubin.mail.Recipient;
import yubin.mail.Reply;
import yubin.mail.ReversePath;
import yubin.mime.Addresses;
import yubin.mime.Field;
import yubin.mime.MailDate;
import yubin.mime.Message;
import yubin.mime.MessageBuilder;
import yubin.mime.MessageBuilder.Content;
import yubin.queue.Addressee.State;

/// Writes delivery status notifications: what failed, what takes longer, what arrived. RFC 3464,
/// in the frame of RFC 6522 §3, with UTF-8 addresses and headers by RFC 6533 §4; what the sender
/// asked for by RFC 3461.
///
/// Three parts: plain words in Japanese and English; the same for programs; the header of the
/// letter, or all of it where the sender said RET=FULL and it failed.
final class Bounce {
    /// Octets of the header that come back.
    static final int HEADER_OCTETS_MAX = 64 << 10;

    /// A larger letter comes back as its header only, whatever RET said (RFC 3461 §6.2).
    private static final long FULL_OCTETS_MAX = 1 << 20;

    /// Recipients that the words for people name; programs get all.
    private static final int NAMED_MAX = 50;

    /// While we go on trying, nothing else needs to be done.
    private static final String URGENT_JAPANESE = "急ぐときは、ほかの方法で相手の方に連絡してください。";

    private static final String URGENT_ENGLISH =
            "If it is urgent, reach the recipient in another way.";

    /// What is told, each in a notification of its own.
    enum Kind {
        FAILED("bounce", "メールを配達できませんでした", "Mail could not be delivered"),
        SUCCEEDED("success notice", "メールを配達しました", "Mail was delivered"),
        DELAYED("delay notice", "メールの配達が遅れています", "Mail delivery is delayed");

        private final String word;
        private final String titleJapanese;
        private final String titleEnglish;

        Kind(String word, String titleJapanese, String titleEnglish) {
            this.word = word;
            this.titleJapanese = titleJapanese;
            this.titleEnglish = titleEnglish;
        }

        String word() {
            return word;
        }
    }

    private final Domain hostname;
    private final InstantSource clock;
    private final RetryTimes times;

    Bounce(Domain hostname, InstantSource clock, RetryTimes times) {
        this.hostname = hostname;
        this.clock = clock;
        this.times = times;
    }

    /// The recipients about whom the sender must be told now. RFC 3461 §5.2.
    List<Integer> about(Kind kind, Entry entry, long now) {
        if (entry.from() instanceof ReversePath.Null) return List.of();
        List<Integer> about = new ArrayList<>(0);
        for (int i = 0; i < entry.addressees().size(); i++) {
            Addressee addressee = entry.addressees().get(i);
            boolean tell =
                    switch (kind) {
                        case FAILED -> addressee.state() == State.FAILED && isDue(addressee, now);
                        case SUCCEEDED ->
                                addressee.state() != State.FAILED && isDue(addressee, now);
                        case DELAYED ->
                                addressee.isWaiting()
                                        && !addressee.delayTold()
                                        && addressee.attempts() > 0
                                        && addressee.recipient().wantsDelay()
                                        && now - entry.startMillis()
                                                >= times.delayNotice().toMillis();
                    };
            if (tell) about.add(i);
        }
        return about;
    }

    private static boolean isDue(Addressee addressee, long now) {
        return addressee.isUntold() && addressee.nextMillis() <= now;
    }

    boolean returnsAll(Kind kind, Entry entry) {
        return kind == Kind.FAILED
                && entry.ret() == Envelope.Ret.FULL
                && entry.blob().size() <= FULL_OCTETS_MAX;
    }

    /// The whole notification.
    ///
    /// @param original the message, or its header only; empty when it cannot be read
    /// @param full whether `original` is the whole message
    byte[] write(
            Kind kind,
            Entry entry,
            List<Integer> about,
            QueueId id,
            byte[] original,
            boolean full) {
        List<Addressee> told = about.stream().map(entry.addressees()::get).toList();
        Message message = Message.parse(original);
        boolean utf8 = needsUtf8(told, message);
        Address sender = ((ReversePath.Mailbox) entry.from()).address();
        List<Content> parts = new ArrayList<>(3);
        parts.add(
                new Content.Text("plain", words(kind, entry, told, message), List.of("ja", "en")));
        parts.add(Content.deliveryStatus(status(kind, entry, told, utf8)));
        if (original.length > 0) {
            parts.add(full ? whole(original, message) : Content.headers(original));
        }
        String title = kind.titleJapanese + " / " + kind.titleEnglish;
        MessageBuilder builder =
                new MessageBuilder()
                        .addresses("From", mailbox("Mail Delivery System", "MAILER-DAEMON"))
                        .addresses("To", mailbox(sender))
                        .subject(title)
                        .date(OffsetDateTime.ofInstant(clock.instant(), ZoneId.systemDefault()))
                        .messageId(id + "@" + hostname.ascii())
                        .structured("Auto-Submitted", "auto-replied");
        if (sender.needsSmtpUtf8()) builder.utf8Header();
        String messageId = entry.content().messageId();
        if (messageId != null && isPrintableAscii(messageId)) {
            builder.structured("In-Reply-To", "<" + messageId + ">");
            builder.structured("References", "<" + messageId + ">");
        }
        return builder.content(Content.report("delivery-status", parts.toArray(Content[]::new)))
                .build();
    }

    /// A message with a UTF-8 header comes back encoded, since the way to the sender may lack
    /// SMTPUTF8. RFC 6533 §4.5.
    private static Content whole(byte[] original, Message message) {
        if (!message.needsSmtpUtf8()) return Content.message(original);
        return new Content.Raw("message/global", List.of(), null, original, true);
    }

    private List<Addresses.Mailbox> mailbox(String name, String local) {
        return List.of(new Addresses.Mailbox(name, local, hostname.ascii(), null));
    }

    private static List<Addresses.Mailbox> mailbox(Address address) {
        return List.of(
                new Addresses.Mailbox(null, address.local(), address.domain().ascii(), null));
    }

    private static boolean needsUtf8(List<Addressee> told, Message message) {
        if (message.needsSmtpUtf8()) return true;
        return told.stream().anyMatch(a -> a.recipient().address().needsSmtpUtf8());
    }

    // The words for people.

    private String words(Kind kind, Entry entry, List<Addressee> told, Message message) {
        String subject = message.subject() == null ? "" : clean(message.subject(), true);
        StringBuilder out = new StringBuilder(2048);
        out.append(
                switch (kind) {
                    case FAILED -> "お送りになった次のメールは、下の宛先に届きませんでした。\n";
                    case SUCCEEDED -> "お送りになった次のメールを、下の宛先に配達しました。\n";
                    case DELAYED ->
                            """
                            お送りになった次のメールは、下の宛先にまだ届いていません。
                            配達は自動的に続けます。送り直す必要はありません。
                            """;
                });
        out.append("(English text follows below.)\n\n");
        out.append("  件名: ").append(subject).append('\n');
        out.append("  受付番号: ").append(entry.id()).append('\n');
        for (Addressee addressee : first(told)) japanese(out, kind, entry, addressee);
        if (told.size() > NAMED_MAX) {
            out.append("\nほか ").append(told.size() - NAMED_MAX).append(" 件\n");
        }
        out.append("\n----------------------------------------------------------------------\n\n");
        out.append(
                switch (kind) {
                    case FAILED ->
                            "Your message could not be delivered to the following address.\n";
                    case SUCCEEDED -> "Your message was delivered to the following address.\n";
                    case DELAYED ->
                            """
                            Your message has not reached the following address yet.
                            We go on trying; you need not send it again.
                            """;
                });
        out.append("\n  Subject: ").append(subject).append('\n');
        out.append("  Number: ").append(entry.id()).append('\n');
        for (Addressee addressee : first(told)) english(out, kind, entry, addressee);
        if (told.size() > NAMED_MAX) {
            out.append("\nand ").append(told.size() - NAMED_MAX).append(" more\n");
        }
        out.append("\n-- \n").append(hostname.unicode()).append('\n');
        return out.toString();
    }

    private static List<Addressee> first(List<Addressee> told) {
        return told.size() > NAMED_MAX ? told.subList(0, NAMED_MAX) : told;
    }

    private void japanese(StringBuilder out, Kind kind, Entry entry, Addressee addressee) {
        out.append("\n■ ").append(shown(addressee)).append('\n');
        if (kind == Kind.SUCCEEDED) {
            out.append(
                    switch (addressee.state()) {
                        case RELAYED -> "  次のサーバーに渡しました。その先の到着通知は届きません: " + addressee.host() + "\n";
                        case EXPANDED -> "  このアドレスに登録された複数の宛先に送りました。\n";
                        default -> "  メールボックスに入りました。\n";
                    });
            return;
        }
        Explanation why = explain(addressee);
        out.append("  理由: ").append(why.whatJapanese()).append('\n');
        if (why.expired()) out.append("  送信を繰り返しましたが、期限が過ぎたため中止しました。\n");
        String advice = kind == Kind.DELAYED ? URGENT_JAPANESE : why.adviceJapanese();
        out.append("  どうすればよいか: ").append(advice).append('\n');
        if (kind == Kind.DELAYED) {
            out.append("  配達を続ける期限: ").append(date(times.expiryMillis(entry))).append('\n');
        }
        reply(out, addressee, "  相手のサーバーの返答", "  記録");
        if (addressee.state() == State.UNCERTAIN) {
            out.append("  前回の送信は最後の返答を受け取れませんでした。届いている可能性もあります。\n");
        }
    }

    private void english(StringBuilder out, Kind kind, Entry entry, Addressee addressee) {
        out.append("\n* ").append(shown(addressee)).append('\n');
        if (kind == Kind.SUCCEEDED) {
            out.append(
                    switch (addressee.state()) {
                        case RELAYED ->
                                "  Handed to a server that sends no notices of arrival: "
                                        + addressee.host()
                                        + "\n";
                        case EXPANDED -> "  Sent on to the addresses behind this one.\n";
                        default -> "  Put into the mailbox.\n";
                    });
            return;
        }
        Explanation why = explain(addressee);
        out.append("  Why: ").append(why.whatEnglish()).append('\n');
        if (why.expired()) out.append("  We tried again and again until the time was over.\n");
        String advice = kind == Kind.DELAYED ? URGENT_ENGLISH : why.adviceEnglish();
        out.append("  What to do: ").append(advice).append('\n');
        if (kind == Kind.DELAYED) {
            out.append("  We try until: ").append(date(times.expiryMillis(entry))).append('\n');
        }
        reply(out, addressee, "  The server's reply", "  Recorded");
        if (addressee.state() == State.UNCERTAIN) {
            out.append("  The last try broke before its final reply: it may have arrived.\n");
        }
    }

    private static void reply(StringBuilder out, Addressee addressee, String said, String noted) {
        if (addressee.reply() == null) return;
        out.append(addressee.host() == null ? noted : said);
        if (addressee.host() != null) out.append(" (").append(addressee.host()).append(')');
        out.append(": ").append(clean(addressee.reply().toString(), true)).append('\n');
    }

    private static Explanation explain(Addressee addressee) {
        Reply reply = addressee.reply();
        if (reply == null) reply = Reply.of(451, "4.0.0", "not yet");
        return Explanation.of(reply, addressee.recipient().address());
    }

    private static String shown(Addressee addressee) {
        Address address = addressee.recipient().address();
        return clean(address.local(), true) + "@" + address.domain().unicode();
    }

    // The fields for programs.

    private List<List<Field>> status(Kind kind, Entry entry, List<Addressee> told, boolean utf8) {
        List<List<Field>> groups = new ArrayList<>(told.size() + 1);
        List<Field> perMessage = new ArrayList<>();
        if (entry.envelopeId() != null) {
            perMessage.add(line("Original-Envelope-Id", entry.envelopeId(), utf8));
        }
        perMessage.add(line("Reporting-MTA", "dns; " + hostname.ascii(), utf8));
        perMessage.add(line("X-Queue-Id", entry.id().toString(), utf8));
        perMessage.add(line("Arrival-Date", date(entry.acceptedMillis()), utf8));
        groups.add(perMessage);
        for (Addressee addressee : told) groups.add(recipient(kind, entry, addressee, utf8));
        return groups;
    }

    /// RFC 3464 §2.3; which fields must and must not be there RFC 3461 §6.3.
    private List<Field> recipient(Kind kind, Entry entry, Addressee addressee, boolean utf8) {
        List<Field> fields = new ArrayList<>();
        Recipient recipient = addressee.recipient();
        if (recipient.originalRecipient() != null) {
            fields.add(line("Original-Recipient", recipient.originalRecipient(), utf8));
        }
        String type = recipient.address().needsSmtpUtf8() ? "utf-8; " : "rfc822; ";
        fields.add(line("Final-Recipient", type + recipient.address(), utf8));
        fields.add(line("Action", action(kind, addressee), utf8));
        fields.add(line("Status", statusCode(kind, addressee.reply()), utf8));
        if (addressee.host() != null) {
            fields.add(line("Remote-MTA", "dns; " + addressee.host(), utf8));
            if (addressee.reply() != null) {
                fields.add(line("Diagnostic-Code", "smtp; " + addressee.reply(), utf8));
            }
        } else if (kind != Kind.SUCCEEDED && addressee.reply() != null) {
            fields.add(line("Diagnostic-Code", "X-Yubin; " + addressee.reply(), utf8));
        }
        if (addressee.lastMillis() > 0) {
            fields.add(line("Last-Attempt-Date", date(addressee.lastMillis()), utf8));
        }
        if (kind == Kind.DELAYED) {
            fields.add(line("Will-Retry-Until", date(times.expiryMillis(entry)), utf8));
        }
        return fields;
    }

    /// RFC 3464 §2.3.3.
    private static String action(Kind kind, Addressee addressee) {
        return switch (kind) {
            case FAILED -> "failed";
            case DELAYED -> "delayed";
            case SUCCEEDED ->
                    switch (addressee.state()) {
                        case RELAYED -> "relayed";
                        case EXPANDED -> "expanded";
                        default -> "delivered";
                    };
        };
    }

    /// The status of the reply where its class fits what is told. RFC 3464 §2.3.4.
    private static String statusCode(Kind kind, Reply reply) {
        int wanted =
                switch (kind) {
                    case FAILED -> 5;
                    case DELAYED -> 4;
                    case SUCCEEDED -> 2;
                };
        EnhancedStatus status = reply == null ? null : reply.status();
        if (status == null) return wanted + ".0.0";
        return new EnhancedStatus(wanted, status.subject(), status.detail()).toString();
    }

    private static Field line(String name, String value, boolean utf8) {
        return MessageBuilder.line(name, clean(value, utf8));
    }

    private static String date(long millis) {
        return MailDate.format(
                OffsetDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneId.systemDefault()));
    }

    /// Text of a peer or of a letter, safe within a line: no control characters; ASCII only unless
    /// `utf8`. Cut at 1000 characters.
    private static String clean(String text, boolean utf8) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), 1000));
        for (int i = 0; i < text.length() && i < 1000; i++) {
            char c = text.charAt(i);
            boolean good = c >= ' ' && c != 127 && (utf8 ? !isControl(c) : c < 127);
            out.append(good ? c : '?');
        }
        return out.toString();
    }

    /// C1 controls, and what turns the direction of text around.
    private static boolean isControl(char c) {
        return c >= 0x80 && c < 0xA0
                || c >= 0x202A && c <= 0x202E
                || c >= 0x2066 && c <= 0x2069
                || c == 0x2028
                || c == 0x2029;
    }

    private static boolean isPrintableAscii(String text) {
        if (text.isEmpty() || text.length() > 900) return false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c > 126 || c == '<' || c == '>') return false;
        }
        return true;
    }
}
