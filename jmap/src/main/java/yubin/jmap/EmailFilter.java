package yubin.jmap;

import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import yubin.store.Boxes;

/// One condition on an email. RFC 8621 §4.4.1.
sealed interface EmailFilter {
    record InMailbox(int mailbox) implements EmailFilter {}

    record InOtherThan(Set<Integer> mailboxes) implements EmailFilter {}

    /// `receivedAt < millis`.
    record Before(long millis) implements EmailFilter {}

    /// `receivedAt >= millis`.
    record After(long millis) implements EmailFilter {}

    record MinSize(long octets) implements EmailFilter {}

    record MaxSize(long octets) implements EmailFilter {}

    /// @param bit 0 for a keyword that no email has
    record HasKeyword(long bit, boolean wanted) implements EmailFilter {}

    enum Of {
        ALL,
        SOME,
        NONE
    }

    record ThreadKeyword(long bit, Of of) implements EmailFilter {}

    record HasAttachment(boolean wanted) implements EmailFilter {}

    /// Words that are looked for.
    ///
    /// @param where `text`, `from`, `to`, `cc`, `bcc`, `subject`, `body`
    /// @param text as the client wrote it
    record Words(String where, String text, Needles needles) implements EmailFilter {
        static Words of(String where, String text) {
            return new Words(where, text, Needles.of(text));
        }
    }

    /// @param value null for "has the field"
    record Header(String name, String value) implements EmailFilter {}

    /// All of them.
    record Each(java.util.List<EmailFilter> filters) implements EmailFilter {}

    static EmailFilter read(Boxes boxes, ObjectNode condition) throws MethodError, IOException {
        java.util.List<EmailFilter> all = new java.util.ArrayList<>(condition.size());
        for (var member : condition.properties()) {
            all.add(read(boxes, member.getKey(), member.getValue()));
        }
        return all.size() == 1 ? all.getFirst() : new Each(all);
    }

    private static EmailFilter read(Boxes boxes, String name, JsonNode value)
            throws MethodError, IOException {
        return switch (name) {
            case "inMailbox" -> new InMailbox(mailbox(boxes, name, value));
            case "inMailboxOtherThan" -> {
                if (!value.isArray()) throw Args.invalid("\"" + name + "\" must be Id[]");
                Set<Integer> mailboxes = new HashSet<>();
                for (JsonNode id : value) mailboxes.add(mailbox(boxes, name, id));
                yield new InOtherThan(mailboxes);
            }
            case "before" -> new Before(date(name, value));
            case "after" -> new After(date(name, value));
            case "minSize" -> new MinSize(size(name, value));
            case "maxSize" -> new MaxSize(size(name, value));
            case "hasKeyword" -> new HasKeyword(bit(boxes, name, value), true);
            case "notKeyword" -> new HasKeyword(bit(boxes, name, value), false);
            case "allInThreadHaveKeyword" -> new ThreadKeyword(bit(boxes, name, value), Of.ALL);
            case "someInThreadHaveKeyword" -> new ThreadKeyword(bit(boxes, name, value), Of.SOME);
            case "noneInThreadHaveKeyword" -> new ThreadKeyword(bit(boxes, name, value), Of.NONE);
            case "hasAttachment" -> new HasAttachment(MailboxQuery.bool(name, value));
            case "text", "from", "to", "cc", "bcc", "subject", "body" ->
                    Words.of(name, MailboxQuery.string(name, value));
            case "header" -> header(value);
            default ->
                    throw new MethodError("unsupportedFilter", "cannot filter by \"" + name + "\"");
        };
    }

    private static EmailFilter header(JsonNode value) throws MethodError {
        boolean good = value.isArray() && (value.size() == 1 || value.size() == 2);
        for (JsonNode item : value) good &= item.isString();
        if (!good) throw Args.invalid("\"header\" must be a name, or a name and a text");
        String name = value.get(0).stringValue();
        if (!HeaderProperty.isName(name)) throw Args.invalid("that is no header field name");
        String text = value.size() == 2 ? Collation.fold(value.get(1).stringValue()) : null;
        return new Header(name.toLowerCase(Locale.ROOT), text);
    }

    /// An unknown mailbox is asked for in vain, not in error.
    private static int mailbox(Boxes boxes, String name, JsonNode value) throws MethodError {
        var mailbox = MailboxMethods.find(boxes, MailboxQuery.string(name, value));
        return mailbox == null ? -1 : mailbox.id();
    }

    private static long date(String name, JsonNode value) throws MethodError {
        Instant date = Dates.parseUtc(MailboxQuery.string(name, value));
        if (date == null) throw Args.invalid("\"" + name + "\" must be a UTCDate");
        return date.toEpochMilli();
    }

    private static long size(String name, JsonNode value) throws MethodError {
        if (!value.isIntegralNumber() || value.asLong(-1) < 0) {
            throw Args.invalid("\"" + name + "\" must be an UnsignedInt");
        }
        return value.longValue();
    }

    private static long bit(Boxes boxes, String name, JsonNode value)
            throws MethodError, IOException {
        return Keywords.bit(boxes, MailboxQuery.string(name, value));
    }

    /// Whether asking needs more than the arrays of a [Sweep].
    static boolean isCheap(EmailFilter filter) {
        return switch (filter) {
            case InMailbox _, InOtherThan _, Before _, After _, MinSize _, MaxSize _ -> true;
            case HasKeyword _ -> true;
            case ThreadKeyword _, HasAttachment _, Words _, Header _ -> false;
            case Each(var filters) -> {
                for (EmailFilter each : filters) if (!isCheap(each)) yield false;
                yield true;
            }
        };
    }
}
