package yubin.http;

import java.net.URI;
import java.nio.file.Path;
import java.util.function.Predicate;
import yubin.wire.Wire;

/// What the glass front is told at the start.
///
/// @param hostname of this post office
/// @param url where the world reaches us, without a slash at the end; null to believe each
///     request's
///     scheme and Host
/// @param mayHearPasswords whether passwords may come over this connection
/// @param uploadOctetsMax of one upload
/// @param requestsPerAddressMax requests in work at the same time for one peer address
/// @param web a folder with the built web client; null for the one in the program
public record HttpSettings(
        String hostname,
        URI url,
        Predicate<Wire> mayHearPasswords,
        long uploadOctetsMax,
        int requestsPerAddressMax,
        Path web) {}
