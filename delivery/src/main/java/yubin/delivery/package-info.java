/// The cart: carries letters from the shelf to other post offices.
///
/// **Does.** Finds the hosts of a domain (RFC 5321 §5), keeps connections to them, speaks SMTP
/// outward and settles each recipient with the queue.
/// **Called by** `postmaster`.
/// **Calls** `mail`, `ledger`, `wire`, `mime`, `dns`, `queue`, `store` (octets) and `directory`
/// (fixed routes).
/// **Promise.** A letter that may have been taken (no answer after the final dot) is never silently
/// sent twice: it is marked uncertain and tried again under the same Message-ID.
package yubin.delivery;
