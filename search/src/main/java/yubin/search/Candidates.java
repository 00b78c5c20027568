package yubin.search;

import java.util.Arrays;

/// The messages that may hold a text, for who compares the text itself. No other message holds it.
///
/// @param emails ids of those in the index, ascending
/// @param indexed beyond this id nothing is known: each of those may hold it
public record Candidates(long[] emails, long indexed) {
    public boolean mayBe(long email) {
        return email > indexed || Arrays.binarySearch(emails, email) >= 0;
    }
}
