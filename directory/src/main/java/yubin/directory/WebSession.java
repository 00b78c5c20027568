package yubin.directory;

import java.time.Duration;
import java.time.Instant;
import yubin.mail.AccountId;

/// One browser that is logged in, as its owner sees it in a list.
///
/// @param id names it among the account's sessions; tells nothing about its token
/// @param device what the browser called itself
/// @param address of the peer that logged in
/// @param used its last use, to the hour
public record WebSession(
        String id,
        AccountId account,
        long credential,
        long credentialVersion,
        String device,
        String address,
        Instant created,
        Instant used) {
    /// Ends that long after its last use.
    public static final Duration IDLE_MAX = Duration.ofDays(30);

    /// Ends that long after the login in any case.
    public static final Duration LIFE_MAX = Duration.ofDays(180);

    boolean isOver(Instant now) {
        return now.isAfter(used.plus(IDLE_MAX)) || now.isAfter(created.plus(LIFE_MAX));
    }
}
