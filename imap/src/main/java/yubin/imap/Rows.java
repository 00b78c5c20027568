package yubin.imap;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.OffsetDateTime;
import yubin.mime.Field;
import yubin.mime.MailDate;
import yubin.mime.Message;
import yubin.mime.Part;
import yubin.store.Boxes;
import yubin.store.Email;
import yubin.store.StoreTrouble;

/// Message records that were asked for lately, with ENVELOPE and BODYSTRUCTURE as they go out.
///
/// A client asks for the list of a mailbox again and again, and for the letter after its row. A
/// record never changes (flags are not in it), so nothing here grows stale; what does not fit goes.
/// Derived, shared by all sessions, held by weight.
final class Rows {
    static final long OCTETS_MAX = 48L << 20;

    /// What one entry weighs beside its record: objects, and the rendered forms.
    private static final int ENTRY_OCTETS = 512;

    private record Key(long account, long email) {}

    private final Cache<Key, Row> rows =
            Caffeine.newBuilder()
                    .maximumWeight(OCTETS_MAX)
                    .weigher((Key key, Row row) -> row.weight())
                    .executor(Runnable::run)
                    .build();

    /// The row of an email, null when the email is gone.
    Row row(Boxes boxes, long email) throws StoreTrouble {
        Key key = new Key(boxes.account().value(), email);
        Row row = rows.getIfPresent(key);
        if (row == null) {
            Email record = boxes.email(email);
            if (record == null) return null;
            row = new Row(record);
            rows.put(key, row);
        }
        return row;
    }

    /// One message. The rendered forms are made when they are first asked for; two sessions may
    /// both make one, and both are right.
    static final class Row {
        static final long NO_DAY = Long.MIN_VALUE;

        private final Email email;
        private volatile Message message;
        private volatile byte[] envelope;
        private volatile byte[] body;
        private volatile byte[] structure;
        private volatile Long sentDay;
        private volatile String[] folded;

        Row(Email email) {
            this.email = email;
        }

        Email email() {
            return email;
        }

        private int weight() {
            return ENTRY_OCTETS + email.prefix().length + 2 * email.parsed().length;
        }

        /// @throws StoreTrouble.Damaged when the record cannot be read
        Message message() throws StoreTrouble {
            Message known = message;
            if (known == null) {
                try {
                    message = known = Message.decode(email.parsed());
                } catch (IllegalArgumentException e) {
                    throw new StoreTrouble.Damaged(
                            "record of email " + email.id() + ": " + e.getMessage());
                }
            }
            return known;
        }

        byte[] envelope() throws StoreTrouble {
            byte[] known = envelope;
            if (known == null) {
                Out out = new Out(512);
                new Structures(out, false).envelope(message().root());
                envelope = known = out.toArray();
            }
            return known;
        }

        byte[] body(boolean extended) throws StoreTrouble {
            byte[] known = extended ? structure : body;
            if (known == null) {
                Out out = new Out(512);
                new Structures(out, false).body(message().root(), extended);
                known = out.toArray();
                if (extended) structure = known;
                else body = known;
            }
            return known;
        }

        /// The day of the Date field in its own zone, in days since 1970-01-01; [#NO_DAY] when
        /// there is none.
        long sentDay() throws StoreTrouble {
            Long known = sentDay;
            if (known == null) {
                String text = message().root().unfolded("date");
                OffsetDateTime date = text == null ? null : MailDate.parse(text);
                sentDay = known = date == null ? NO_DAY : date.toLocalDate().toEpochDay();
            }
            return known;
        }

        /// The fields that people search by, decoded and folded as [Needle#fold] does; null when
        /// the message has none of that name.
        String folded(Headline headline) throws StoreTrouble {
            String[] known = folded;
            if (known == null) known = new String[Headline.values().length];
            String text = known[headline.ordinal()];
            if (text == null) {
                text = fold(message().root(), headline);
                String[] more = known.clone();
                more[headline.ordinal()] = text;
                folded = more;
            }
            return text.equals(ABSENT) ? null : text;
        }

        /// In the place of a field that the message does not have; no field body holds a NUL alone.
        private static final String ABSENT = "\0";

        private static String fold(Part root, Headline headline) {
            String name = headline.field;
            StringBuilder all = null;
            for (Field field : root.fields()) {
                if (!field.is(name)) continue;
                if (all == null) all = new StringBuilder();
                else all.append('\n');
                all.append(field.text());
            }
            return all == null ? ABSENT : Needle.fold(all.toString());
        }
    }

    /// Fields with a search key of their own.
    enum Headline {
        FROM("from"),
        TO("to"),
        CC("cc"),
        BCC("bcc"),
        SUBJECT("subject"),
        MESSAGE_ID("message-id");

        private final String field;

        Headline(String field) {
            this.field = field;
        }

        /// Null when the field of this name (any case) is none of them.
        static Headline of(String field) {
            for (Headline headline : values()) {
                if (headline.field.equalsIgnoreCase(field)) return headline;
            }
            return null;
        }
    }
}
