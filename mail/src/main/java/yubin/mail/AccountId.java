package yubin.mail;

/// The number of an account. Stable over renaming, never used again; 0 is the post office itself.
///
/// @param value 0 to 2^63 - 1
public record AccountId(long value) implements Comparable<AccountId> {
    /// Rows that belong to no account: directory, queue, journeys.
    public static final AccountId OFFICE = new AccountId(0);

    public AccountId {
        if (value < 0) throw new IllegalArgumentException("account " + value);
    }

    @Override
    public int compareTo(AccountId other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
