package yubin.delivery;

import java.time.Duration;

/// How long the other side may take. RFC 5321 §4.5.3.2.
///
/// @param connect for the connection itself; the RFC leaves it open
/// @param command greeting, EHLO, MAIL and RCPT
/// @param dataStart from DATA to 354
/// @param dataBlock to take 64 KiB of the message
/// @param dataEnd from the final dot to its reply: a break here makes the delivery uncertain
/// @param quit to answer QUIT; the message is safe by then
public record Timeouts(
        Duration connect,
        Duration command,
        Duration dataStart,
        Duration dataBlock,
        Duration dataEnd,
        Duration quit) {
    public static final Timeouts STANDARD =
            new Timeouts(
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(3),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(5));
}
