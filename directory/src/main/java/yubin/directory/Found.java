package yubin.directory;

import java.util.List;
import yubin.mail.AccountId;
import yubin.mail.Address;

/// Who stands behind an address, after aliases, subaddresses and the catch-all.
public sealed interface Found {
    /// A person here. Never empty on both sides; nobody appears twice.
    ///
    /// @param targets boxes of this post office
    /// @param elsewhere where an alias leads to other post offices: the letter is sent on
    record Local(List<Target> targets, List<Address> elsewhere) implements Found {
        public Local {
            targets = List.copyOf(targets);
            elsewhere = List.copyOf(elsewhere);
            if (targets.isEmpty() && elsewhere.isEmpty()) {
                throw new IllegalArgumentException("local and nowhere");
            }
        }
    }

    /// The domain is not ours: the letter may only pass for those who may relay.
    record Remote() implements Found {}

    /// The domain is ours and nobody of this name lives here: 550 5.1.1.
    record Unknown() implements Found {}

    /// The person exists and may not get letters now: 550 5.2.1.
    record Disabled() implements Found {}

    /// The directory could not be read: 451 4.3.0, come again.
    ///
    /// @param why for the log
    record Asleep(String why) implements Found {}

    /// One box.
    ///
    /// @param address as the sender wrote it (the alias, with its tag): Delivered-To
    /// @param tag what stands behind the plus sign of a subaddress, null when there is none
    /// @param quotaOctets what the box may hold; `Long.MAX_VALUE` for no quota
    /// @param language of the person, `ja` or `en`
    record Target(
            AccountId account,
            int tenant,
            Address address,
            String tag,
            long quotaOctets,
            String language) {}
}
