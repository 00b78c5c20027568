package yubin.postmaster;

import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.UUID;
import yubin.mime.Addresses;
import yubin.mime.MessageBuilder;

/// Letters that the demo and the rehearsal write.
final class Letters {
    private Letters() {}

    /// A letter of one text, ASCII only on the wire; lines end with LF, the last one not.
    static String plain(String from, String to, String subject, String text) {
        byte[] octets =
                new MessageBuilder()
                        .addresses("From", Addresses.parse(from))
                        .addresses("To", Addresses.parse(to))
                        .subject(subject)
                        .date(OffsetDateTime.now(ZoneId.systemDefault()))
                        .messageId(UUID.randomUUID() + "@demo.test")
                        .content(MessageBuilder.Content.text(text))
                        .build();
        return new String(octets, StandardCharsets.UTF_8).replace("\r\n", "\n").stripTrailing();
    }
}
