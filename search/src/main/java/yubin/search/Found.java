package yubin.search;

import java.util.Arrays;

/// The messages that a condition is true of.
///
/// @param emails ids of emails of the account, ascending. One that was expunged a moment ago may be
///     among them: who asks has the list of what is there
/// @param complete false when time ran out before every message was looked at: what is missing may
///     match or not
public record Found(long[] emails, boolean complete) {
    public boolean contains(long email) {
        return Arrays.binarySearch(emails, email) >= 0;
    }

    public int count() {
        return emails.length;
    }
}
